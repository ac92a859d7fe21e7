"""`python -m relay` is `securemsg-relay`."""

import sys

from relay.main import main

sys.exit(main())

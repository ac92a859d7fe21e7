"""`python -m client_tui` is the command `securemsg`."""

import sys

from client_tui.main import main

sys.exit(main())

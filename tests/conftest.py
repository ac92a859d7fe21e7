"""Settings for all tests."""

from hypothesis import settings

# Time limits on single examples fail on a busy machine and find nothing.
settings.register_profile("patient", deadline=None, print_blob=True)
settings.load_profile("patient")

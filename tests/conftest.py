"""Settings for all tests."""

from hypothesis import settings

# Time limits on single examples fail on a busy machine and find nothing.
settings.register_profile("patient", deadline=None, print_blob=True)
settings.load_profile("patient")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test by the parameter where its value is bytes: they may be random, and workers must agree."""
    return argname if isinstance(val, bytes) else None

"""What holds for all tests: the same examples on every machine and in every run."""

from hypothesis import settings

settings.register_profile("same-everywhere", derandomize=True, deadline=None, database=None)
settings.load_profile("same-everywhere")

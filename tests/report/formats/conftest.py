from pathlib import Path

import pytest

import desync

CAPTURES = Path(__file__).parents[3] / "captures"


@pytest.fixture(scope="session")
def samples():
    """The document of all samples, with everything in it."""
    return desync.scan([CAPTURES]).document(all=True)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desync.capture.places import read_places
from desync.errors import UnreadableFile

OCTETS = bytes(k * 7 % 256 for k in range(100_000))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("places") / "octets"
    path.write_bytes(OCTETS)
    return str(path)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 110_000), st.integers(-5, 70_000)), max_size=12))
def test_any_places(path, some):
    places = np.array([place for place, _ in some], dtype=np.int64)
    lengths = np.array([length for _, length in some], dtype=np.int64)
    expected = b"".join(OCTETS[place : place + max(0, length)] for place, length in some)
    assert read_places(path, places, lengths).tobytes() == expected


def test_before_the_beginning(path):
    assert read_places(path, np.array([-10]), np.array([12])).tobytes() == OCTETS[:2]


def test_no_file(tmp_path):
    with pytest.raises(UnreadableFile):
        read_places(str(tmp_path / "none"), np.array([0]), np.array([1]))

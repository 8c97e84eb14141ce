"""What is finished lies on disk."""

import gc
from pathlib import Path
from warnings import catch_warnings, simplefilter

import pytest
from build import lines, segments_capture

import desync
from desync.archive.spool import IN_MEMORY, Spool, SpoolFull


@pytest.fixture
def spool():
    one = Spool()
    yield one
    one.close()


def test_what_was_put_comes_back(spool):
    places = [spool.put(value) for value in ([1, 2], {"a": b"\0"}, None)]
    assert [spool.get(at) for at in reversed(places)] == [None, {"a": b"\0"}, [1, 2]]


def test_reading_does_not_change_where_the_next_is_put(spool):
    first = spool.put("first")
    assert spool.get(first) == "first"
    second = spool.put("second")
    assert (spool.get(first), spool.get(second)) == ("first", "second")


def test_much_of_it_goes_to_disk_and_stays_where_it_was(spool):
    values = [bytes([number]) * (IN_MEMORY // 3) for number in range(5)]
    places = [spool.put(value) for value in values]
    assert [spool.get(at) for at in places] == values
    assert spool.get(spool.put("behind")) == "behind"


def test_two_spools_are_apart(spool):
    other = Spool()
    assert (spool.put(1), other.put(2)) == (0, 0)
    assert (spool.get(0), other.get(0)) == (1, 2)
    other.close()


def test_a_scan_leaves_no_file_open(tmp_path):
    path = tmp_path / "x.pcap"
    path.write_bytes(segments_capture(lines("S: 220 mx")))
    gc.collect()
    with catch_warnings(record=True) as caught:
        simplefilter("always", ResourceWarning)
        desync.scan(path).document()
        gc.collect()
    assert [str(one.message) for one in caught] == []


def test_no_room_is_told(monkeypatch):
    monkeypatch.setattr("desync.archive.spool.IN_MEMORY", 10)
    full = Path("/dev/full").open("r+b", buffering=0)  # noqa: SIM115 - closed by the spool
    monkeypatch.setattr("tempfile.TemporaryFile", lambda: full)
    spool = Spool()
    with pytest.raises(SpoolFull, match="no room for temporary files: No space left on device; TMPDIR names"):
        spool.put(bytes(100))

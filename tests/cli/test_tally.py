import os

import pytest

from desync.cli.tally import FileDone, Tally, tally_of


class Clock:
    def __init__(self, *times):
        self.times = iter(times)

    def __call__(self):
        return next(self.times)


def test_a_file_is_done_when_nothing_came_on_top():
    tally = Tally({"a": 100, "b": 50}, Clock(0.0, 1.5, 2.0))
    assert tally.total == 150
    assert tally.advance("a", 60, 3) is None
    assert tally.advance("a", 40, 2) is None
    assert (tally.files, tally.octets, tally.frames) == (0, 100, 5)
    assert tally.advance("a", 0, 0) == FileDone("a", 0, 5, 1.5)
    assert tally.advance("b", 0, 0) == FileDone("b", 50, 0, 0.5)
    assert (tally.files, tally.octets, tally.frames) == (2, 150, 5)


def test_of_a_compressed_file_the_end_tells_the_octets():
    tally = Tally({"a.gz": 100}, Clock(0.0, 1.0))
    tally.advance("a.gz", 0, 7)
    assert tally.octets == 0
    assert tally.advance("a.gz", 0, 0) == FileDone("a.gz", 100, 7, 1.0)
    assert tally.octets == 100


def test_files_may_be_read_side_by_side():
    tally = Tally({"a": 9, "b": 9}, Clock(0.0, 1.0, 3.0))
    for path in ("a", "b", "a"):
        tally.advance(path, 3, 1)
    assert tally.advance("b", 0, 0) == FileDone("b", 6, 1, 1.0)
    assert tally.advance("a", 0, 0) == FileDone("a", 3, 2, 2.0)


def test_what_grew_while_it_was_read_takes_nothing_away():
    tally = Tally({"a": 10}, Clock(0.0, 1.0))
    tally.advance("a", 15, 1)
    tally.advance("a", 0, 0)
    assert tally.octets == 15


def test_what_is_not_there_takes_no_end_away(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pcap").write_bytes(b"12345")
    (tmp_path / "link.pcap").symlink_to("gone")
    assert tally_of([".", "gone.pcap"]).total == 5


@pytest.mark.parametrize("name", ["-", "pipe"])
def test_without_a_size_there_is_no_end(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pcap").write_bytes(b"12345")
    os.mkfifo("pipe")
    assert tally_of(["a.pcap"]).total == 5
    tally = tally_of(["a.pcap", name])
    assert tally.sizes == {"a.pcap": 5, name: None}
    assert tally.total is None
    tally.advance(name, 0, 0)
    assert tally.octets == 0

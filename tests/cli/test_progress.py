import io
import sys

import pytest
from report import documents

from desync.cli.progress import on_terminal, say_summary, scan_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, size in (("a.pcap", 10), ("b\x1b[2J.pcap", 20)):
        (tmp_path / name).write_bytes(bytes(size))
    return ["a.pcap", "b\x1b[2J.pcap"]


def read(progress, paths):
    for path, octets in zip(paths, (10, 20), strict=True):
        progress(path, octets, 3)
        progress(path, 0, 0)


def test_where_nobody_looks_nothing_is_told(files, capsys):
    with scan_progress(files, wanted=True) as progress:
        assert progress is None
    with scan_progress(files, wanted=False, verbose=True) as progress:
        assert progress is None
    assert capsys.readouterr().err == ""


def test_a_log_has_a_line_for_each_file(files, capsys):
    with scan_progress(files, wanted=True, verbose=True) as progress:
        read(progress, files)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("desync: a.pcap: 3 frames, 0.0")
    assert second.startswith("desync: b\\x1b[2J.pcap: 3 frames, ")


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_on_a_terminal_it_is_one_line_that_goes_away(files, monkeypatch, columns):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    assert on_terminal()
    with scan_progress(files, wanted=True) as progress:
        read(progress, files)
        drawn = terminal.getvalue()
    assert "\n" not in drawn
    assert "\x1b[2J" not in drawn
    if columns >= 80:
        assert "2/2 files" in drawn
        assert "30/30 bytes" in drawn
        assert "6 frames" in drawn
    # The line is erased: gone, not scrolled up.
    assert terminal.getvalue().endswith("\x1b[1A\x1b[2K")


def test_the_bar_can_be_had_with_the_log(files, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with scan_progress(files, wanted=True, verbose=True) as progress:
        read(progress, files)
    assert "desync: a.pcap: 3 frames" in terminal.getvalue()


def test_the_summary_says_what_the_batch_came_to(capsys):
    say_summary(documents.incident_1999(), 1.25)
    err = capsys.readouterr().err
    assert err.startswith("desync: 1 capture, ")
    assert "1 mail connection, " in err
    assert err.endswith(", in 1.2 s\n")

import pytest
from report import documents

from desync.cli import library
from desync.cli.main import main


class FakeReport:
    """A report that was not made from captures."""

    def __init__(self, document=None, unreadable=(), others=(), analysed=1, *, damaged=False):
        self._document = document or documents.incident_1999()
        self.unreadable = list(unreadable)
        refused = [{"path": path, "reason": reason} for path, reason in (*unreadable, *others)]
        self._document["summary"]["not_analysed"] += refused
        self.remarks = []
        self.analysed = analysed
        self.damaged = damaged
        self.asked_for_all = None

    def view(self, all=False):  # noqa: A002, FBT002 - the library's word
        self.asked_for_all = all
        return self._document


class Library:
    """Stands in for the library: answers every scan with one report, and remembers what was asked."""

    def __init__(self):
        self.report = FakeReport()
        self.paths = self.options = self.progress = None

    def scan(self, paths, options, progress):
        self.paths, self.options, self.progress = paths, options, progress
        return self.report


@pytest.fixture
def fake(monkeypatch):
    stand_in = Library()
    monkeypatch.setattr(library, "scan", stand_in.scan)
    monkeypatch.setenv("COLUMNS", "100")
    return stand_in


@pytest.fixture
def run(capsys):
    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return run


@pytest.fixture
def capture(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mail.pcap"
    path.write_bytes(b"\xd4\xc3\xb2\xa1")
    return path

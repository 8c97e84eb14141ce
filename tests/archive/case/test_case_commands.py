"""``desync scan --case`` and ``desync report``: the same octets, and what README.md shows of a case."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from archive.case.cases import CAPTURES
from putting import put

from desync.archive.case.tables import TABLES
from desync.cli.main import main

pytestmark = pytest.mark.usefixtures("folder")

README = (CAPTURES.parent / "README.md").read_text(encoding="utf-8")


def printed(capsys, *arguments):
    code = main([str(one) for one in arguments])
    captured = capsys.readouterr()
    return int(code), captured.out, captured.err


@pytest.fixture
def samples(folder):
    assert Path.cwd() == folder
    shutil.copytree(CAPTURES / "incidents", "in")
    Path("in/notes.txt").write_text("no capture")
    Path("in/cut.pcap").write_bytes(put("whole.pcap")[:-9])


@pytest.mark.usefixtures("samples")
@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
@pytest.mark.parametrize("more", [(), ("--all",)])
def test_the_report_is_printed_again(capsys, form, more):
    plain = printed(capsys, "scan", "--hash", "--format", form, *more, "in", "gone.pcap")
    first = printed(capsys, "scan", "--case", "case.sqlite", "--format", form, *more, "in", "gone.pcap")
    shutil.rmtree("in")
    assert first == plain
    assert plain[0] == 3
    assert printed(capsys, "report", "case.sqlite", "--format", form) == plain


def test_the_exit_code_is_that_of_the_scan(capsys):
    put("a.pcap")
    assert printed(capsys, "scan", "--case", "case.sqlite", "--fail-on", "error", "a.pcap")[0] == 1
    assert printed(capsys, "report", "case.sqlite", "--fail-on", "error")[0] == 1
    assert printed(capsys, "report", "case.sqlite")[0] == 0


def test_what_cannot_be_meant_is_refused(capsys):
    put("a.pcap")
    for arguments in (
        ("scan", "--verify", "a.pcap"),
        ("scan", "--case", "a.pcap", "a.pcap"),
        ("scan", "--case", "case.sqlite", "-o", "./case.sqlite", "a.pcap"),
        ("report", "a.pcap"),
        ("report", "gone.sqlite"),
        ("report", "a.pcap", "-o", "a.pcap"),
    ):
        code, out, err = printed(capsys, *arguments)
        assert (code, out) == (2, ""), arguments
        assert err
    assert not Path("case.sqlite").exists()


@pytest.mark.usefixtures("samples")
def test_the_queries_of_the_readme_answer(capsys):
    queries = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    assert len(queries) == 3
    printed(capsys, "scan", "--case", "case.sqlite", "in")
    database = sqlite3.connect("case.sqlite")
    for query in queries:
        assert database.execute(query).fetchall(), query
    database.close()


@pytest.mark.usefixtures("samples")
def test_tables_and_views_say_what_they_hold(capsys):
    printed(capsys, "scan", "--all", "--case", "case.sqlite", "in")
    database = sqlite3.connect("case.sqlite")
    objects = database.execute("SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'view')")
    objects = objects.fetchall()
    for _, name, sql in objects:
        assert " -- " in sql.split("\n")[0], name
    for name in [name for kind, name, _ in objects if kind == "view"] + [one.name for one in TABLES]:
        assert database.execute(f"SELECT * FROM {name}").fetchall(), name  # noqa: S608 - our own name
    database.execute("PRAGMA foreign_keys = ON")
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()

"""Nothing private gets out: no format, no command, no log and no case shows it."""

import io
import re
import sqlite3

import pytest
from secret_dialogues import DIALOGUES, ENCODED

from desync import scan
from desync.analysis.options import Options
from desync.archive.scan import scan_archive
from desync.cli.main import main
from desync.craft.build import craft
from desync.report.formats.arrow import write_parquet
from desync.report.formats.registry import FORMATS, PARQUET, RENDERERS, TEXT, TIMELINE_FORMATS
from desync.report.formats.tables import TABLES
from desync.report.redacted.pairs import redacted_document
from desync.report.text import write_text
from desync.report.text_sheet import text_console

MARK = re.compile(rb"(?i)xq|" + rb"|".join(re.escape(one[:12].encode()) for one in ENCODED))
WORD = re.compile(rb"xq[a-z]{5}|" + rb"|".join(re.escape(one.encode()) for one in ENCODED))
"""In octets that are no text two letters come together by chance."""


def leaks(octets: bytes, mark: re.Pattern[bytes] = MARK) -> list[bytes]:
    """Where something private is in what was put out."""
    found = [octets[max(one.start() - 60, 0) : one.end() + 20] for one in mark.finditer(octets)]
    for digits in re.findall(rb'"(?:held_hex)": ?"([0-9a-f]*)"', octets):
        found += MARK.findall(bytes.fromhex(digits.decode()))
    return found


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A directory with a capture of each dialogue."""
    path = tmp_path_factory.mktemp("mail")
    for number, text in enumerate(DIALOGUES.values()):
        (path / f"{number:02}.pcap").write_bytes(craft(text))
    return path


@pytest.fixture
def run(capfdbinary):
    def run(*arguments):
        code = main([str(one) for one in arguments])
        out, err = capfdbinary.readouterr()
        return int(code), out + err

    return run


def test_the_secrets_are_in_the_captures(directory):
    files = sorted(directory.iterdir())
    assert len(files) == len(DIALOGUES) > 20
    assert all(MARK.search(path.read_bytes()) for path in files)


@pytest.fixture(scope="module")
def documents(directory):
    document = scan(str(directory), options=Options(details=True, hash=True)).document(all=True)
    return {"plain": document, "redacted": redacted_document(document)}


@pytest.mark.parametrize("which", ["plain", "redacted"])
@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_them(documents, tmp_path, form, which):
    document = documents[which]
    if form == PARQUET:
        pq = pytest.importorskip("pyarrow.parquet")
        for one in TABLES:
            with (tmp_path / one.name).open("wb") as file:
                write_parquet(one, document, file)
            assert leaks((tmp_path / one.name).read_bytes(), WORD) == []
            assert leaks(repr(pq.read_table(tmp_path / one.name).to_pylist()).encode()) == []
        return
    if form == TEXT:
        stream = io.StringIO()
        write_text(document, text_console(stream, width=100), everything=True)
        written = stream.getvalue()
    else:
        written = "".join(RENDERERS[form](document))
    assert len(written) > 1000
    assert leaks(written.encode()) == []


def test_no_command_line_shows_them(run, directory):
    code, said = run("scan", "-v", "--all", "--jobs", 1, directory)
    assert (code, leaks(said)) == (0, [])


@pytest.mark.parametrize("form", TIMELINE_FORMATS)
def test_no_timeline_shows_them(run, directory, form):
    code, said = run("timeline", "--all", "--format", form, directory)
    assert (code, leaks(said)) == (0, [])


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_no_comparison_shows_them(run, directory, form):
    code, said = run("compare", "--all", "--format", form, directory, directory)
    assert (code, leaks(said)) == (0, [])


@pytest.mark.parametrize("number", range(len(DIALOGUES)), ids=list(DIALOGUES))
def test_no_ladder_letter_or_comparison_of_points_shows_them(run, directory, number):
    path = directory / f"{number:02}.pcap"
    for arguments in (
        ("show", path, "--stream", 0),
        ("show", path, "--stream", 0, "--redact-addresses"),
        ("letter", path, "--stream", 0, "--to", "client"),
        ("letter", path, "--stream", 0, "--to", "server"),
        ("compare", "--points", "--all", path, path),
        ("compare", "--points", "--all", "--format", "json", path, directory / "05.pcap"),
    ):
        code, said = run(*arguments)
        assert code in {0, 3}, arguments
        assert leaks(said) == [], arguments


def test_no_case_holds_them(run, directory, tmp_path):
    case = tmp_path / "mail.sqlite"
    assert run("scan", "--case", case, "--all", "-q", "--output", tmp_path / "x", directory)[0] in {0, 3}
    for path in tmp_path.iterdir():
        assert leaks(path.read_bytes(), WORD) == [], path.name
    with sqlite3.connect(f"file:{case}?mode=ro", uri=True) as database:
        dump = "\n".join(database.iterdump()).encode("utf-8", "backslashreplace")
    assert leaks(dump, WORD) == []
    for form in ("text", "json"):
        assert leaks(run("report", case, "-v", "--format", form)[1]) == []


def test_no_evidence_shows_them(run, directory, tmp_path):
    for number, name in enumerate(DIALOGUES):
        output = tmp_path / f"{number}.pcapng"
        code, said = run("evidence", directory / f"{number:02}.pcap", "--stream", 0, "-q", "--output", output)
        assert code in {0, 3}, name
        assert leaks(said) == [], name
        assert leaks(output.read_bytes(), WORD) == [], name


def test_no_record_keeps_them(directory):
    archive = scan_archive([str(directory)], Options(details=True))
    records = [repr((outcome.brief, outcome.record)).encode() for outcome in archive.outcomes()]
    assert len(records) == len(DIALOGUES)
    assert leaks(b"".join(records)) == []

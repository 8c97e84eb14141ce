"""Every format from the command line, of a scan and of a case."""

import hashlib
import shutil
from pathlib import Path

import pytest

from desync.report import document_listed
from desync.report.formats import extras
from desync.report.formats.registry import RENDERERS

CAPTURES = Path(__file__).parents[2] / "captures"
SAMPLE = CAPTURES / "incidents" / "line-reader-loses-mail.pcap"
FIRST = {
    "json": "{\n",
    "jsonl": '{"type":"capture",',
    "csv": "finding,code,",
    "markdown": "# ",
    "html": "<!doctype html>",
    "timesketch": '{"message":"',
    "eve": '{"timestamp":"',
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(SAMPLE, "mail.pcap")
    shutil.copy(CAPTURES / "rules" / "CAP901-truncated-capture.fires.pcap", "cut.pcap")
    return tmp_path


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("everything", [(), ("--all",)])
def test_a_case_prints_what_the_scan_printed(form, everything, run, folder):
    code, scanned, _ = run("scan", "-q", "--case", "case.sqlite", "--format", form, *everything, "mail.pcap")
    assert code == 0
    assert scanned.lower().startswith(FIRST[form])
    assert run("report", "-q", "case.sqlite", "--format", form)[:2] == (0, scanned)
    file = folder / "report"
    assert run("report", "-q", "case.sqlite", "--format", form, "--output", file)[:2] == (0, "")
    assert file.read_bytes().decode() == scanned


@pytest.mark.parametrize("form", RENDERERS)
def test_so_does_one_of_more_connections_than_are_held(form, run, folder, monkeypatch):
    for sample in sorted((CAPTURES / "rules").glob("SYNC*.fires.pcap")):
        shutil.copy(sample, folder)
    whole = run("scan", "-q", "--hash", "--format", form, ".")[1]
    monkeypatch.setattr(document_listed, "HELD", 3)
    assert run("scan", "-q", "--case", "case.sqlite", "--format", form, ".")[1] == whole
    assert run("report", "-q", "case.sqlite", "--format", form)[1] == whole


@pytest.mark.usefixtures("folder")
def test_parquet_goes_into_a_file(run):
    parquet = pytest.importorskip("pyarrow.parquet")
    code, out, _ = run("scan", "-q", "--case", "case.sqlite", "--format", "parquet", "-o", "a.parquet", ".")
    assert (code, out) == (3, "")
    assert run("report", "-q", "case.sqlite", "--format", "parquet", "--output", "b.parquet")[:2] == (3, "")
    assert Path("a.parquet").read_bytes() == Path("b.parquet").read_bytes()
    codes = parquet.read_table("a.parquet")["code"].to_pylist()
    assert "CAP901" in codes
    assert "SYNC204" in codes
    assert sorted(path.name for path in Path().glob("*.p*")) == [
        *("a.parquet", "b.parquet", "cut.pcap", "mail.pcap"),
    ]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("output", [(), ("--output", "-")])
def test_parquet_needs_a_file(output, run):
    code, out, err = run("scan", "--format", "parquet", *output, "mail.pcap")
    assert (code, out) == (2, "")
    assert "name a file with --output" in err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("output", ["no/such/folder/x", "/dev/full", "mail.pcap"])
def test_parquet_that_cannot_be_written(output, run):
    pytest.importorskip("pyarrow")
    before = Path("mail.pcap").read_bytes()
    code, out, err = run("scan", "-q", "--format", "parquet", "--output", output, "mail.pcap")
    assert (code, out) == (2, "")
    assert output in err
    assert Path("mail.pcap").read_bytes() == before


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("arguments", [("scan", "mail.pcap"), ("report", "case.sqlite")])
def test_parquet_without_its_extra_says_how_to_get_it(arguments, run, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    code, out, err = run(*arguments, "--format", "parquet", "--output", "x.parquet")
    assert (code, out) == (2, "")
    assert "--format parquet needs pyarrow: pip install 'desync[parquet]'" in err
    assert not Path("x.parquet").exists()


@pytest.mark.usefixtures("folder")
def test_html_names_the_hash_of_each_capture(run):
    _, out, _ = run("scan", "-q", "--format", "html", "mail.pcap")
    assert hashlib.sha256(Path("mail.pcap").read_bytes()).hexdigest() in out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", RENDERERS)
def test_the_exit_code_is_that_of_every_format(form, run):
    assert run("scan", "-q", "--format", form, "cut.pcap")[0] == 3
    assert run("scan", "-q", "--format", form, "--fail-on", "error", "mail.pcap")[0] == 1

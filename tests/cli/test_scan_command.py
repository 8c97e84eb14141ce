import json
import subprocess
import sys
from pathlib import Path

import pytest
from report import documents


def report(fake, *arguments, **members):
    fake.report = type(fake.report)(*arguments, **members)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_text_is_the_default(fake, run, capture):
    code, out, err = run("scan", capture)
    assert (code, err) == (0, "")
    assert "1 client spoke out of turn" in out
    assert fake.paths == [str(capture)]
    assert fake.report.asked_for_all is False


@pytest.mark.usefixtures("fake", "capture")
def test_json_and_json_lines_are_data_alone(run):
    code, out, err = run("scan", "--format", "json", "mail.pcap")
    assert (code, err) == (0, "")
    assert json.loads(out) == documents.incident_1999()
    code, out, err = run("scan", "--format", "jsonl", "mail.pcap")
    assert [json.loads(line)["type"] for line in out.splitlines()] == ["capture", "connection", "summary"]


def test_options_reach_the_library(fake, run, capture):
    code, _, err = run(
        *(
            "scan",
            "-r",
            capture,
            "--port",
            26,
            "--port",
            2526,
            "--host",
            "2001:DB8::1",
            "--jobs",
            3,
            "--hash",
        ),
        *("--since", "1999-11-16T12:05:11.000000001+01:00", "--until", "1999-11-17", "--all"),
        *("--select", "sync102,CAP90", "--ignore", "CAP901"),
    )
    assert (code, err) == (0, "")
    asked = fake.options
    assert asked.ports == (26, 2526)
    assert asked.hosts == ("2001:db8::1",)
    assert asked.since == 942_750_311_000_000_001
    assert asked.until == 942_796_800_000_000_000
    assert asked.select == ("SYNC102", *(f"CAP90{digit}" for digit in range(1, 10)))
    assert asked.ignore == ("CAP901",)
    assert (asked.jobs, asked.hash, asked.details) == (3, True, True)
    assert fake.report.asked_for_all is True
    assert fake.progress is None


@pytest.mark.usefixtures("fake", "capture")
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--format", "xml", "mail.pcap"),
        ("--port", "0", "mail.pcap"),
        ("--host", "mx.example.net", "mail.pcap"),
        ("--since", "yesterday", "mail.pcap"),
        ("--since", "0001-01-01T00:00:00+14:00", "mail.pcap", "--until", "x"),
        ("--select", "SYNC999", "mail.pcap"),
        ("--select", "", "mail.pcap"),
        ("--fail-on", "fatal", "mail.pcap"),
        ("--jobs", "0", "mail.pcap"),
        ("--output", "mail.pcap", "mail.pcap"),
        ("--output", "no/such/folder/report", "mail.pcap"),
        ("--nonsense", "mail.pcap"),
    ],
)
def test_wrong_usage_is_2(run, arguments):
    code, out, err = run("scan", *arguments)
    assert (code, out) == (2, "")
    assert "Error: " in err


@pytest.mark.usefixtures("capture")
@pytest.mark.parametrize(
    ("members", "arguments", "expected"),
    [
        ({}, (), 0),
        ({"document": documents.no_mail()}, (), 0),
        ({}, ("--fail-on", "error"), 1),
        ({"document": documents.clean()}, ("--fail-on", "note"), 0),
        ({"document": documents.encrypted()}, ("--fail-on", "note"), 1),
        ({"document": documents.encrypted()}, ("--fail-on", "warning"), 0),
        ({"document": documents.damaged()}, ("--fail-on", "warning"), 1),
        ({"document": documents.damaged()}, ("--fail-on", "error"), 0),
        ({"damaged": True}, ("--fail-on", "error"), 3),
        ({"unreadable": [("mail.pcap", "is no capture")]}, (), 3),
        (
            {"unreadable": [("mail.pcap", "is no capture")], "analysed": 0},
            ("--fail-on", "note"),
            4,
        ),
        ({"analysed": 0}, (), 4),
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_exit_codes(fake, run, members, arguments, expected, form):  # noqa: PLR0917 - pytest calls it
    report(fake, **members)
    assert run("scan", "--format", form, "mail.pcap", *arguments)[0] == expected


def test_a_file_met_in_a_directory_that_is_no_capture_is_counted(fake, run, capture):
    spool = capture.parent / "spool"
    spool.mkdir()
    (spool / "notes.txt").write_text("notes")
    report(fake, others=[("spool/notes.txt", "is no capture")])
    code, _, err = run("scan", capture, spool)
    assert (code, err) == (0, "desync: 1 other file is no capture and was left out\n")
    assert run("scan", "-q", capture, spool)[2] == ""
    assert "notes.txt: is no capture" in run("scan", "-v", capture, spool)[2]


def test_a_file_that_was_named_and_is_no_capture_is_an_error(fake, run, capture):
    notes = capture.parent / "notes\x1b[2J.txt"
    notes.write_text("notes")
    report(fake, unreadable=[(str(notes), "is no capture")])
    code, _, err = run("scan", "-q", capture, notes)
    assert code == 3
    assert "notes\\x1b[2J.txt: is no capture" in err
    assert "\x1b" not in err


@pytest.mark.usefixtures("fake")
def test_a_report_goes_into_a_file_whole_or_not_at_all(run, capture):
    target = capture.parent / "report.json"
    code, out, err = run("scan", "--format", "json", "--output", target, capture)
    assert (code, out, err) == (0, "", "")
    assert json.loads(target.read_text()) == documents.incident_1999()
    assert names_in(capture.parent) == ["mail.pcap", "report.json"]


def test_half_a_report_never_bears_its_name(fake, run, capture):
    broken = documents.incident_1999()
    del broken["connections"][0]["exchanges"][0]["reply"]
    report(fake, broken)
    target = capture.parent / "report.txt"
    with pytest.raises(KeyError):
        run("scan", "--output", target, capture)
    assert names_in(capture.parent) == ["mail.pcap"]


def test_standard_input_must_not_be_a_terminal(fake, run, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert run("scan", "-")[0] == 2
    assert fake.paths is None


DRIVER = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from report import documents
from cli.conftest import FakeReport
from desync.cli import library
from desync.cli.main import main

def scan(paths, options, progress):
    {body}
    return FakeReport(documents.many(10, 200))

library.scan = scan
sys.exit(main(["scan", "--all", "--format", {form!r}, "-"]))
"""


def driven(form, body="pass", **options):
    tests = str(Path(__file__).parents[1])
    script = DRIVER.format(tests=tests, form=form, body=body)
    return subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_goes_away_is_no_error(form):
    with driven(form) as process:
        process.stdout.read(1)
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (0, b"")


INTERRUPTED = (
    # A process that was started in the background inherits that it ignores SIGINT.
    "(signal.signal(signal.SIGINT, signal.default_int_handler), os.kill(os.getpid(), signal.SIGINT))"
)


def test_interrupted_is_130_without_a_traceback():
    out, err = (process := driven("text", INTERRUPTED)).communicate()
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err

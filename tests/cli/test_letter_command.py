"""``desync letter``, and ``--redact-addresses`` of the commands that print reports."""

import json
from pathlib import Path

import pytest

CAPTURES = Path(__file__).parents[2] / "captures"
ORIGINAL = CAPTURES / "ccnotes-1999.snoop"
CURED = CAPTURES / "ccnotes-1999-cured.snoop"
NAMES = ("192.0.2.17", "198.51.100.25", "gw.example.net", "smtp.tele.fi", "example.org", "ccnotes")


@pytest.mark.parametrize("side", ["client", "server"])
def test_a_letter_is_written(run, side):
    code, out, err = run("letter", ORIGINAL, "--stream", 0, "--to", side)
    assert (code, err) == (0, "")
    assert out.startswith(f"Subject: SMTP {side} ")
    assert "SHA-256 " in out
    assert "ccnotes-1999.snoop, tcp.stream 0" in out


def test_a_letter_goes_to_a_file(run, tmp_path):
    assert run("letter", ORIGINAL, "--stream", 0, "--to", "client", "-o", tmp_path / "x")[:2] == (0, "")
    assert (tmp_path / "x").read_text().startswith("Subject: ")


def test_where_there_is_nothing_to_write_that_is_said(run, tmp_path):
    code, out, err = run("letter", CURED, "--stream", 0, "--to", "client", "-o", tmp_path / "x")
    assert (code, out) == (0, "")
    assert "stream 0 has nothing to write to the client" in err
    assert not (tmp_path / "x").exists()


def test_what_is_another_ones_doing_is_named(run):
    path = CAPTURES / "rules" / "REPLY306-surplus-reply.fires.pcap"
    assert (
        "what was found is not its doing: REPLY306" in run("letter", path, "--stream", 0, "--to", "client")[2]
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((ORIGINAL, "--stream", 7, "--to", "client"), 2),
        ((ORIGINAL, "--stream", 0), 2),
        ((ORIGINAL, "--stream", 0, "--to", "postmaster"), 2),
        ((__file__, "--stream", 0, "--to", "client"), 4),
        ((ORIGINAL, "--stream", 0, "--to", "client", "-o", ORIGINAL), 2),
    ],
)
def test_wrong_use_is_said(run, arguments, expected):
    code, out, err = run("letter", *arguments)
    assert (code, out) == (expected, "")
    assert err


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "--all", "-v", ORIGINAL),
        ("scan", "--format", "json", ORIGINAL),
        ("scan", "--format", "markdown", ORIGINAL),
        ("show", ORIGINAL, "--stream", 0),
        ("letter", ORIGINAL, "--stream", 0, "--to", "client"),
        ("timeline", ORIGINAL),
        ("compare", ORIGINAL, CURED),
        ("compare", "--points", "--all", ORIGINAL, ORIGINAL),
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_name_is_left(run, arguments):
    code, out, _ = run(*arguments, "--redact-addresses")
    assert code == 0
    assert [name for name in NAMES if name in out] == []
    assert "192.0.2.1" in out


def test_a_case_is_redacted_where_it_is_printed(run, tmp_path):
    case = tmp_path / "mail.sqlite"
    first = run("scan", "--case", case, "--format", "json", "--redact-addresses", ORIGINAL)[1]
    again = run("report", case, "--format", "json", "--redact-addresses")[1]
    assert first == again
    assert json.loads(again)["options"]["redact"] is True
    assert "smtp.tele.fi" in run("report", case)[1]


def test_what_is_said_on_standard_error_names_the_file(run, tmp_path):
    path = tmp_path / "letters.txt"
    path.write_text("no capture")
    code, out, err = run("scan", ORIGINAL, path, "--redact-addresses")
    assert code == 3
    assert "letters" not in out
    assert "letters.txt" in err

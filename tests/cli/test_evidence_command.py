import subprocess
import sys
from pathlib import Path

import pytest
from report.evidence import reading

CAPTURES = Path(__file__).parents[2] / "captures"
INCIDENT = CAPTURES / "ccnotes-1999.snoop"
CLEAN = CAPTURES / "ccnotes-1999-cured.snoop"


def test_the_frame_of_the_deed_says_what_it_shows(run, tmp_path):
    output = tmp_path / "case.pcapng"
    assert run("evidence", INCIDENT, "--stream", 0, "--output", output) == (0, "", "")
    said = reading.comments(output)
    assert said[6][0] == (
        "SYNC102 command-on-reply-fragment, error, proved: HELO sent on 17 octets of the greeting, in the "
        "middle of a line"
    )
    assert "SYNC102: part of the evidence, see frame 6 of this file" in said[4]
    assert all(
        texts[-1] == f"frame {number} of ccnotes-1999.snoop" for number, texts in said.items() if number
    )
    head = " ".join(said[None])
    assert "from ccnotes-1999.snoop, SHA-256 7918db53" in head
    assert "overwritten at the same length" in head
    assert str(tmp_path) not in head


def test_connections_are_chosen_by_what_was_found(run, tmp_path):
    output = tmp_path / "case.pcapng"
    assert run("evidence", INCIDENT, "--finding", "sync102,CAP", "-o", output)[0] == 0
    assert len(reading.frames(output)) == 19
    output.unlink()
    code, _, error = run("evidence", INCIDENT, "--finding", "TLS501", "-o", output)
    assert (code, output.exists()) == (2, False)
    assert "SYNC102" in error


def test_without_a_choice_it_is_every_finding_above_a_note(run, tmp_path):
    output = tmp_path / "case.pcapng"
    assert run("evidence", INCIDENT, "-o", output)[0] == 0
    assert run("evidence", CLEAN, "-o", output)[0] == 2
    assert run("evidence", CLEAN, "--stream", 0, "-o", output)[0] == 0


def test_a_stream_that_is_not_there(run, tmp_path):
    code, _, error = run("evidence", INCIDENT, "--stream", 7, "-o", tmp_path / "x.pcapng")
    assert code == 2
    assert "those there are: 0" in error


def test_what_one_file_cannot_hold_is_said(run, tmp_path):
    output = tmp_path / "case.pcapng"
    rules = CAPTURES / "rules"
    several = [
        rules / f"SYNC{name}.fires.pcap"
        for name in ("102-command-on-reply-fragment", "106-mail-data-before-go-ahead")
    ]
    code, _, error = run("evidence", *several, "--finding", "SYNC", "-o", output)
    assert code == 3
    assert "addresses and ports of another connection" in error
    assert len(reading.frames(output)) == len(reading.frames(several[0]))


def test_an_input_is_never_written_over(run, tmp_path):
    path = tmp_path / "x.snoop"
    path.write_bytes(INCIDENT.read_bytes())
    code, _, error = run("evidence", path, "--stream", 0, "-o", path)
    assert code == 2
    assert "never writes over one" in error
    assert path.read_bytes() == INCIDENT.read_bytes()


def test_standard_input_cannot_be_read_twice(run, tmp_path):
    code, _, error = run("evidence", "-", "-o", tmp_path / "x.pcapng")
    assert code == 2
    assert "read twice" in error


def test_what_cannot_be_read_is_said(run, tmp_path):
    code, _, error = run("evidence", tmp_path / "none.pcap", "-o", tmp_path / "x.pcapng")
    assert code == 4
    assert "No such file" in error
    assert not (tmp_path / "x.pcapng").exists()


def test_a_case_gives_all_that_was_found_in_its_captures(run, tmp_path):
    path, case = tmp_path / "x.snoop", tmp_path / "mail.sqlite"
    path.write_bytes(INCIDENT.read_bytes())
    assert run("scan", "-q", "--case", case, path)[0] == 0
    output = tmp_path / "case.pcapng"
    assert run("evidence", case, "-q", "-o", output) == (0, "", "")
    assert len(reading.frames(output)) == 19
    path.write_bytes(INCIDENT.read_bytes()[:-100])
    code, _, error = run("evidence", case, "-q", "-o", output)
    assert code == 3
    assert "is not what it was when the case was made" in error
    assert run("evidence", case, "-o", case)[0] == 2


@pytest.mark.parametrize("option", ["--unredacted", "--redact-addresses"])
def test_what_was_done_stands_at_the_head(run, tmp_path, option):
    output = tmp_path / "case.pcapng"
    assert run("evidence", INCIDENT, option, "-o", output)[0] == 0
    head = " ".join(reading.comments(output)[None])
    assert ("unredacted" in head, "pseudonyms" in head) == (
        option == "--unredacted",
        option != "--unredacted",
    )
    assert (b"gw.example.net" in output.read_bytes()) is (option == "--unredacted")


def test_it_goes_to_standard_output(tmp_path):
    command = [sys.executable, "-m", "desync", "evidence", str(INCIDENT), "-o", "-"]
    path = tmp_path / "out.pcapng"
    path.write_bytes(subprocess.run(command, capture_output=True, check=True).stdout)
    assert len(reading.frames(path)) == 19

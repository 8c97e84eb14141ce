import csv
import json
from io import StringIO

import pytest
from build import End, frame, pcap
from jsonschema import Draft202012Validator
from judged import played
from report import documents
from report.timeline.made_up import NEW, OLD, archive, rows_of

from desync.report.schema import timeline_schema
from desync.units import SECOND

WHOLE = "S: 220 smtp.tele.fi 2.99.51-s5 ESMTP\nC: HELO gw\nS: 250 hi\nC: QUIT\nS: 221 bye\nclose"
PATIENT = r"""
    S: 220 smtp.tele.fi \
    S[unprompted +10ms]: 2.99.51-patch1pre ESMTP
    C: HELO gw
    S: 250 hi
    C: QUIT
    S: 221 bye
    close
"""
HASTY = r"""
    S: 220 smtp.tele.fi \
    C: HELO gw
    S[unprompted +10ms]: 2.99.51-patch1pre ESMTP
    C: MAIL FROM:<a@b>
    S[after HELO]: 250 hi
    C: QUIT
    S[after MAIL]: 250 ok
    S[after QUIT]: 221 bye
    close
"""
CLIENTS = 6
UPGRADED = 33


def write_rotation(folder, sessions=90, files=3):
    """Files of one rotation, with a new version of the server in the midst of the second."""
    plays = {text: played(text, rtt="client 40ms server 0ms") for text in (WHOLE, PATIENT, HASTY)}
    frames = []
    for number in range(sessions):
        client = number % CLIENTS
        text = WHOLE if number < UPGRADED else HASTY if client < 2 else PATIENT
        talker = End(f"198.51.100.{client + 1}", 30_000 + number, 1000 + number, b"\x02\0\0\0\0\x11")
        listener = End("192.0.2.25", 25, 90_000 + number, b"\x02\0\0\0\0\x19")
        for one in plays[text]:
            own, far = (talker, listener) if one.side == "client" else (listener, talker)
            frames.append((one.time + number * 30 * SECOND, frame(one, len(frames), own, far)))
    # A border in the middle of a session.
    size = len(frames) // files + 3
    for number in range(files):
        part = frames[number * size : (number + 1) * size]
        (folder / f"mail_{number:05d}.pcap").write_bytes(pcap(part))
    return frames


@pytest.fixture
def rotation(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_rotation(tmp_path)


def check_upgrade(change):
    assert (change["side"], change["address"]) == ("server", "192.0.2.25")
    assert change["before"] == {
        "banner": "220 smtp.tele.fi 2.99.51-s5 ESMTP",
        "sessions": UPGRADED,
        "split": 0,
        "misread": 0,
    }
    assert change["after"] == {
        "banner": "220 smtp.tele.fi 2.99.51-patch1pre ESMTP",
        "sessions": 90 - UPGRADED,
        "split": 90 - UPGRADED,
        "misread": sum(number % CLIENTS < 2 for number in range(UPGRADED, 90)),
    }
    assert change["began"] == ["198.51.100.1", "198.51.100.2"]


@pytest.mark.usefixtures("rotation")
class TestRotation:
    def test_the_upgrade_is_found_to_the_session(self, run):
        code, out, err = run("timeline", "--jobs", 1, "--format", "json", ".")
        assert (code, err) == (0, "")
        made = json.loads(out)
        Draft202012Validator(timeline_schema()).validate(made)
        (change,) = [row for row in made["timeline"] if row["kind"] == "change"]
        check_upgrade(change)

    def test_it_is_said_in_words(self, run, monkeypatch):
        monkeypatch.setenv("COLUMNS", "100")
        _, out, _ = run("timeline", "--jobs", 1, ".")
        words = " ".join(out.split())
        assert 'reads "220 smtp.tele.fi 2.99.51-patch1pre ESMTP" instead of' in words
        assert "went from 0 % to 100 %, and 2 clients began to misread (198.51.100.1, 198.51.100.2)." in words

    def test_lines_say_the_same(self, run):
        whole = json.loads(run("timeline", "--jobs", 1, "--format", "json", ".")[1])
        lines = [
            json.loads(line)
            for line in run("timeline", "--jobs", 1, "--format", "jsonl", ".")[1].splitlines()
        ]
        assert lines[:-1] == [{"type": row["kind"]} | row for row in whole["timeline"]]
        del whole["timeline"]
        assert lines[-1] == {"type": "summary"} | whole

    def test_it_is_a_table_too(self, run):
        code, out, _ = run("timeline", "--jobs", 1, "--format", "csv", ".")
        assert code == 0
        change, *others = csv.DictReader(StringIO(out, newline=""))
        assert (change["kind"], change["address"], change["began"]) == (
            *("change", "192.0.2.25"),
            "198.51.100.1 198.51.100.2",
        )
        assert (change["sessions_before"], change["split_after"]) == (str(UPGRADED), str(90 - UPGRADED))
        assert {row["kind"] for row in others} == {"server", "client"}

    def test_it_is_markdown_too(self, run):
        code, out, _ = run("timeline", "--jobs", 1, "--format", "markdown", ".")
        assert code == 0
        assert 'reads `"220 smtp.tele.fi 2.99.51-patch1pre ESMTP"` instead of' in out
        assert "```text\n    sessions  |" in out

    def test_a_case_has_the_same_timeline(self, run):
        assert run("scan", "--jobs", 1, "--case", "mail.sqlite", "mail_*.pcap")[0] == 0
        stored = json.loads(run("timeline", "mail.sqlite", "--format", "json")[1])
        scanned = json.loads(run("timeline", "--jobs", 1, "--format", "json", "mail_*.pcap")[1])
        assert stored["timeline"] == scanned["timeline"]
        assert "instead of" in run("timeline", "mail.sqlite")[1]

    def test_the_report_has_it_too(self, run):
        report = json.loads(run("scan", "--jobs", 1, "--format", "json", ".")[1])
        check_upgrade(report["summary"]["timeline"][0])
        assert "WHEN IT CHANGED" in run("scan", "--jobs", 1, ".")[1]


@pytest.mark.usefixtures("capture")
def test_everybody(fake, run):
    rows = rows_of(archive(1, 600, lambda n: NEW if n >= 300 else OLD, lambda n: float(n >= 300)))
    fake.report = type(fake.report)(documents.document(timeline=rows))
    code, out, _ = run("timeline", "--port", 2526, "--all", "mail.pcap")
    assert code == 0
    assert "3 clients began to misread" in out
    assert (fake.options.ports, fake.options.details, fake.report.asked_for_all) == ((2526,), True, True)


@pytest.mark.usefixtures("capture")
def test_what_cannot_be_read(fake, run):
    fake.report = type(fake.report)(unreadable=[("x.pcap", "it is empty")])
    code, _, err = run("timeline", "mail.pcap", "x.pcap")
    assert (code, err) == (3, "desync: x.pcap: it is empty\n")


def test_wrong_usage(run, tmp_path):
    assert run("timeline")[0] == 2
    database = tmp_path / "other.sqlite"
    database.write_bytes(b"SQLite format 3\0" + bytes(100))
    code, out, err = run("timeline", database)
    assert (code, out) == (2, "")
    assert "other.sqlite" in err

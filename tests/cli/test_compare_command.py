import json

import pytest
from build import End, frame, pcap
from jsonschema import Draft202012Validator
from judged import played

from desync.report.schema import compare_schema
from desync.units import SECOND

WHOLE = "S: 220 mx 1.1 ESMTP\nC: HELO gw\nS: 250 hi\nC: QUIT\nS: 221 bye\nclose"
HASTY = r"""
    S: 220 mx \
    C: HELO gw
    S[unprompted +10ms]: 1.0 ESMTP
    C: MAIL FROM:<a@b>
    S[after HELO]: 250 hi
    C: QUIT
    S[after MAIL]: 250 ok
    S[after QUIT]: 221 bye
    close
"""
EARLY = "C: HELO gw\nS[unprompted +90ms]: 220 mx ESMTP\nS: 250 hi\nC: QUIT\nS: 221 bye\nclose"


def write_capture(path, plays, begin=0):
    """A capture with so many sessions of each client as it is given plays."""
    frames, number = [], 0
    for client, text, count in plays:
        one_play = played(text, rtt="client 40ms server 0ms")
        for _ in range(count):
            number += 1
            talker = End(f"198.51.100.{client}", 30_000 + number, 1000 + number, b"\x02\0\0\0\0\x11")
            listener = End("192.0.2.25", 25, 90_000 + number, b"\x02\0\0\0\0\x19")
            for one in one_play:
                own, far = (talker, listener) if one.side == "client" else (listener, talker)
                time = one.time + (begin + number * 30) * SECOND
                frames.append((time, frame(one, len(frames), own, far)))
    path.write_bytes(pcap(frames))


@pytest.fixture
def two(tmp_path, monkeypatch):
    """Before a patch and after it: one is spared, one never waits, one is hardly seen again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    write_capture(tmp_path / "a.pcap", [(1, HASTY, 8), (2, EARLY, 7), (3, HASTY, 6)])
    write_capture(tmp_path / "b.pcap", [(1, WHOLE, 9), (2, EARLY, 7), (3, WHOLE, 1)], 86_400)


@pytest.mark.usefixtures("two")
class TestTwoCaptures:
    def test_the_document_is_valid_and_says_who_recovered(self, run):
        code, out, err = run("compare", "--jobs", 1, "--format", "json", "a.pcap", "b.pcap")
        assert (code, err) == (0, "")
        made = json.loads(out)
        Draft202012Validator(compare_schema()).validate(made)
        assert [(row["address"], row["verdict"], row["because"]) for row in made["clients"]] == [
            ("198.51.100.1", "spared", "no-split-reply-in-b"),
            ("198.51.100.2", "still", None),
            ("198.51.100.3", "not-tested", "no-split-reply-in-b"),
        ]
        assert (made["a"]["path"], made["b"]["path"], made["order"]) == ("a.pcap", "b.pcap", "b-later")
        reasons = [row["a"]["why"] for row in made["clients"]]
        assert [[one["reason"] for one in why] for why in reasons] == [
            ["several-writes"],
            ["before-greeting"],
            ["several-writes"],
        ]

    def test_a_case_says_the_same_as_its_captures(self, run):
        for name in ("a", "b"):
            assert run("scan", "--jobs", 1, "-q", "--case", f"{name}.sqlite", f"{name}.pcap")[0] == 0
        stored = json.loads(run("compare", "--format", "json", "a.sqlite", "b.sqlite")[1])
        mixed = json.loads(run("compare", "--jobs", 1, "--format", "json", "a.sqlite", "b.pcap")[1])
        for name in ("clients", "servers", "verdicts", "order"):
            assert stored[name] == mixed[name]

    def test_it_is_said_in_words(self, run):
        _, out, _ = run("compare", "--jobs", 1, "a.pcap", "b.pcap")
        said = " ".join(out.split())
        assert (
            "Of 3 clients out of step in A: 1 spared (their replies came whole), 1 still out of step, "
            in said
        )
        assert "it sends before the greeting" in said

    def test_lines_say_the_same(self, run):
        whole = json.loads(run("compare", "--jobs", 1, "--format", "json", "a.pcap", "b.pcap")[1])
        lines = run("compare", "--jobs", 1, "--format", "jsonl", "a.pcap", "b.pcap")[1].splitlines()
        kinds = [json.loads(line)["type"] for line in lines]
        assert kinds == ["client"] * 3 + ["server", "summary"]
        assert json.loads(lines[-1])["verdicts"] == whole["verdicts"]

    def test_to_a_file(self, run):
        assert run("compare", "--jobs", 1, "-o", "c.txt", "a.pcap", "b.pcap") == (0, "", "")
        with open("c.txt", encoding="utf-8") as file:  # noqa: PTH123 - in the directory of the test
            assert "SPARED" in file.read()

    def test_the_worse_side_decides_the_exit_code(self, run, tmp_path):
        octets = (tmp_path / "b.pcap").read_bytes()
        (tmp_path / "cut.pcap").write_bytes(octets[:-7])
        assert run("compare", "--jobs", 1, "a.pcap", "cut.pcap")[0] == 3
        code, _, err = run("compare", "--jobs", 1, "a.pcap", "nothing.pcap")
        assert code == 4
        assert "nothing.pcap" in err
        assert "desync: nothing could be analysed in B\n" in err

    @pytest.mark.parametrize("arguments", [("a.pcap",), ("-", "-"), ("a.pcap", "b.pcap", "-o", "b.pcap")])
    def test_wrong_usage(self, run, arguments):
        assert run("compare", *arguments)[0] == 2

    def test_a_case_that_is_none(self, run, tmp_path):
        (tmp_path / "other.sqlite").write_bytes(b"SQLite format 3\0" + bytes(100))
        code, out, err = run("compare", "--jobs", 1, "a.pcap", "other.sqlite")
        assert (code, out) == (2, "")
        assert "other.sqlite" in err


def test_the_schema_is_printed(run):
    code, out, _ = run("schema", "compare")
    assert code == 0
    assert json.loads(out) == compare_schema()

import json
import subprocess
import sys

import pytest
from report import documents

from desync.analysis.options import Options
from desync.cli import library
from desync.errors import DialogueError, NotACapture, UsageError
from desync.report.rungs import Ladder, Rung


def test_help_names_every_command_and_an_example(run):
    code, out, _ = run("--help")
    assert code == 0
    for command in ("scan", "show", "explain", "craft", "schema"):
        assert f"\n  {command} " in out
        assert f"\n    desync {command}" in run(command, "--help")[1]


def test_the_version_is_printed(run):
    code, out, _ = run("--version")
    assert code == 0
    assert out.startswith("desync 0.")


def test_an_unknown_command_is_wrong_usage(run):
    assert run("scam")[0] == 2


def test_schema_prints_the_schema(run):
    code, out, _ = run("schema")
    assert code == 0
    assert json.loads(out)["title"] == "desync-report/1"


def test_explain_lists_all(run):
    code, out, _ = run("explain")
    assert code == 0
    assert "SYNC102   command-on-reply-fragment       error    client" in out
    assert "CAP912    encrypted" in out


@pytest.mark.parametrize("asked", ["SYNC102", "sync102", "command-on-reply-fragment"])
def test_explain_prints_a_page(run, asked):
    code, out, _ = run("explain", asked)
    assert code == 0
    assert out.startswith("SYNC102 command-on-reply-fragment\n")
    for heading in ("Fires when", "Does not fire when", "Why it matters", "What to do", "References"):
        assert f"\n{heading}\n" in out


def test_a_page_keeps_to_the_width_but_for_what_people_copy(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    out = run("explain", "SYNC102")[1]
    prose = [line for line in out.splitlines() if "  " not in line.strip() and "captures/" not in line]
    assert max(len(line) for line in prose if "http" not in line and "==" not in line) <= 60
    assert '\n      frame 4  S: "220 smtp.tele.fi "' in out


def test_explain_finds_the_finding_from_a_log_line(run):
    code, out, _ = run("explain", "improper command pipelining after EHLO from mx.example.net")
    assert code == 0
    assert out.startswith("SYNC104  pipelining-not-offered")


def test_what_cannot_be_explained_is_wrong_usage(run):
    code, out, err = run("explain", "\x1b[2Jnonsense")
    assert (code, out) == (2, "")
    assert "\\x1b[2Jnonsense" in err
    assert "\x1b" not in err


def test_show_draws_a_ladder(run, monkeypatch):
    one = Rung(0, 0, 6, "client", (0, 21), 17, ("HELO gw.example.net\\r\\n",), "", 1, ("SYNC102",))
    ladder = Ladder((one,), documents.incident_1999()["connections"][0], {0: "mail.pcap"})
    asked = []
    monkeypatch.setattr(library, "ladder", lambda *given, redact: asked.append((*given, redact)) or ladder)
    code, out, _ = run("show", "mail.pcap", "--stream", "0", "--port", "26")
    assert code == 0
    assert asked == [("mail.pcap", 0, Options(ports=(26,)), False)]
    assert "HELO gw.example.net\\r\\n" in out


@pytest.mark.parametrize(
    ("error", "expected"),
    [(UsageError("mail.pcap has no tcp.stream 9"), 2), (NotACapture("mail.pcap", "is no capture"), 4)],
)
def test_show_says_what_is_not_there(run, monkeypatch, error, expected):
    def refuse(*_given, **_named):
        raise error

    monkeypatch.setattr(library, "ladder", refuse)
    code, out, err = run("show", "mail.pcap", "--stream", "9")
    assert (code, out) == (expected, "")
    assert "mail.pcap" in err


def test_craft_writes_what_the_dialogue_makes(run, monkeypatch, tmp_path):
    build = pytest.importorskip("desync.craft.build")
    monkeypatch.setattr(build, "craft", lambda text: text.encode() * 2)
    dialogue, output = tmp_path / "a.dialogue", tmp_path / "a.pcap"
    dialogue.write_text("S: 220 ü\n", encoding="utf-8")
    assert run("craft", dialogue, "--output", output) == (0, "", "")
    assert output.read_text(encoding="utf-8") == "S: 220 ü\n" * 2


def test_a_wrong_dialogue_is_wrong_usage(run, monkeypatch, tmp_path):
    build = pytest.importorskip("desync.craft.build")

    def refuse(_text):
        message = "line 3: expected C: or S:"
        raise DialogueError(message)

    monkeypatch.setattr(build, "craft", refuse)
    dialogue, output = tmp_path / "a.dialogue", tmp_path / "a.pcap"
    dialogue.write_text("x")
    code, _, err = run("craft", dialogue, "--output", output)
    assert code == 2
    assert "a.dialogue: line 3: expected C: or S:" in err
    assert not output.exists()


def test_help_does_not_wait_for_heavy_libraries():
    script = """
import sys
from desync.cli.main import main
main(["--help"])
print(sorted({"numpy", "rich", "scapy", "dpkt", "lz4", "zstandard"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_the_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "desync", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("desync ")

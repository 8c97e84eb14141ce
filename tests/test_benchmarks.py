"""The benchmark's generator makes sound mail, broken only where it says so; the benchmark runs."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "benchmarks"
UNSOUND = " || ".join(
    (
        *(
            "_ws.malformed",
            "tcp.checksum.status == 0",
            "ip.checksum.status == 0",
            "tcp.analysis.lost_segment",
        ),
        *("tcp.analysis.ack_lost_segment", "tcp.analysis.out_of_order", "_ws.expert.severity >= 0x00800000"),
    )
)


def make(path, *options):
    command = [sys.executable, HERE / "generate.py", path, *options]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(made.stdout)


@pytest.fixture(scope="module", params=["sound", "broken", "mixed"])
def made(request, tmp_path_factory):
    options = {
        "sound": ["--frames", "2000"],
        "broken": ["--frames", "2000", "--broken", "0.5", "--seed", "2"],
        "mixed": ["--frames", "2000", "--mail", "0.3", "--body", "12", "--seed", "3"],
    }[request.param]
    path = tmp_path_factory.mktemp("benchmark") / "made.pcap"
    return path, make(path, *options), options


def test_every_connection_is_found_and_judged_as_it_was_made(made):
    path, truth, _ = made
    command = [sys.executable, "-m", "desync", "scan", "--format", "json", "--jobs", "1", path]
    document = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    found = Counter()
    for connection in document["connections"]:
        found.update({one["code"] for one in connection["findings"] if one["severity"] != "note"})
    assert document["captures"][0]["frames"] == truth["frames"] >= 2000
    assert document["captures"][0]["tcp_frames"] == truth["frames"]
    assert document["captures"][0]["problems"] == []
    assert document["summary"]["connections"] == truth["connections"]
    assert document["summary"]["mail"] == truth["mail"] > 0
    assert dict(found) == truth["broken"]
    # Nothing but split replies is noted of the sound ones: no gap, no doubt, nothing left unpaired.
    assert set(document["summary"]["by_code"]) <= {"REPLY301", "REPLY302", *truth["broken"]}


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
def test_tshark_finds_nothing_unsound(made):
    path, truth, _ = made
    checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    shown = ["-Y", f"tcp.flags == 0x002 || {UNSOUND}", "-T", "fields", "-e", "tcp.flags", "-e", "_ws.expert"]
    command = ["tshark", "-n", "-r", path, *checks, *shown]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in made.stdout.splitlines()] == ["0x0002"] * truth["connections"]


def test_the_same_arguments_make_the_same_octets(made, tmp_path):
    path, truth, options = made
    assert make(tmp_path / "again.pcap", *options) == truth
    assert (tmp_path / "again.pcap").read_bytes() == path.read_bytes()


def test_one_command_measures(tmp_path):
    written = tmp_path / "measured.json"
    wanted = ["--captures", "tiny", "--tools", "desync", "--repeat", "1", "--json", written]
    command = [sys.executable, HERE / "run.py", *wanted, "--directory", tmp_path / "work"]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    (capture,) = json.loads(written.read_text())["captures"]
    (row,) = capture["rows"]
    assert row["wrong"] == []
    assert row["runs"][0]["wall"] > 0
    assert row["runs"][0]["processor"] > 0
    assert "| desync |" in made.stdout
    assert not (tmp_path / "work").exists()

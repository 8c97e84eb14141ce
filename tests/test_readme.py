"""README.md tells the truth: its commands and what it shows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_two_commands_one_scans_a_sample_and_one_tests():
    commands = re.findall(r"^    (python3 -m venv .+)$", README, re.MULTILINE)
    assert len(commands) == 2
    install = "python3 -m venv .venv && .venv/bin/pip install "
    assert commands[0] == install + ". && .venv/bin/desync scan captures/ccnotes-1999.snoop"
    assert commands[1] == install + "'.[test]' && .venv/bin/python -m pytest"


def shown():
    """What README.md shows of the output: each command with the lines below it."""
    blocks = re.findall(r"```text\n\$ desync ([^\n]+)\n(.*?)\n```", README, re.DOTALL)
    assert {arguments.split()[0] for arguments, _ in blocks} == {"scan", "show", "compare", "letter"}
    return blocks


@pytest.mark.parametrize(("arguments", "text"), shown())
def test_shows_what_is_printed(arguments, text):
    printed = subprocess.run(
        [sys.executable, "-m", "desync", *arguments.split()],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    lines = [line.rstrip() for line in printed.splitlines()]
    at = 0
    for block in re.split(r"^\[\.\.\.\]$", text, flags=re.MULTILINE):
        wanted = block.strip("\n").split("\n")
        if wanted == [""]:
            continue
        found = next((i for i in range(at, len(lines)) if lines[i : i + len(wanted)] == wanted), None)
        assert found is not None, f"README.md shows what desync does not print: {wanted[0]!r} ..."
        at = found + len(wanted)


def test_names_every_command_of_the_command_line():
    usage = subprocess.run(
        [sys.executable, "-m", "desync", "--help"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    commands = re.findall(r"^  (\w+)  ", usage.partition("Commands:")[2], re.MULTILINE)
    assert commands
    for command in commands:
        assert f"desync {command}" in README, command


def python_blocks():
    return re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", python_blocks())
def test_its_python_runs(block, tmp_path):
    for library in ("pyarrow", "pandas"):
        if "to_pandas" in block:
            pytest.importorskip(library)
    shutil.copy(ROOT / "captures" / "incidents" / "line-reader-loses-mail.pcap", tmp_path / "mail.pcap")
    command = [sys.executable, "-W", "error", "-c", block]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, text=True).stdout
    assert "SYNC201 consistent 192.0.2.72:1029 from MAIL on replies were taken" in printed

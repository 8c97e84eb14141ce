"""Shell completion: what bash, zsh and fish are told."""

import os
import shutil
import subprocess
import sys

import pytest

from desync.report.formats.registry import FORMATS


def completed(*words, told="bash"):
    """What the shell is told for the last of these words."""
    done = subprocess.run(
        [sys.executable, "-c", "from desync.cli.main import main; main()"],
        env={
            **os.environ,
            "_DESYNC_COMPLETE": f"{told}_complete",
            "COMP_WORDS": " ".join(("desync", *words)),
            "COMP_CWORD": words[-1] if told == "fish" else str(len(words)),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_commands_are_completed():
    assert completed("le") == ["plain,letter"]
    assert "plain,evidence" in completed("")


def test_formats_are_completed():
    assert completed("scan", "--format", "") == [f"plain,{form}" for form in FORMATS]


def test_codes_are_completed_behind_a_comma_too():
    assert completed("scan", "--select", "SYNC101,CAP90") == [f"plain,SYNC101,CAP90{n}" for n in range(1, 10)]


def test_findings_are_completed_by_code_and_by_name():
    assert completed("explain", "SYNC102") == ["plain,SYNC102"]
    assert completed("explain", "command-on") == ["plain,command-on-reply-fragment"]


@pytest.mark.parametrize(
    "words",
    [
        ("scan", ""),
        ("scan", "--case", ""),
        ("scan", "--output", ""),
        ("scan", "--files-from", ""),
        ("report", ""),
        ("letter", ""),
        ("compare", ""),
        ("evidence", ""),
    ],
    ids=" ".join,
)
def test_files_are_left_to_the_shell(words):
    assert [line.partition(",")[0] for line in completed(*words)] in [["file"], ["dir"]]


def test_zsh_and_fish_are_told_what_a_code_means():
    assert completed("explain", "SYNC102", told="zsh") == ["plain", "SYNC102", "command-on-reply-fragment"]
    assert completed("explain", "SYNC102", told="fish") == ["plain,SYNC102\tcommand-on-reply-fragment"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_takes_the_script(shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = subprocess.run(
        [sys.executable, "-c", "from desync.cli.main import main; main()"],
        env={**os.environ, "_DESYNC_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "_DESYNC_COMPLETE" in script
    checked = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, check=True)
    assert checked.stderr == ""

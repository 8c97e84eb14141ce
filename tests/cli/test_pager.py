"""Long text on a terminal goes through a pager; nothing else does."""

import os
import pty
import subprocess
import sys

import click
import pytest

from desync.cli.main import cli
from desync.cli.pager import WANTED, pager_command

SHORT = "head -n 2"


def on_terminal(arguments, environment):
    """Run desync with a terminal as standard output; give its code, what it showed, and its errors."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "desync", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", **environment},
    )
    os.close(slave)
    shown = b""
    try:
        while piece := os.read(master, 65536):
            shown += piece
    except OSError:  # the last process that had it has closed it
        pass
    errors = process.communicate()[1]
    os.close(master)
    return process.returncode, shown.decode(), errors.decode()


def test_a_reader_who_has_seen_enough_ends_it():
    code, shown, errors = on_terminal(["explain", "SYNC102"], {"PAGER": SHORT})
    assert (code, errors) == (0, "")
    assert shown.splitlines()[0].endswith("SYNC102 command-on-reply-fragment\x1b[0m")
    assert len(shown.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["explain", "SYNC102", "--no-pager"], {"PAGER": SHORT}),
        (["--no-pager", "explain", "SYNC102"], {"PAGER": SHORT}),
        (["explain", "SYNC102"], {"PAGER": "cat"}),
        (["explain", "SYNC102"], {"PAGER": ""}),
        (["explain", "SYNC102"], {"PAGER": "no-such-pager-anywhere"}),
    ],
)
def test_without_a_pager_all_is_shown(arguments, environment):
    code, shown, errors = on_terminal(arguments, environment)
    assert (code, errors) == (0, "")
    assert len(shown.splitlines()) > 50


def test_no_color_is_heeded_through_a_pager():
    _, shown, _ = on_terminal(["explain", "SYNC102"], {"PAGER": SHORT, "NO_COLOR": "1"})
    assert "\x1b[3" not in shown


def test_json_is_not_for_a_pager(capture):
    _, shown, _ = on_terminal(["scan", str(capture), "--format", "json", "-q"], {"PAGER": SHORT})
    assert len(shown.splitlines()) > 2


@pytest.mark.parametrize("name", ["scan", "report", "show", "explain", "timeline", "compare"])
def test_every_command_that_prints_long_text_can_go_without(name):
    assert "--no-pager" in {option for one in cli.commands[name].params for option in one.opts}


def test_which_pager(monkeypatch):
    monkeypatch.setattr("shutil.which", {"less": "/x/less", "most": "/x/most"}.get)
    assert pager_command({}) == ["less"]
    assert pager_command({"TERM": "dumb"}) is None
    assert pager_command({"PAGER": "most -s"}) == ["most", "-s"]
    assert pager_command({"PAGER": "'unclosed"}) is None
    with click.Context(cli) as context:
        context.meta[WANTED] = False
        assert pager_command({}) is None

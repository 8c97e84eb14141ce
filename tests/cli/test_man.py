"""The manual page: all that --help says, in roff that groff finds no fault with."""

import re
import shutil
import subprocess

import click
import pytest

from desync.cli.main import cli
from desync.cli.roff import literal, macro, prose, written


@pytest.fixture
def page(run):
    code, out, err = run("man")
    assert (code, err) == (0, "")
    return out


def test_every_command_and_option_stands_in_it(page):
    text = page.replace("\\-", "-")
    root = click.Context(cli, info_name="desync")
    for name in cli.list_commands(root):
        assert f'.SS "desync {name} ' in text
        for parameter in cli.get_command(root, name).params:
            if isinstance(parameter, click.Option):
                assert all(option in text for option in parameter.opts)


def test_its_sections_are_those_of_man_pages(page):
    sections = re.findall(r'^\.SH "(.*)"$', page, re.MULTILINE)
    assert sections == [
        *("NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "ENVIRONMENT"),
        *("SHELL COMPLETION", "SEE ALSO"),
    ]
    assert re.search(r'^\.SH "NAME"\ndesync \\- say from a packet capture', page, re.MULTILINE)


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_finds_no_fault(page):
    done = subprocess.run(
        ["groff", "-ww", "-man", "-Tutf8"], input=page, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "--redact-addresses" in re.sub(r"\x1b\[\d*m|.\x08", "", done.stdout)


def test_what_roff_would_take_for_its_own_is_text():
    assert written(".SH x") == "\\&.SH x"
    assert written("'br") == "\\(aqbr"
    assert written("a\\fB-") == "a\\efB\\-"
    assert macro("TH", 'say "so"') == '.TH "say \\(dqso\\(dq"'
    assert list(literal(["", ".x"])) == [".RS 4", ".nf", "\\&", "\\&.x", ".fi", ".RE"]


def test_examples_are_not_filled():
    lines = list(prose("First\nsecond.\n\n\b\nExample:\n  desync man\n\nEnd."))
    assert lines == [
        *(".PP", "First", "second.", ".PP", "Example:", ".RS 4", ".nf", "desync man", ".fi", ".RE"),
        *(".PP", "End."),
    ]

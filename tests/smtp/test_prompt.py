import pytest

from desync.smtp.command import read_command
from desync.smtp.prompt import CONNECTION, Prompt, ends_group


def command(line):
    return Prompt("command", 0, len(line) + 2, read_command(line), line)


@pytest.mark.parametrize(
    "line",
    [
        b"MAIL FROM:<>",
        b"RCPT TO:<a@b>",
        b"RSET",
        b"HELP",
        b"XFORWARD NAME=x",
        b"BURL x",
        b"AUTH PLAIN AGE=",
        b"auth external =",
    ],
)
def test_a_group_goes_on(line):
    assert not ends_group(command(line))


@pytest.mark.parametrize(
    "line",
    [
        b"EHLO x",
        b"HELO x",
        b"DATA",
        b"VRFY a",
        b"NOOP",
        b"QUIT",
        b"AUTH PLAIN",
        b"AUTH PLAIN ",
        b"AUTH LOGIN YQ==",
        b"AUTH SCRAM-SHA-256 biws",
        b"BURL x last",
        b"XYZZY",
    ],
)
def test_a_group_ends(line):
    assert ends_group(command(line))
    assert ends_group(command(line), command(line))


@pytest.mark.parametrize(("kind", "ends"), [("mail-data", False), ("bdat", False), ("auth", True)])
def test_what_is_no_command(kind, ends):
    assert ends_group(Prompt(kind, 0, 3)) is ends


def test_nothing_goes_with_the_connection():
    assert ends_group(CONNECTION)


def test_several_lines_of_xclient_are_one_thing():
    one = command(b"XCLIENT NAME=x")
    assert not ends_group(one, one)
    assert ends_group(one)
    assert ends_group(one, command(b"EHLO x"))

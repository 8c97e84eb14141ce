"""RFC 5321, section 4.3.2: which codes a prompt can draw."""

import pytest

from desync.exchanges.plausible import is_plausible
from desync.smtp.command import read_command
from desync.smtp.prompt import CONNECTION, Prompt

KINDS = ["command", "auth", "mail-data", "bdat", "connection"]


def command(text):
    return Prompt("command", 0, len(text) + 2, read_command(text), text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"EHLO x", 250),
        (b"HELO x", 250),
        (b"MAIL FROM:<>", 250),
        (b"RCPT TO:<a@b>", 251),
        (b"RCPT TO:<a@b>", 252),
        (b"DATA", 354),
        (b"RSET", 250),
        (b"VRFY x", 252),
        (b"EXPN x", 252),
        (b"HELP", 214),
        (b"HELP", 211),
        (b"NOOP", 250),
        (b"QUIT", 221),
        (b"AUTH LOGIN", 334),
        (b"AUTH PLAIN x", 235),
        (b"STARTTLS", 220),
        (b"XCLIENT NAME=x", 220),
        (b"XYZZY", 250),
    ],
)
def test_these_are_answers(text, code):
    assert is_plausible(command(text), code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"EHLO x", 220),
        (b"EHLO x", 354),
        (b"MAIL FROM:<>", 354),
        (b"RCPT TO:<a@b>", 221),
        (b"DATA", 250),
        (b"QUIT", 250),
        (b"NOOP", 334),
        (b"XYZZY", 220),
        (b"XYZZY", 221),
        (b"XYZZY", 334),
        (b"XYZZY", 354),
    ],
)
def test_these_are_not(text, code):
    assert not is_plausible(command(text), code)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", [421, 450, 451, 500, 503, 554])
def test_anything_can_be_refused(kind, code):
    assert is_plausible(Prompt(kind, 0, 2, read_command(b"DATA")), code)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", [None, 0, 100, 199, 600, 999])
def test_a_code_that_cannot_be_is_no_answer(kind, code):
    assert not is_plausible(Prompt(kind, 0, 2, read_command(b"NOOP")), code)


def test_what_is_no_command():
    assert is_plausible(CONNECTION, 220)
    assert not is_plausible(CONNECTION, 250)
    assert is_plausible(Prompt("auth", 0, 2), 235)
    assert not is_plausible(Prompt("auth", 0, 2), 250)
    assert is_plausible(Prompt("mail-data", 0, 2), 250)
    assert not is_plausible(Prompt("mail-data", 0, 2), 354)

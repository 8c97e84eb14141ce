"""Octets overwritten so that whoever reads them again finds the same dialogue in them.

    lengths, CR, LF and NUL, dots where a line may begin    stay
    verbs, reply codes                                      stay
    everything else                                         becomes MASK

A line that is no command must not become one, a command's line that is wrong must stay wrong, and what
has the look of a header field, of a credential, of what a box on the path writes over a command must keep
that look: findings rest on it. May know lines, commands and replies; must not know streams.
"""

import re
from typing import Final

from desync.exchanges.mail_text import HEADER_FIELD
from desync.exchanges.privacy import MASK
from desync.report.pseudonym_words import KEPT
from desync.smtp.command import SYNTAX, VERBS, Command, looks_like_command, read_command

OTHER: Final = b"%"
"""Stands where a second copy of octets differs from the first, so that it still does."""

ODD: Final = b"\xa4"
"""Makes an argument wrong that would be right if it were of ``MASK`` alone."""

LETTER: Final = b"z"
"""Stands in what must keep the look of a word; an X would look like a box's."""

_KEPT: Final = b"\r\n\0"


def _table(mask: bytes, kept: bytes) -> bytes:
    return bytes(octet if octet in kept else mask[0] for octet in range(256))


_TEXT: Final = _table(MASK, _KEPT)
_WORDS: Final = _table(MASK, _KEPT + b" \t")
_PARAMETERS: Final = _table(LETTER, _KEPT + b" =")
_NAME: Final = _table(LETTER, _KEPT + b".-[]: ")

_EACH: Final = re.compile(rb"[^\n]*\n|[^\n]+")
_DOTS: Final = re.compile(rb"(?:\A|(?<=[\r\n])|(?<=[\r\n]\0))\.{1,2}")
_LINES: Final = re.compile(
    rb"(?:\A|(?<=\n))[ \t]{0,8}(?:"
    + b"|".join(sorted(verb.encode() for verb in VERBS))
    + rb")[^\n]{0,2000}\n",
    re.IGNORECASE,
)
_CROSSED: Final = re.compile(rb"(?<![A-Za-z0-9-])X{4,}(?![A-Za-z0-9-])")
_CREDENTIAL: Final = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}\Z")
_FOREIGN: Final = re.compile(
    rb"(?:GET|POST|HEAD|PUT|OPTIONS|CONNECT|DELETE) |PRI \* HTTP|SSH-", re.IGNORECASE
)
_PATH_HEAD: Final = re.compile(rb"(?:FROM|TO) ?: ?<?", re.IGNORECASE)
_MECHANISM: Final = re.compile(
    rb"(?:LOGIN|PLAIN|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|XOAUTH2)(?: |\Z)", re.IGNORECASE
)
_HOST: Final = re.compile(
    rb"(?:[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9}\.?|\[[0-9A-Za-z:.]{2,60}\])\s*\Z"
)
_MASKED_KEYWORD: Final = re.compile(rb"X{3,}[A-Z]?\Z")
_CODE: Final = re.compile(rb"\d\d\d(?:[^0-9A-Za-z]|\Z)")


def mask_text(octets: bytes) -> bytes:
    """Overwrite octets of which nothing is known but that they are private."""
    return octets.translate(_TEXT)


def mask_replies(octets: bytes) -> bytes:
    """Overwrite what a server said, line by line."""
    return b"".join(mask_reply(line) for line in _EACH.findall(octets))


def mask_data(octets: bytes) -> bytes:
    """Overwrite mail data, or a chunk of it.

    Args:
        octets: They begin where a line may begin. A line that reads as a whole command keeps its verb: a
            client whose commands the server took for mail data is known by them.
    """
    found = bytearray(octets.translate(_TEXT))
    for dots in _DOTS.finditer(octets):
        found[dots.start() : dots.end()] = dots[0]
    for line in _LINES.finditer(octets):
        text = line[0].rstrip(b"\r\n")
        if looks_like_command(text):
            found[line.start() : line.start() + len(text)] = _mask_command(text)
    return bytes(found)


def mask_auth(text: bytes) -> bytes:
    """Overwrite an answer in an AUTH exchange; that it is cancelled, or empty, is no secret (RFC 4954)."""
    return text if text in (b"*", b"=", b"") else text.translate(_TEXT)


def mask_line(text: bytes) -> bytes:
    """Overwrite a line that is no known command, without its ending; or several lines."""
    if text == b"." or not text.strip():
        return text
    if b"\n" in text:
        return mask_data(text)
    if _CREDENTIAL.match(text):
        return LETTER * len(text)
    found = bytearray(text.translate(_TEXT))
    field = HEADER_FIELD.match(text)
    if field is not None:
        blanks = len(field[0][:-1]) - len(field[0][:-1].rstrip())
        found[field.end() - 1 - blanks : field.end()] = text[field.end() - 1 - blanks : field.end()]
    for crossed in _CROSSED.finditer(text):
        # A box wrote that, and what follows its first blank says that it is a whole word.
        end = crossed.end() + (text[crossed.end() : crossed.end() + 1] == b" ")
        found[crossed.start() : end] = text[crossed.start() : end]
    foreign = _FOREIGN.match(text)
    if foreign is not None:
        found[: foreign.end()] = foreign[0]
    return bytes(found)


def mask_argument(command: Command, shown: int) -> bytes:
    """Overwrite what may not be shown of a known command's line, without its ending.

    Args:
        command: The command.
        shown: Octets at its beginning that may be shown.
    """
    text, rest = command.text[:shown], command.text[shown:]
    if looks_like_command(command.text) and command.verb != "AUTH":
        # A line of a message, which was obeyed all the same.
        return _mask_command(command.text)
    if command.verb == "AUTH":
        blanks = len(rest) - len(rest.lstrip(b" "))
        return text + rest[:blanks] + mask_auth(rest[blanks:])
    if command.verb == "NOOP":
        return text + _mask_noop(rest)
    masked = rest.translate(_TEXT)
    syntax = SYNTAX.get(command.verb or "")
    if syntax is not None and syntax.match(masked):
        # Shown, it would pass for what the client said.
        masked = masked.replace(MASK, ODD)
    return text + masked


def mask_reply(text: bytes, *, keyword: bool = False) -> bytes:
    """Overwrite a line of a reply, without its ending; its code stays.

    Args:
        text: The line.
        keyword: Whether it begins with a keyword where it names an extension: what was offered decides
            what was allowed.
    """
    head = b""
    if _CODE.match(text):
        head = text[:4]
        word = text[4:].partition(b" ")[0].rstrip(b"\r\n")
        if keyword and (word.decode("latin-1").lower() in KEPT or _MASKED_KEYWORD.match(word)):
            head = text[: len(head) + len(word) + (text[len(head + word) :][:1] == b" ")]
    elif text[:3].isdigit():
        # Three digits that are no code, since a letter or a digit follows them.
        head = text[:3] + LETTER * len(text[3:4])
    found = bytearray(head + text[len(head) :].translate(_TEXT))
    for crossed in _CROSSED.finditer(text, len(head)):
        found[crossed.start() : crossed.end()] = crossed[0]
    return bytes(found)


def _mask_noop(argument: bytes) -> bytes:
    """A NOOP that a box made of another command keeps what tells so (``findings.masked``)."""
    for head in (_PATH_HEAD.match(argument), _MECHANISM.match(argument)):
        if head is not None:
            return head[0] + argument[head.end() :].translate(_TEXT)
    if _HOST.match(argument):
        return argument.translate(_NAME)
    return argument.translate(_TEXT) if argument.strip() else argument


def _mask_command(text: bytes) -> bytes:
    """Overwrite the argument of a line that reads as a whole command, so that it still does."""
    command = read_command(text)
    before = text[: len(text) - len(command.argument)]
    masked = before + _mask_valid(command)
    return masked if looks_like_command(masked) else before + command.argument.translate(_TEXT)


def _mask_valid(command: Command) -> bytes:
    argument = command.argument
    if command.verb == "BDAT":
        return argument
    head = _PATH_HEAD.match(argument)
    if head is None:
        return argument.translate(_WORDS)
    path, blank, parameters = argument[head.end() :].partition(b" ")
    closing = path[-1:] if path.endswith(b">") else b""
    masked = path[: len(path) - len(closing)].translate(_TEXT) + closing
    return head[0] + masked + blank + parameters.translate(_PARAMETERS)

"""What a client's line says as a command.

    command = verb [ SP argument ] CRLF                          (RFC 5321, section 4.1.1)

May know verbs and the syntax of their arguments; must not know whether the command is in order.
"""

import re
from dataclasses import dataclass
from typing import Final

GROUPABLE: Final = frozenset({"MAIL", "RCPT", "RSET", "SEND", "SOML", "SAML", "BDAT", "XFORWARD"})
"""Commands that may be followed in a pipelined group: RFC 2920, section 3.1; BDAT: RFC 3030,
section 4.2; XFORWARD: Postfix sends it so. An unknown verb ends a group."""

HELLOS: Final = frozenset({"EHLO", "HELO", "LHLO"})

_OTHERS: Final = "DATA NOOP QUIT VRFY EXPN HELP TURN ATRN ETRN AUTH STARTTLS XCLIENT BURL XEXCH50"

VERBS: Final = GROUPABLE | HELLOS | frozenset(_OTHERS.split())
"""All verbs that are known; a line with another one is an unknown command."""

_PATH = re.compile(
    rb"(?i)(?:FROM|TO) ?: ?<?[^<>\s]{0,320}>?(?: [A-Z0-9-]{1,40}(?:=[\x21-\x3c\x3e-\x7e]{0,500})?){0,20} *\Z"
)
_WORD = re.compile(rb"[\x21-\x7e]{1,512}(?: [\x21-\x7e]{1,512}){0,4} *\Z")
_CHUNK = re.compile(rb"(\d{1,19})(?: +(LAST))? *\Z", re.IGNORECASE)
_NOTHING = re.compile(rb" *\Z")

SYNTAX: Final = {
    **dict.fromkeys(("MAIL", "RCPT", "SEND", "SOML", "SAML"), _PATH),
    **dict.fromkeys(("EHLO", "HELO", "LHLO", "VRFY", "EXPN", "ETRN", "ATRN", "XCLIENT", "XFORWARD"), _WORD),
    **dict.fromkeys(("DATA", "RSET", "QUIT", "NOOP", "STARTTLS", "TURN", "HELP"), _NOTHING),
    "BDAT": _CHUNK,
}
"""Arguments that are shown. What does not look so may be mail text that happens to begin with a verb."""


@dataclass(frozen=True, slots=True)
class Command:
    """A line read as a command.

    Attributes:
        verb: Its verb in capitals if it is a known one, else None.
        argument: What stands behind the verb.
        shown: Octets at the line's beginning that may be shown; the rest is private: mail text
            run as a command, authentication, or what cannot be told from it.
        chunk: Octets that a BDAT announces, else None.
        last: Whether a BDAT says LAST.
    """

    verb: str | None
    argument: bytes
    shown: int
    chunk: int | None = None
    last: bool = False


def read_command(text: bytes) -> Command:
    """Read a line without its ending as a command.

    Verbs are not case sensitive, and blanks before the verb are not part of it (servers skip
    them). Never raises.

    Source:
        RFC 5321, section 2.4 (case), section 4.1.1 (syntax); RFC 3030, section 2 (BDAT).
    """
    head, _, argument = text.lstrip(b" \t").partition(b" ")
    verb = head.upper().decode("latin-1").rstrip("\t\r")
    if verb not in VERBS:
        return Command(None, argument, 0)
    valid = SYNTAX.get(verb)
    if verb == "AUTH":
        mechanism = argument.partition(b" ")[0]
        known = bool(re.fullmatch(rb"[A-Za-z0-9_-]{1,20}", mechanism))
        return Command(verb, argument, len(text) - len(argument) + (len(mechanism) if known else 0))
    if valid is None or not valid.match(argument):
        return Command(verb, argument, len(text) - len(argument) if argument.strip() else len(text))
    if verb == "BDAT":
        match = _CHUNK.match(argument)
        size = int(match[1]) if match else 0
        return Command(verb, argument, len(text), chunk=size, last=bool(match and match[2]))
    return Command(verb, argument, len(text))


def looks_like_command(text: bytes) -> bool:
    """Whether a line is a command in full syntax, so that it is hardly mail text.

    Asked where a hole in the capture hides whether mail data had ended.
    """
    command = read_command(text)
    return command.verb is not None and command.verb in SYNTAX and command.shown == len(text)

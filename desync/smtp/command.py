"""What a client's line says as a command.

    command = verb [ SP argument ] CRLF                          (RFC 5321, section 4.1.1)

May know verbs and the syntax of their arguments; must not know whether the command is in order.
"""

import re
from typing import Final, NamedTuple

GROUPABLE: Final = frozenset(
    {"MAIL", "RCPT", "RSET", "SEND", "SOML", "SAML", "HELP", "BDAT", "BURL", "XFORWARD"}
)
"""Commands that may be followed in a pipelined group: RFC 2920, section 3.1 (HELP is in neither of its
lists); BDAT: RFC 3030, section 4.2; BURL without LAST: RFC 4468, section 3.2; XFORWARD: Postfix
XFORWARD_README. An unknown verb ends a group."""

HELLOS: Final = frozenset({"EHLO", "HELO", "LHLO"})

_OTHERS: Final = "DATA NOOP QUIT VRFY EXPN TURN ATRN ETRN AUTH STARTTLS XCLIENT XEXCH50"

VERBS: Final = GROUPABLE | HELLOS | frozenset(_OTHERS.split())
"""All verbs that are known; a line with another one is an unknown command."""

_PATH = re.compile(
    rb"(?i)(?:FROM|TO) ?: ?<?[^<>\s]{0,320}>?(?: [A-Z0-9-]{1,40}(?:=[\x21-\x3c\x3e-\x7e]{0,500})?){0,20} *\Z"
)
_WORD = re.compile(rb"[\x21-\x7e]{1,512}(?: [\x21-\x7e]{1,512}){0,4} *\Z")
_CHUNK = re.compile(rb"(\d{1,19})(?: +(LAST))? *\Z", re.IGNORECASE)
_NOTHING = re.compile(rb" *\Z")

_MECHANISM = re.compile(rb"[A-Z0-9_-]{1,20}|[A-Z]?[a-z0-9_-]{1,19}")
"""A mechanism's name (RFC 4422, section 3.1); capitals among small letters are rather a credential."""

_LONGER = re.compile(
    rb"(?:LOGIN|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|GS2-.*|KERBEROS_V[45]|SCRAM-.*|SRP.*|OTP)\Z", re.IGNORECASE
)
"""SASL mechanisms that take more than one answer of the client, or begin with the server's challenge."""

_BY_OCTETS: Final = {verb.encode(): verb for verb in VERBS}

SYNTAX: Final = {
    **dict.fromkeys(("MAIL", "RCPT", "SEND", "SOML", "SAML"), _PATH),
    **dict.fromkeys(("EHLO", "HELO", "LHLO", "VRFY", "EXPN", "ETRN", "ATRN", "XCLIENT", "XFORWARD"), _WORD),
    **dict.fromkeys(("DATA", "RSET", "QUIT", "NOOP", "STARTTLS", "TURN", "HELP"), _NOTHING),
    "BDAT": _CHUNK,
}
"""Arguments that are shown. What does not look so may be mail text that happens to begin with a verb."""


class Command(NamedTuple):
    """A line read as a command.

    Attributes:
        verb: Its verb in capitals if it is a known one, else None.
        argument: What stands behind the verb.
        text: The line without its ending.
        chunk: Octets that a BDAT announces, else None.
        last: Whether a BDAT says LAST.
    """

    verb: str | None
    argument: bytes
    text: bytes
    chunk: int | None = None
    last: bool = False

    @property
    def is_said_at_once(self) -> bool:
        """Whether an AUTH brings the whole of its answer along, so that a group may go on behind it.

        Source:
            RFC 4954, section 4: the exception for an initial response and a mechanism that is complete
            with it, such as PLAIN and EXTERNAL.
        """
        mechanism, blank, response = self.argument.partition(b" ")
        return bool(blank and response.strip()) and not _LONGER.match(mechanism)

    @property
    def shown(self) -> int:
        """Octets at the line's beginning that may be shown.

        The rest is private: mail text run as a command, authentication, or what cannot be told from it.
        """
        if self.verb is None:
            return 0
        before = len(self.text) - len(self.argument)
        if self.verb == "AUTH":
            mechanism = self.argument.partition(b" ")[0]
            return before + (len(mechanism) if _MECHANISM.fullmatch(mechanism) else 0)
        valid = SYNTAX.get(self.verb)
        if (valid is not None and valid.match(self.argument)) or not self.argument.strip():
            return len(self.text)
        return before


def read_command(text: bytes) -> Command:
    """Read a line without its ending as a command.

    Verbs are not case sensitive, and blanks before the verb are not part of it (servers skip
    them). Never raises.

    Source:
        RFC 5321, section 2.4 (case), section 4.1.1 (syntax); RFC 3030, section 2 (BDAT).
    """
    head, _, argument = text.partition(b" ")
    verb = _BY_OCTETS.get(head)
    if verb is None:
        head, _, argument = text.lstrip(b" \t").partition(b" ")
        verb = _BY_OCTETS.get(head.upper().rstrip(b"\t\r"))
    if verb == "BDAT" and (match := _CHUNK.match(argument)):
        return Command(verb, argument, text, int(match[1]), bool(match[2]))
    return Command(verb, argument, text)


def looks_like_command(text: bytes) -> bool:
    """Whether a line is a command in full syntax, so that it is hardly mail text.

    Asked where a hole in the capture hides whether mail data had ended.
    """
    command = read_command(text)
    if command.verb is None:
        return False
    if command.verb == "AUTH":
        return command.shown > len(text) - len(command.argument)
    valid = SYNTAX.get(command.verb)
    return valid is not None and valid.match(command.argument) is not None

"""What a client sends, cut into the things that a reply answers.

A *prompt* is whatever a reply answers: the connection, a command, an AUTH response, the end
of mail data, a BDAT chunk. May know phases; must not know which reply answers a prompt: it is
told the phase.
"""

from enum import Enum, auto
from typing import Literal, NamedTuple, TypeAlias

from desync.smtp.command import GROUPABLE, Command

Kind: TypeAlias = Literal["connection", "command", "auth", "mail-data", "bdat"]


class Phase(Enum):
    """What the server reads next (RFC 5321, section 3)."""

    COMMAND = auto()
    MAIL_DATA = auto()
    AUTH = auto()
    STARTTLS = auto()
    """Behind the 220 to STARTTLS: a TLS handshake (RFC 3207), or commands all the same."""
    TURNED = auto()
    """The roles have changed (RFC 1985 ETRN's elders: TURN, and ATRN of RFC 2645)."""


class Prompt(NamedTuple):
    """Something that a reply answers.

    Attributes:
        kind: What it is.
        start, end: Half-open range of octets in the client's stream, line ending or end of data
            included; both 0 for the connection.
        command: The command, where it is one (a BDAT included).
        text: The line without its ending, where it is one.
        terminated: Whether its end (line ending, end of data, last chunk octet) was sent.
        whole: False where a hole in the capture took a part of it that says what it is.
        inferred: Whether its end lies in a hole and is known only by what follows.
    """

    kind: Kind
    start: int
    end: int
    command: Command | None = None
    text: bytes = b""
    terminated: bool = True
    whole: bool = True
    inferred: bool = False

    @property
    def verb(self) -> str | None:
        """The verb of a known command, else None."""
        return self.command.verb if self.command else None


CONNECTION = Prompt("connection", 0, 0)


def ends_group(prompt: Prompt, following: Prompt | None = None) -> bool:
    """Whether a prompt must be the last one of a pipelined group (RFC 2920, section 3.1).

    Args:
        prompt: The prompt.
        following: The next one, where it is known.
    """
    command = prompt.command
    if prompt.kind != "command" or command is None:
        return prompt.kind not in ("mail-data", "bdat")
    if command.verb == "AUTH":
        return not command.is_said_at_once
    if command.verb == "BURL":
        # RFC 4468, section 3.2: what ends the message is waited for before the next transaction.
        return command.argument.upper().rstrip().endswith(b" LAST")
    if command.verb == "XCLIENT":
        # Postfix XCLIENT_README: what one line cannot hold goes into several, and they may be pipelined;
        # then the session begins again with a greeting.
        return following is None or following.verb != "XCLIENT"
    return command.verb not in GROUPABLE

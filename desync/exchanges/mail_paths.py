"""The path that MAIL or RCPT names.

    mail = "MAIL FROM:" Reverse-path [SP Mail-parameters]        (RFC 5321, section 4.1.1.2)
    rcpt = "RCPT TO:" Forward-path [SP Rcpt-parameters]          (section 4.1.1.3)

May know commands; must not know what became of them.
"""

import re
from typing import Final

from desync.smtp.command import SYNTAX, Command

_BRACKETED: Final = re.compile(rb"(?i)(?:FROM|TO) ?: ?<([^<>\s]{0,320})>")
_BARE: Final = re.compile(rb"(?i)(?:FROM|TO) ?: ?([^<>\s]{1,320})")
"""Without brackets; many servers take it (RFC 5321, section 4.1.1.2, does not)."""


def path_of(command: Command | None) -> bytes | None:
    """The path that a command names, as sent, without its brackets.

    Returns:
        The path, empty for the null reverse-path ``<>``; None where the argument is not written like a
        path, and may be anything: message text that begins with the word.
    """
    if command is None or command.verb is None:
        return None
    syntax = SYNTAX.get(command.verb)
    if syntax is None or not syntax.match(command.argument):
        return None
    found = _BRACKETED.match(command.argument) or _BARE.match(command.argument)
    return found[1] if found else None

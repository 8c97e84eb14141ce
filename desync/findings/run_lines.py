"""What lines of message text drew that the server read as commands.

May know exchanges; must not know why the server read them so. Their octets stay private.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from desync.exchanges.exchange import Exchange
from desync.findings.finding import Detail

MOST_OBEYED: Final = 20
"""Obeyed lines named in one finding; the number of all of them is given beside."""


def obeyed_by(lines: Sequence[Exchange]) -> list[Exchange]:
    """The lines that the server obeyed, because they read like commands."""
    return [one for one in lines if one.reply is not None and one.reply.is_positive]


def drawn(lines: Sequence[Exchange], *, ended: bool) -> dict[str, Detail]:
    """What the lines drew, for ``details``.

    Args:
        lines: The exchanges of the text.
        ended: Whether its final dot was sent.
    """
    obeyed = obeyed_by(lines)
    return {
        "lines": len(lines),
        "octets": lines[-1].prompt.end - lines[0].prompt.start,
        "ended": ended,
        "drew": dict(sorted(Counter(str(one.reply_code or "nothing") for one in lines).items())),
        "obeyed": len(obeyed),
        "obeyed_as": [
            {"exchange": one.index, "verb": one.prompt.verb, "code": one.reply_code}
            for one in obeyed[:MOST_OBEYED]
        ],
    }

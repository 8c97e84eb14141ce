"""Whether a send left when a reader would have sent it.

May know times; must not know what was read.
"""

from typing import Final, NamedTuple

from desync.exchanges.readers.arrival import Arrivals
from desync.exchanges.readers.path import (
    AHEAD,
    AHEAD_AGAIN,
    AHEAD_AT_ONCE,
    AHEAD_BY_HABIT,
    COINCIDENCE,
    FLUSHED,
    FLUSHED_LATER,
    GAVE_UP,
    GAVE_UP_AGAIN,
    GAVE_UP_SOON,
    LOOSE,
)
from desync.exchanges.readers.sends import Send
from desync.units import MILLISECOND

LONG_SILENCE: Final = 200 * MILLISECOND
"""As for SYNC107: a client that was silent for longer had been waiting."""
SHORTEST_WAIT: Final = 100 * MILLISECOND
"""No client gives up waiting sooner."""
SHORTEST_SLACK: Final = MILLISECOND
"""A slack below this is no wait for anything."""
PRECISE: Final = 5 * MILLISECOND
"""What a timer may be off at most."""
AT_ONCE: Final = 2 * MILLISECOND
"""A send this soon behind an arrival was set off by it."""
ONE_BREATH: Final = MILLISECOND
"""Sends closer than this were written one after another."""


class Timing(NamedTuple):
    """What times say of sends.

    Attributes:
        arrivals: When what had arrived.
        thinks: How long the client takes before it sends, in nanoseconds.
    """

    arrivals: Arrivals
    thinks: int = 0

    def slack(self, send: Send, before: Send, needed: int) -> int | None:
        """How long a send came after the later of the send before and the arrival of what it needed."""
        if not self.arrivals.sound:
            return None
        return send.time - max(self.began(before), self.arrivals.at(needed) if needed else 0)

    def began(self, before: Send) -> int:
        """When the client could begin to wait."""
        return before.ended or self.arrivals.opened

    def cost(self, slack: int | None) -> int:
        """What a slack costs: half of ``LOOSE`` at the tolerance, never more than all of it.

        One retransmission, however long it took, does not decide.
        """
        if slack is None:
            return 0
        off = slack - self.thinks
        off = max(off, 0) if not self.thinks else abs(off)
        return LOOSE * off // (off + self.arrivals.tolerance)

    def coincidence(self, send: Send, slack: int | None, needed: int) -> int:
        """What it costs that a late send left just when something had arrived that it did not need."""
        if slack is None or send.acknowledged <= needed or slack - self.thinks < SHORTEST_SLACK:
            return 0
        since = abs(send.time - self.thinks - self.arrivals.at(send.acknowledged))
        return COINCIDENCE if since <= AT_ONCE and since * 4 <= slack - self.thinks else 0

    def flushed(self, slack: int | None) -> int:
        """What it costs that a client read away what lay there before it sent."""
        return FLUSHED_LATER if slack is not None and slack > LONG_SILENCE else FLUSHED

    def is_late(self, slack: int | None) -> bool:
        """Whether a send came later than this client takes to think."""
        return slack is not None and slack - self.thinks > self.arrivals.tolerance

    def gave_up(self, send: Send, before: Send, *, again: bool) -> int | None:
        """What it costs that the client had given up waiting; None where it cannot have."""
        if not self.arrivals.sound:
            return None
        silence = send.time - self.began(before)
        if silence < SHORTEST_WAIT:
            return None
        if silence <= max(LONG_SILENCE, 9 * self.arrivals.tolerance):
            return GAVE_UP_SOON
        return GAVE_UP_AGAIN if again else GAVE_UP

    def ahead(self, send: Send, before: Send, *, again: bool) -> int:
        """What it costs that the client did not wait."""
        at_once = send.shares or (self.arrivals.sound and send.time - before.ended < ONE_BREATH)
        if not at_once or not send.natural:
            return AHEAD
        if send.habit:
            return AHEAD_BY_HABIT
        return AHEAD_AGAIN if again else AHEAD_AT_ONCE

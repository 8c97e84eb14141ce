"""Whether a send left when a reader would have sent it.

May know times; must not know what was read.
"""

from typing import Final, NamedTuple

from desync.exchanges.readers.arrival import Arrivals
from desync.exchanges.readers.path import AHEAD, AHEAD_AGAIN, GAVE_UP, GAVE_UP_SOON, LOOSE
from desync.exchanges.readers.sends import Send
from desync.units import MILLISECOND

LONG_SILENCE: Final = 200 * MILLISECOND
"""As for SYNC107: a client that was silent for longer had been waiting."""
SHORTEST_WAIT: Final = 100 * MILLISECOND
"""No client gives up waiting sooner."""
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
        return before.time or self.arrivals.opened

    def cost(self, slack: int | None) -> int:
        """What a slack costs."""
        return LOOSE if self.is_loose(slack) else 0

    def is_loose(self, slack: int | None) -> bool:
        """Whether a slack is longer, or shorter, than this client's would be."""
        if slack is None:
            return False
        off = slack - self.thinks
        return off > self.arrivals.tolerance or (self.thinks > 0 and off < -self.arrivals.tolerance)

    def gave_up(self, send: Send, before: Send) -> int | None:
        """What it costs that the client had given up waiting; None where it cannot have."""
        if not self.arrivals.sound:
            return None
        silence = send.time - self.began(before)
        if silence < SHORTEST_WAIT:
            return None
        return GAVE_UP if silence > max(LONG_SILENCE, 9 * self.arrivals.tolerance) else GAVE_UP_SOON

    def ahead(self, send: Send, before: Send, *, again: bool) -> int:
        """What it costs that the client did not wait."""
        at_once = send.shares or (self.arrivals.sound and send.time - before.time < ONE_BREATH)
        return AHEAD_AGAIN if again and at_once else AHEAD

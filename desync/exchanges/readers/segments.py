"""The reader that takes for a reply what one read brings (``segment``).

    a read waits until anything has arrived behind what was taken, and takes all that lies there
    several sends with the same acknowledgment share the segments that it covers, one each
    after a silence: it may have read away whatever lay there

May know when segments arrived; must not know lines and replies.
"""

from collections.abc import Iterator
from typing import NamedTuple

from desync.exchanges.readers.arrival import JITTER, Arrivals
from desync.exchanges.readers.path import (
    BEHIND,
    CLOSED_EARLY,
    DEFERRED,
    MISS,
    SHARED,
    Link,
    Way,
    follow,
    gave_up,
    was_ahead,
)
from desync.exchanges.readers.sends import Send, Sends
from desync.exchanges.readers.timing import Timing


class Reads(NamedTuple):
    """A reader that takes each read for a reply.

    Attributes:
        timing: What times say.
    """

    timing: Timing

    @property
    def arrivals(self) -> Arrivals:
        """When what had arrived."""
        return self.timing.arrivals

    def follow(self, sent: Sends, limit: int) -> Way | None:
        """Find the best way through all sends; None where none costs less than the limit."""
        return follow(Way(0, (sent.start, 0), None, 0), sent, self, limit)

    def after(self, way: Way, before: Send, send: Send) -> Iterator[Way]:
        """As ``Reader``."""
        taken, owed = way.state
        ends = self.arrivals.between(taken, send.acknowledged)
        if len(ends) > owed:
            yield from self._read(way, before, send, ends)
            if not send.lawful:
                return
        cost = DEFERRED if len(ends) > owed else 0
        if not send.lawful:
            cost = self.timing.ahead(send, before, again=not before.lawful and was_ahead(way))
        link = Link(way.taken, taken, None, None, ahead=True)
        yield Way(way.cost + cost, (taken, owed + 1), link, way.misses + (cost >= MISS))
        cost_of_wait = self.timing.gave_up(send, before, again=gave_up(way))
        if cost_of_wait is not None:
            link = Link(way.taken, taken, None, None, ahead=False)
            yield Way(way.cost + cost_of_wait, (taken, owed), link, way.misses + 1)

    def _read(self, way: Way, before: Send, send: Send, ends: list[int]) -> Iterator[Way]:
        """One read, behind one for each prompt that is still owed its reply."""
        taken, owed = way.state
        chain = _repay(way.taken, ends[:owed], taken)
        start = ends[owed - 1] if owed else taken
        first = ends[owed]
        slack = self.timing.slack(send, before, first)
        shared = SHARED if send.shares and not send.lawful else 0
        if self.arrivals.sound:
            ready = max(self.timing.began(before), self.arrivals.at(first))
            before_read = self.arrivals.by(ready - JITTER)
            with_read = min(max(self.arrivals.by(ready + JITTER), first), ends[-1])
        else:
            before_read, with_read = start, ends[-1]
        loose = self.timing.cost(slack) + self.timing.coincidence(send, slack, with_read)
        for upto in dict.fromkeys((ends[-1], with_read, first)):
            cost = loose + shared + (BEHIND if upto < min(before_read, ends[-1]) and not owed else 0)
            if upto > with_read and self.timing.is_late(slack):
                # A read returns what lies there: this one must have been called long after.
                cost += self.timing.flushed(slack)
            cost += upto != (with_read if self.timing.thinks or self.timing.is_late(slack) else ends[-1])
            link = Link(chain, start, upto, slack, ahead=False)
            yield Way(way.cost + cost, (upto, 0), link, way.misses + (cost >= MISS))
        if self.timing.is_late(slack) and with_read < ends[-1]:
            link = Link(chain, start, with_read, slack, ahead=False)
            yield Way(
                way.cost + loose + shared + self.timing.flushed(slack), (ends[-1], 0), link, way.misses + 1
            )

    def close(self, way: Way, before: Send, fin: Send) -> Way:
        """As ``Reader``."""
        taken, owed = way.state
        ends = self.arrivals.between(taken, fin.acknowledged)
        if len(ends) <= owed:
            link = Link(way.taken, taken, None, None, ahead=True)
            return Way(way.cost + CLOSED_EARLY, (taken, owed + 1), link, way.misses)
        chain = _repay(way.taken, ends[:owed], taken)
        link = Link(chain, ends[owed - 1] if owed else taken, ends[-1], None, ahead=False)
        cost = self.timing.cost(self.timing.slack(fin, before, ends[owed])) // 2
        return Way(way.cost + cost, (ends[-1], 0), link, way.misses)


def _repay(chain: Link | None, ends: list[int], start: int) -> Link | None:
    """Give the prompts that were owed a reply one read each."""
    if not ends or chain is None:
        return chain
    owed: list[Link] = []
    while chain is not None and len(owed) < len(ends):
        owed.append(chain)
        chain = chain.before
    for link, end in zip(reversed(owed), ends, strict=False):
        chain = Link(chain, start, end, link.slack, ahead=link.ahead)
        start = end
    return chain

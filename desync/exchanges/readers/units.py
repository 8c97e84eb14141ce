"""Readers that take one unit after another: a line (``line``) or a reply (``whole-reply``).

    each prompt takes the next unit; a send needs that of the prompt before
    not there: it went ahead and reads later, or it gave up and the unit falls to the next prompt
    after a silence: it may have read away whatever lay there

May know units as ranges of the server's stream; must not know whether they are lines or replies.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from desync.exchanges.readers.path import (
    CLOSED_EARLY,
    DEFERRED,
    INSIDE,
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


class Units(NamedTuple):
    """What a reader takes one at a time.

    Attributes:
        starts, ends: Where each begins and ends in the server's stream.
        timing: What times say.
        may_give_up: Whether it may stop waiting and go on.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    timing: Timing
    may_give_up: bool = True

    def follow(self, sent: Sends, limit: int) -> Way | None:
        """Find the best way through all sends; None where none costs less than the limit."""
        return follow(Way(0, (bisect_left(self.starts, sent.start), 0), None, 0), sent, self, limit)

    def after(self, way: Way, before: Send, send: Send) -> Iterator[Way]:
        """As ``Reader``."""
        at, _ = way.state
        last = at + before.width - 1
        there = last < len(self.ends) and self.ends[last] <= send.acknowledged
        if there:
            yield from self._read(way, before, send, last)
        elif send.lawful:
            yield self._step(way, 0, last, ahead=True)
        else:
            cost = self.timing.ahead(send, before, again=not before.lawful and was_ahead(way))
            cost += INSIDE if at < len(self.starts) and self.starts[at] < send.acknowledged else 0
            yield self._step(way, cost, last, ahead=True)
        if there and send.lawful:
            yield self._step(way, DEFERRED, last, ahead=True)
        if not there and self.may_give_up:
            cost_of_wait = self.timing.gave_up(send, before, again=gave_up(way))
            if cost_of_wait is not None:
                link = Link(way.taken, self._start(at), None, None, ahead=False)
                yield Way(way.cost + cost_of_wait, (at, 0), link, way.misses + 1)

    def _read(self, way: Way, before: Send, send: Send, last: int) -> Iterator[Way]:
        slack = self.timing.slack(send, before, self.ends[last])
        cost = self.timing.cost(slack) + self.timing.coincidence(send, slack, self.ends[last])
        cost += SHARED if send.shares and not send.lawful else 0
        yield self._step(way, cost, last, slack=slack)
        upto = bisect_left(self.starts, send.acknowledged)
        if upto > last + 1:
            yield self._step(way, cost + self.timing.flushed(slack), last, slack=slack, upto=upto)

    def _step(
        self,
        way: Way,
        cost: int,
        last: int,
        *,
        slack: int | None = None,
        ahead: bool = False,
        upto: int | None = None,
    ) -> Way:
        """One prompt takes the units up to ``last``, and the next one begins at ``upto``."""
        at, _ = way.state
        end = self.ends[last] if last < len(self.ends) else None
        link = Link(way.taken, self._start(at), end, slack, ahead=ahead)
        return Way(
            way.cost + cost, (last + 1 if upto is None else upto, 0), link, way.misses + (cost >= MISS)
        )

    def close(self, way: Way, before: Send, fin: Send) -> Way:
        """As ``Reader``."""
        at, _ = way.state
        last = at + before.width - 1
        if last >= len(self.ends) or self.ends[last] > fin.acknowledged:
            return self._step(way, CLOSED_EARLY, last, ahead=True)
        slack = self.timing.slack(fin, before, self.ends[last])
        cost = self.timing.cost(slack) // 2 + self.timing.coincidence(fin, slack, self.ends[last])
        return self._step(way, cost, last)

    def _start(self, at: int) -> int:
        if at < len(self.starts):
            return self.starts[at]
        return self.ends[-1] if self.ends else 0

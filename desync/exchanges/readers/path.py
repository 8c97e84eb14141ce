"""One way to tell what a client read, step by step, and what speaks against it.

May know costs and ranges of the server's stream; must not know which model asks.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple, Protocol

from desync.exchanges.readers.sends import Send, Sends

LOOSE: Final = 100
"""A send that came at another time than the model's reader would have sent it."""
COINCIDENCE: Final = 60
"""A send that came late, just when something arrived that the model's reader would not have read."""
AHEAD: Final = 100
"""A send that did not wait, though it had to."""
AHEAD_AT_ONCE: Final = 45
"""The same right behind the send before: many a client sends ahead what the server would take."""
AHEAD_BY_HABIT: Final = 5
"""The same once more: who does it once does it always."""
AHEAD_AGAIN: Final = 25
"""A further one in the same breath."""
INSIDE: Final = 25
"""To go ahead just when a part of the reply had come, besides."""
GAVE_UP: Final = 50
"""A wait that ended without the reply, after a long silence: next to no other reason for that."""
GAVE_UP_AGAIN: Final = 20
"""The next wait that ended so: the reply is still not there."""
GAVE_UP_SOON: Final = 100
"""The same after a shorter one."""
FLUSHED: Final = 60
"""Reading away what lies there before a send."""
FLUSHED_LATER: Final = 10
"""The same after a silence, besides being loose: as a new message is begun."""
SHARED: Final = 60
"""Two sends in one segment, by a client that reads something between them."""
DEFERRED: Final = 2
"""To leave a reply lying that a pipelined group may leave lying: reading it is likelier."""
CLOSED_EARLY: Final = 30
"""A FIN before the reply: a client may close when it likes."""
BEHIND: Final = 100
"""A read that left octets lying that had arrived before."""
THINKS: Final = 50
"""To let a client take its time before each send."""
WAITS_FOR_NOTHING: Final = 100
"""That a client looks at nothing is much to say."""

MISS: Final = 50
"""A send that costs as much does not fit."""

WIDTH: Final = 12
"""Ways that are followed side by side."""

NO_LIMIT: Final = 1 << 62
"""A way may cost what it likes."""


class Way(NamedTuple):
    """A way up to a send.

    Attributes:
        cost: What speaks against it.
        state: How much of the server's stream was taken, as the model counts it, and what is owed.
        taken: What the prompts before took, the latest last: range of the server's stream or None,
            as a chain of pairs so that ways share what they have in common.
        misses: Sends that do not fit.
    """

    cost: int
    state: tuple[int, int]
    taken: "Link | None"
    misses: int


class Reader(Protocol):
    """How one model reads, a send at a time."""

    def after(self, way: Way, before: Send, send: Send) -> Iterator[Way]:
        """The ways that lead on from one when a further send is looked at."""

    def close(self, way: Way, before: Send, fin: Send) -> Way:
        """The way on to the client's FIN."""


class Link(NamedTuple):
    """A step of a way.

    Attributes:
        before: The steps before.
        start: Where in the server's stream the reader stood for this prompt.
        end: Where what it took for the reply ends; None where it took nothing.
        slack: How long after it could have been sent the send left; None where that says nothing.
        ahead: Whether the next send did not wait for this prompt's reply.
    """

    before: "Link | None"
    start: int
    end: int | None
    slack: int | None
    ahead: bool


def best(ways: Iterable[Way], limit: int) -> list[Way]:
    """The best way to each state, the best first, as many as are followed.

    Args:
        ways: Whatever leads on.
        limit: What a way must cost less than; none ever gets cheaper.
    """
    found: dict[tuple[int, int], Way] = {}
    for way in ways:
        if way.cost >= limit:
            continue
        known = found.get(way.state)
        if known is None or way.cost < known.cost:
            found[way.state] = way
    if len(found) < 2:
        return list(found.values())
    # A cost and a state come first in a way, and no two have the same state.
    return sorted(found.values(), key=_RANK)[:WIDTH]


def follow(first: Way, sent: Sends, reader: Reader, limit: int) -> Way | None:
    """Find a reader's best way through all sends; None where none costs less than the limit.

    Args:
        first: Where it stands before the first.
        sent: The sends.
        reader: What may come of each send.
        limit: What a way must cost less than.
    """
    ways = [first]
    for before, send in pairwise(sent.sends):
        ways = best((after for way in ways for after in reader.after(way, before, send)), limit)
    if sent.fin is not None:
        ways = best((reader.close(way, sent.sends[-1], sent.fin) for way in ways), limit)
    return ways[0] if ways else None


_RANK: Final = itemgetter(0, 1)
"""Cost and state of a way."""


def steps(way: Way) -> list[Link]:
    """The steps of a way, the first first."""
    found = []
    link = way.taken
    while link is not None:
        found.append(link)
        link = link.before
    return found[::-1]


def was_ahead(way: Way) -> bool:
    """Whether the last send of a way did not wait."""
    return way.taken is not None and way.taken.ahead


def gave_up(way: Way) -> bool:
    """Whether a way's last wait ended without the reply."""
    return way.taken is not None and way.taken.end is None and not way.taken.ahead

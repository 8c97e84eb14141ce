"""How well each reader model fits what a client did.

May know the models; must not choose between them.
"""

from statistics import median_low
from typing import Final, Literal, NamedTuple, TypeAlias

from desync.exchanges.readers.arrival import Arrivals
from desync.exchanges.readers.path import MISS, THINKS, WAITS_FOR_NOTHING, Way, steps
from desync.exchanges.readers.segments import Reads
from desync.exchanges.readers.sends import Send
from desync.exchanges.readers.server_side import Said
from desync.exchanges.readers.timing import SHORTEST_SLACK, Timing
from desync.exchanges.readers.units import Units

Kind: TypeAlias = Literal["line", "segment", "late", "ahead", "blind"]
"""A model; ``whole-reply`` twice: with waits given up, and without."""

FEWEST: Final = 3
"""So many slacks at least tell how long a client thinks."""


class Fit(NamedTuple):
    """How well a model fits.

    Attributes:
        kind: The model.
        cost: What speaks against it.
        way: What the client took for what under it; None for one that reads nothing.
        misses: Sends that it does not explain.
    """

    kind: Kind
    cost: int
    way: Way | None
    misses: int


def fits(arrived: Arrivals, sends: list[Send], fin: Send | None, words: Said) -> list[Fit]:
    """Try each model."""
    kinds: list[Kind] = ["late", "ahead"]
    if all(send.width == 1 for send in sends):
        # Which of several replies to one prompt a misreader would wait for nobody can say.
        kinds = ["line", "segment", *kinds]
    found = [_fit(kind, arrived, sends, fin, words) for kind in kinds]
    if arrived.sound and len(sends) > FEWEST + 1:
        found.append(_blind(arrived, sends))
    return found


def _fit(kind: Kind, arrived: Arrivals, sends: list[Send], fin: Send | None, words: Said) -> Fit:
    way = _follow(kind, Timing(arrived), sends, fin, words)
    found = Fit(kind, way.cost, way, way.misses)
    slacks = [link.slack for link in steps(way) if link.slack is not None]
    if len(slacks) >= FEWEST and (thinks := median_low(slacks)) > arrived.tolerance:
        other = _follow(kind, Timing(arrived, thinks), sends, fin, words)
        if other.cost + THINKS < found.cost:
            found = Fit(kind, other.cost + THINKS, other, other.misses)
    return found


def _follow(kind: Kind, timing: Timing, sends: list[Send], fin: Send | None, words: Said) -> Way:
    if kind == "segment":
        return Reads(timing).follow(sends, fin)
    starts, ends = words.lines() if kind == "line" else words.wholes()
    return Units(starts, ends, timing, may_give_up=kind != "ahead").follow(sends, fin)


def _blind(arrived: Arrivals, sends: list[Send]) -> Fit:
    """A client that looks at nothing sends at once, or whenever its timer says."""
    timing = Timing(arrived)
    gaps = [send.time - timing.began(before) for before, send in zip(sends[1:], sends[2:], strict=False)]
    costs = [
        timing.cost(gap) + timing.coincidence(send, gap, before.acknowledged)
        for gap, before, send in zip(gaps, sends[1:], sends[2:], strict=False)
    ]
    thinks = median_low(gaps)
    if thinks > SHORTEST_SLACK:
        # A timer is exact, whatever the path: the round trip does not excuse it.
        exact = Timing(arrived._replace(tolerance=SHORTEST_SLACK), thinks)
        costs = min(costs, [exact.cost(gap) for gap in gaps], key=sum)
    return Fit("blind", WAITS_FOR_NOTHING + sum(costs), None, sum(cost >= MISS for cost in costs))

"""How well each reader model fits what a client did.

May know the models; must not choose between them.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

from desync.exchanges.readers.arrival import Arrivals
from desync.exchanges.readers.path import MISS, NO_LIMIT, THINKS, WAITS_FOR_NOTHING, Way, steps
from desync.exchanges.readers.reach import limit_of, misreads
from desync.exchanges.readers.segments import Reads
from desync.exchanges.readers.sends import Send, Sends
from desync.exchanges.readers.server_side import Said
from desync.exchanges.readers.timing import PRECISE, Timing
from desync.exchanges.readers.units import Units
from desync.units import MILLISECOND

Kind: TypeAlias = Literal["line", "segment", "late", "ahead", "blind"]
"""A model; ``whole-reply`` twice: with waits given up, and without."""

READING: Final[frozenset[Kind]] = frozenset({"line", "segment"})
"""Models that take something else than a whole reply for one."""

FEWEST: Final = 3
"""So many slacks at least tell how long a client thinks."""


SHORTEST_THOUGHT: Final = MILLISECOND
"""To answer sooner is not to think."""


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


def fits(arrived: Arrivals, sent: Sends, words: Said, *, shown: bool) -> list[Fit]:
    """Try each model; one that cannot be a candidate any more is given up.

    Args:
        arrived: When what had arrived.
        sent: What the client sent.
        words: What the server said.
        shown: Whether anything tells reading models from others.
    """
    kinds: list[Kind] = ["late", "ahead"]
    if all(send.width == 1 for send in sent.sends):
        # Which of several replies to one prompt a misreader would wait for nobody can say.
        kinds = ["segment", "line", *kinds]
    found: dict[Kind, Fit] = {}
    limit = NO_LIMIT
    for kind in kinds:
        way = _follow(kind, Timing(arrived), sent, words, limit, patient=found.get("late"))
        if way is not None:
            found[kind] = Fit(kind, way.cost, way, way.misses)
            limit = min(limit, _limit(found[kind], words, shown=shown))
    for thinks in _thinks(arrived, sent.sends, found.values()):
        timing = Timing(arrived, thinks)
        for kind in kinds:
            most = min(found[kind].cost if kind in found else NO_LIMIT, limit) - THINKS
            way = _follow(kind, timing, sent, words, most) if most > 0 else None
            if way is not None:
                found[kind] = Fit(kind, way.cost + THINKS, way, way.misses)
                limit = min(limit, _limit(found[kind], words, shown=shown))
    several = list(found.values())
    if arrived.sound and len(sent.sends) > FEWEST + 1:
        several.append(_blind(arrived, sent.sends))
    return several


def _limit(fit: Fit, words: Said, *, shown: bool) -> int:
    """What others must cost less than to matter beside a model."""
    if fit.kind in READING and (fit.way is None or not misreads(fit.way, words)):
        return NO_LIMIT
    return limit_of(fit.cost, shown=shown)


def _thinks(arrived: Arrivals, sends: list[Send], found: Iterable[Fit]) -> list[int]:
    """How long the client may take before each send: what it took most often, and the least it took."""
    if not arrived.sound or len(sends) <= FEWEST:
        return []
    slacks = [link.slack for fit in found if fit.way for link in steps(fit.way) if link.slack is not None]
    gaps = [send.time - before.ended for before, send in pairwise(sends[1:])]
    likely = {min(gaps), *((_middle(slacks),) if slacks else ())}
    return sorted(thinks for thinks in likely if thinks > SHORTEST_THOUGHT)


def _middle(values: Sequence[int]) -> int:
    """The median, of an even number the lower; ``statistics`` brings ``decimal`` and ``random`` along."""
    return sorted(values)[(len(values) - 1) // 2]


def _follow(
    kind: Kind, timing: Timing, sent: Sends, words: Said, limit: int, *, patient: Fit | None = None
) -> Way | None:
    if kind == "ahead" and patient is not None and patient.way is not None and not _gave_up(patient.way):
        # It might have given up, and the best that it did was not to.
        return patient.way if patient.cost < limit else None
    if kind == "segment":
        return Reads(timing).follow(sent, limit)
    starts, ends = words.lines() if kind == "line" else words.wholes()
    return Units(starts, ends, timing, may_give_up=kind != "ahead").follow(sent, limit)


def _gave_up(way: Way) -> bool:
    """Whether a wait of a reader of whole replies ended without one."""
    return any(link.end is None and not link.ahead for link in steps(way))


def _blind(arrived: Arrivals, sends: list[Send]) -> Fit:
    """A client that looks at nothing sends at once, or whenever its timer says."""
    timing = Timing(arrived)
    pairs = list(pairwise(sends[1:]))
    gaps = [send.time - timing.began(before) for before, send in pairs]
    chances = [
        timing.coincidence(send, gap, before.acknowledged)
        for gap, (before, send) in zip(gaps, pairs, strict=True)
    ]
    costs = [timing.cost(gap) + chance for gap, chance in zip(gaps, chances, strict=True)]
    thinks = _middle(gaps)
    if thinks > PRECISE:
        # A timer is exact: only what the path delays differently excuses it.
        exact = Timing(arrived._replace(tolerance=max(PRECISE, arrived.tolerance // 4)), thinks)
        costs = min(
            costs, [exact.cost(gap) + chance for gap, chance in zip(gaps, chances, strict=True)], key=sum
        )
    return Fit("blind", WAITS_FOR_NOTHING + sum(costs), None, sum(cost >= MISS for cost in costs))

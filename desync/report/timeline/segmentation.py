"""Where in a sequence of sessions something begins or ceases to happen: binary segmentation, exact.

What is looked at is a handful of outcomes (a reply was split; the banner reads so). For each, two places
are tried in a stretch of the sequence: the edge and the window that the likelihood ratio likes best.
A place counts where chance alone (``exact.chance_of``) puts an outcome so unevenly with a probability of
at most ALARMS, divided by the number of all places that might have been tried, of outcomes and of
sequences (Bonferroni). Then the stretches between are searched likewise, and at last each place is tried
once more between its neighbours.

So of an archive in which nothing changes, a change is reported with a probability of at most ALARMS,
if the sessions of one party (a server's clients, say) come in no particular order, each with its own
habits, and the parties neither. May know outcomes in order; must not know banners, addresses, times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.report.timeline.candidates import candidates
from desync.report.timeline.exact import chance_of
from desync.report.timeline.parties import ways

ALARMS: Final = 0.001
"""Probability that anything at all is reported of an archive in which nothing changes."""

LEAST_STEP: Final = 0.05
"""Shares that differ by less are no change to speak of, however many sessions show it."""

_HOPELESS: Final = 0.4
"""Share of the needed evidence below which the exact probability is not worth computing."""

Flags = NDArray[np.bool_]

_Place: TypeAlias = tuple[float, float, list[int]]
"""A probability by the one allowed, the evidence below zero, and one edge or a window's two."""

NOWHERE: Final[_Place] = (1.0, 0.0, [])


@dataclass(frozen=True, slots=True)
class Track:
    """A sequence of ``n`` sessions, with what is looked at.

    Attributes:
        outcomes: For each outcome, which sessions have it.
        parties: With whom each session was, as numbers from 0 on.
        sequences: How many such sequences are searched in all.
    """

    outcomes: Sequence[Flags]
    parties: Integers
    sequences: int

    def __len__(self) -> int:
        return len(self.parties)

    def level(self, places: int) -> float:
        """The probability below which one of so many places is more than chance."""
        # Edges and windows, in two ways each: to each a quarter of what is allowed.
        return ALARMS / (4 * max(1, places) * max(1, len(self.outcomes)) * self.sequences)


def changes(track: Track) -> list[int]:
    """Find the sessions with which something changes.

    Returns:
        Indexes of the first sessions after a change, rising; never 0.
    """
    found: set[int] = set()
    stretches = [(0, len(track))]
    while stretches:
        start, stop = stretches.pop()
        places = _changes_within(track, start, stop)
        found.update(places)
        edges = [start, *places, stop]
        if places:
            stretches += list(pairwise(edges))
    return _confirmed(track, sorted(found))


def differing(track: Track, start: int, at: int, stop: int) -> list[int]:
    """Say which outcomes are, more than by chance, unevenly spread on the two sides of a place."""
    level = track.level(len(track))
    return [
        number
        for number, whole in enumerate(track.outcomes)
        if _chance_at(whole[start:stop], track.parties[start:stop], at - start) <= level
    ]


def _confirmed(track: Track, places: list[int]) -> list[int]:
    """Leave out places that are none once the stretches on both sides are known."""
    while True:
        edges = [0, *places, len(track)]
        idle = [
            (edges[index + 1] - edges[index - 1], edges[index])
            for index in range(1, len(edges) - 1)
            if not differing(track, *edges[index - 1 : index + 2])
        ]
        if not idle:
            return places
        # One at a time, the one between the shortest stretches first: without it, others may stand.
        places = [place for place in places if place != min(idle)[1]]


def _chance_at(outcome: Flags, parties: Integers, at: int) -> float:
    """The lesser probability that chance spreads an outcome so on the two sides of a place."""
    if outcome.all() or not outcome.any() or _step(outcome, [at]) < LEAST_STEP:
        return 1.0
    return min(chance_of(outcome[kept], strata, kept >= at) for kept, strata in ways(outcome, parties))


def _changes_within(track: Track, start: int, stop: int) -> list[int]:
    """The place or two places of a stretch where something changes most surely."""
    best = NOWHERE
    for whole in track.outcomes:
        outcome = whole[start:stop]
        if not outcome.any() or outcome.all():
            continue
        parties = track.parties[start:stop]
        for kept, strata in ways(outcome, parties):
            best = min(best, *_judged(track, outcome, kept, strata))
    return [start + edge for edge in best[2]]


def _judged(track: Track, outcome: Flags, kept: Integers, strata: Integers) -> Iterator[_Place]:
    """Judge the likeliest places of a stretch; NOWHERE is always among them."""
    yield NOWHERE
    told, size = outcome[kept], len(track)
    # How many edges, and how many windows, the whole sequence has.
    levels = track.level(size), track.level(size * (size - 1) // 2)
    for first, last, evidence in candidates(told):
        edges = [int(kept[edge]) for edge in (first, last) if edge < len(kept)]
        level = levels[len(edges) - 1]
        if evidence < -log(level) * _HOPELESS or _step(outcome, edges) < LEAST_STEP:
            continue
        inside = np.zeros(len(kept), dtype=np.bool_)
        inside[first:last] = True
        yield chance_of(told, strata, inside) / level, -evidence, edges


def _step(outcome: Flags, edges: list[int]) -> float:
    """By how much the share in a window, or behind an edge, differs from that of the rest."""
    inside = np.zeros(len(outcome), dtype=np.bool_)
    inside[edges[0] : edges[1] if len(edges) > 1 else None] = True
    return abs(float(outcome[inside].mean()) - float(outcome[~inside].mean()))

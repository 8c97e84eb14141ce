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
from functools import cache
from itertools import pairwise
from math import log
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.report.timeline.exact import Reals, chance_of

ALARMS: Final = 0.001
"""Probability that anything at all is reported of an archive in which nothing changes."""

LEAST_STEP: Final = 0.05
"""Shares that differ by less are no change to speak of, however many sessions show it."""

_HOPELESS: Final = 0.4
"""Share of the needed evidence below which the exact probability is not worth computing."""

_TILTS: Final = (0.25, 0.5)
"""How far from the mean towards all, or none, a window's share has to lie."""

Flags = NDArray[np.bool_]

_Place: TypeAlias = tuple[float, float, list[int]]
"""A probability by the one allowed, the evidence below zero, and one edge or a window's two."""

NOWHERE: Final[_Place] = (1.0, 0.0, [])


@dataclass(frozen=True, slots=True)
class Track:
    """A sequence of ``n`` sessions, with what is looked at.

    Attributes:
        outcomes: For each outcome, which sessions have it.
        parties: With whom each session was, as numbers.
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
    ways = _ways(outcome, parties)
    return min(chance_of(outcome[kept], strata, kept >= at) for kept, strata in ways)


def _ways(outcome: Flags, parties: Integers) -> Iterator[tuple[Integers, Integers]]:
    """The two ways to compare sessions; one, where each is with another party."""
    kept, strata = strata_of(outcome, parties)
    yield kept, strata
    if len(kept) < len(outcome) or strata.any():
        yield turns_of(outcome, parties)


def strata_of(outcome: Flags, parties: Integers) -> tuple[Integers, Integers]:
    """Say which sessions tell something of an outcome, and with which of them each is to be compared.

    A party that shows both is compared with itself: its habits are its own. All sessions of one
    that always shows the same tell no more than the first, which is compared with those of its like.

    Returns:
        Indexes of the sessions that tell something, rising, and their strata.
    """
    _, first, inverse, count = np.unique(parties, return_index=True, return_inverse=True, return_counts=True)
    inverse = inverse.reshape(-1)
    marked = np.bincount(inverse, outcome, minlength=len(first))
    constant = (marked == 0) | (marked == count)
    tells = ~constant[inverse]
    tells[first[constant]] = True
    kept = np.flatnonzero(tells)
    strata = np.where(constant[inverse], 0, inverse + 1)[kept]
    _, strata = np.unique(strata, return_inverse=True)
    return kept, strata.reshape(-1)


def turns_of(outcome: Flags, parties: Integers) -> tuple[Integers, Integers]:
    """Say which sessions tell something where each party counts each time that it turns.

    Of sessions of one party that show the same one after the other only the first is taken: however many
    sessions a burst has, it is one. All are compared with each other.

    Returns:
        As ``strata_of``.
    """
    order = np.argsort(parties, kind="stable")
    party, shown = parties[order], outcome[order]
    turn = np.ones(len(order), dtype=np.bool_)
    turn[1:] = (party[1:] != party[:-1]) | (shown[1:] != shown[:-1])
    kept = np.sort(order[turn])
    return kept, np.zeros(len(kept), dtype=np.int64)


def _changes_within(track: Track, start: int, stop: int) -> list[int]:
    """The place or two places of a stretch where something changes most surely."""
    best = NOWHERE
    for whole in track.outcomes:
        outcome = whole[start:stop]
        if not outcome.any() or outcome.all():
            continue
        parties = track.parties[start:stop]
        for kept, strata in _ways(outcome, parties):
            best = min(best, *_judged(track, outcome, kept, strata))
    return [start + edge for edge in best[2]]


def _judged(track: Track, outcome: Flags, kept: Integers, strata: Integers) -> Iterator[_Place]:
    """Judge the likeliest places of a stretch; NOWHERE is always among them."""
    yield NOWHERE
    told = outcome[kept]
    for first, last in _candidates(told):
        edges = [int(kept[edge]) for edge in (first, last) if edge < len(kept)]
        # How many edges, or windows, the whole sequence has.
        level = track.level(len(track) if len(edges) == 1 else len(track) * (len(track) - 1) // 2)
        evidence = float(_likelihood(told, np.array([first]), np.array([last]))[0])
        if evidence < -log(level) * _HOPELESS or _step(outcome, edges) < LEAST_STEP:
            continue
        inside = np.zeros(len(kept), dtype=np.bool_)
        inside[first:last] = True
        yield chance_of(told, strata, inside) / level, -evidence, edges


def _candidates(outcome: Flags) -> Iterator[tuple[int, int]]:
    """Propose the likeliest edge, as the window behind it, and the likeliest windows, half-open."""
    size = len(outcome)
    edges = np.arange(1, size)
    if not len(edges):
        return
    yield 1 + int(np.argmax(_likelihood(outcome, edges, np.full(size - 1, size)))), size
    mean, marks = float(outcome.mean()), outcome.astype(np.float64)
    windows = {
        window
        for part in _TILTS
        for window in (
            _heaviest(marks - (mean + part * (1 - mean))),
            _heaviest(mean * (1 - part) - marks),
        )
    }
    yield from sorted((first, last) for first, last in windows if 0 < first < last < size)


def _heaviest(weights: Reals) -> tuple[int, int]:
    """The window with the greatest sum."""
    sums = np.concatenate([[0.0], np.cumsum(weights)])
    lowest = np.minimum.accumulate(sums)
    last = int(np.argmax(sums - lowest))
    return int(np.argmin(sums[: last + 1])), last


def _likelihood(outcome: Flags, first: Integers, last: Integers) -> Reals:
    """How much likelier an outcome is with a share of its own in each window, as logarithms."""
    size, sums = len(outcome), np.concatenate([[0], np.cumsum(outcome)])
    length, hits = last - first, sums[last] - sums[first]
    whole = np.array([size]), np.array([int(sums[-1])])
    return _logs(length, hits) + _logs(size - length, sums[-1] - hits) - _logs(*whole)


def _logs(length: Integers, hits: Integers) -> Reals:
    """The greatest likelihood of so many hits, as a logarithm."""
    table = _table(int(length.max()).bit_length())
    return np.asarray(table[hits] + table[length - hits] - table[length], dtype=np.float64)


@cache
def _table(bits: int) -> Reals:
    """For each number below two to the ``bits``, the number times its logarithm."""
    number = np.arange(1 << bits)
    return np.asarray(number * np.log(np.maximum(number, 1)), dtype=np.float64)


def _step(outcome: Flags, edges: list[int]) -> float:
    """By how much the share in a window, or behind an edge, differs from that of the rest."""
    inside = np.zeros(len(outcome), dtype=np.bool_)
    inside[edges[0] : edges[1] if len(edges) > 1 else None] = True
    return abs(float(outcome[inside].mean()) - float(outcome[~inside].mean()))

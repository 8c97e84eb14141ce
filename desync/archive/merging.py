"""Which captures hold the two directions of the same connections (``--merge``).

A tap gives each direction of a link on a port of its own; with asymmetric routes each direction passes
another router. Two sets of captures that overlap in time belong together where more connections have
one direction here and the other there than have both in both. (Those that both hold whole were captured
at two places: they are linked, not merged.)

May know kept segments' keys and sides; must not look at octets.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.archive.captures import CaptureEntry, kept_of
from desync.archive.spool import Spool
from desync.tcp.pair_keys import KEY, Keys, unique

UNSEEN: Final = 0
"""The pair is there, and nothing of it was kept: by itself it does not look like mail."""

BOTH: Final = 3
"""Both directions; 1 and 2 are one of them."""

MOST_PLACES: Final = 64
"""A pair of endpoints that more sets than this hold is one that comes again, not one tapped so often."""


def merged_sets(
    sets: Sequence[Sequence[int]], captures: Sequence[CaptureEntry], spool: Spool
) -> list[list[int]]:
    """Join the sets that hold one direction each.

    Args:
        sets: Which captures are files of one rotation.
        captures: All captures, by index.
        spool: Where the slices' kept segments are.

    Returns:
        The sets, those joined that belong together; each one's members in the order of time.
    """
    spans = [_span([captures[index] for index in members]) for members in sets]
    sides = [_sides([captures[index] for index in members], spool) for members in sets]
    group = list(range(len(sets)))
    for one, other in _halves(sides, spans):
        kept, gone = sorted((group[one], group[other]))
        group = [kept if each == gone else each for each in group]
    joined: dict[int, list[int]] = {}
    for number, members in zip(group, sets, strict=True):
        joined.setdefault(number, []).extend(members)
    return [sorted(members, key=lambda index: _begin(captures[index])) for members in joined.values()]


def _begin(capture: CaptureEntry) -> tuple[int, int]:
    return capture.times.earliest, capture.index


def _span(captures: Iterable[CaptureEntry]) -> tuple[int, int] | None:
    times = [one.times for one in captures if one.times.known]
    return (min(one.earliest for one in times), max(one.latest for one in times)) if times else None


def _sides(captures: Iterable[CaptureEntry], spool: Spool) -> tuple[Keys, NDArray[np.uint8]]:
    """The pairs of a set, each once, and which directions of them were kept."""
    keys: list[Keys] = [np.empty(0, dtype=KEY)]
    sides: list[NDArray[np.uint8]] = [np.empty(0, dtype=np.uint8)]
    for entry in (entry for capture in captures for entry in capture.slices):
        kept = kept_of(entry, spool)
        keys += [kept.keys, entry.held]
        sides += [
            np.bitwise_or.reduceat(np.uint8(1) << kept.side, kept.starts[:-1])
            if len(kept)
            else np.empty(0, dtype=np.uint8),
            np.full(len(entry.held), UNSEEN, dtype=np.uint8),
        ]
    every = np.concatenate(keys)
    once = unique(every)
    found = np.zeros(len(once), dtype=np.uint8)
    np.bitwise_or.at(found, np.searchsorted(once, every), np.concatenate(sides))
    return once, found


def _halves(
    sides: Sequence[tuple[Keys, NDArray[np.uint8]]], spans: Sequence[tuple[int, int] | None]
) -> list[tuple[int, int]]:
    """Which sets hold one direction each of the same connections, at the same time."""
    if not sides:
        return []
    keys = np.concatenate([one for one, _ in sides])
    held = np.repeat(np.arange(len(sides)), [len(one) for one, _ in sides])
    seen = np.concatenate([one for _, one in sides])
    order = np.lexsort((held, keys["ports"], keys["addresses"]))
    keys, held, seen = keys[order], held[order], seen[order]
    begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else held[:0]
    ends = np.append(begins[1:], len(keys))
    apart: Counter[tuple[int, int]] = Counter()
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if not 1 < end - begin <= MOST_PLACES:
            continue
        places = zip(held[begin:end].tolist(), seen[begin:end].tolist(), strict=True)
        for (one, here), (other, there) in combinations(places, 2):
            if _overlap(spans[one], spans[other]):
                apart[one, other] += _vote(here, there)
    return sorted(pair for pair, votes in apart.items() if votes > 0)


def _vote(here: int, there: int) -> int:
    """What one connection says: that its directions lie apart (1), that both hold all (-1), or nothing."""
    if here == there == BOTH:
        return -1
    # Where what the other holds does not by itself look like mail, it is what the server says.
    return int(BOTH not in (here, there) and (here | there == BOTH or (here == UNSEEN) != (there == UNSEEN)))


def _overlap(one: tuple[int, int] | None, other: tuple[int, int] | None) -> bool:
    return one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]

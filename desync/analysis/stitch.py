"""Put together what slices were analysed apart.

A pair of endpoints whose frames lie in several slices of one set of captures is examined once
more, from all of them. May know partials; must not touch files: whoever calls reads octets.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from desync.analysis.kept import Kept, Reader, rows_again
from desync.capture.frames import Integers
from desync.tcp.flows import Pair
from desync.tcp.pair_keys import Keys, among, repeated, unique
from desync.tcp.rows import Rows, join_rows


def shared_pairs(held: Sequence[Keys], speaking: Sequence[Keys]) -> Keys:
    """Find the pairs that several slices share and that may carry mail by what one of them shows.

    Args:
        held: For each slice of a set the keys of all its pairs.
        speaking: For each slice those of them that may carry mail by what it shows.

    Returns:
        Each such pair once, in order.
    """
    shared = repeated([unique(keys) for keys in held])
    return unique(np.concatenate([one[among(one, shared)] for one in speaking])) if len(shared) else shared


def joined_rows(
    kept: Iterable[tuple[Kept, Reader]], wanted: Keys, rank: Callable[[int], int]
) -> Iterator[tuple[Pair, Rows]]:
    """Put the segments of pairs together, from all slices that hold them.

    Args:
        kept: The kept segments of each slice, with a reader of its capture.
        wanted: Which pairs.
        rank: Says in which order captures follow each other in their set.

    Returns:
        Each pair with all its segments in file order, pairs by their first segment.
    """
    parts: dict[tuple[int, ...], list[Rows]] = {}
    pairs: dict[tuple[int, ...], Pair] = {}
    for one, read in kept:
        for flow in np.flatnonzero(among(one.keys, wanted)).tolist():
            pair = one.pairs.pair(flow)
            parts.setdefault(tuple(pair), []).append(rows_again(one, flow, read))
            pairs[tuple(pair)] = pair
    whole = [(pairs[key], join_rows(rows, rank)) for key, rows in parts.items()]
    whole.sort(key=lambda item: (rank(item[1].capture[0]), item[1].frame[0], item[0]))
    yield from whole


def sizes(kept: Kept, wanted: Keys) -> list[tuple[Keys, int]]:
    """How many octets the wanted pairs take in a slice: what reading them again will cost."""
    octets: Integers = np.cumsum(np.concatenate([[0], kept.ip + kept.tcp + kept.captured]))
    return [
        (kept.keys[flow], int(octets[kept.starts[flow + 1]] - octets[kept.starts[flow]]))
        for flow in np.flatnonzero(among(kept.keys, wanted)).tolist()
    ]

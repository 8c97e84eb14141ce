"""Pairs of endpoints examined again, from what several slices hold of them.

May know slices' entries, batches and the spool; must not know what an outcome says.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np

from desync.analysis.kept import Kept
from desync.analysis.plain import Plain
from desync.analysis.record import Outcome
from desync.archive.batches import batches
from desync.archive.captures import SliceEntry, kept_of
from desync.archive.spool import Spool
from desync.archive.tasks import Examined, pick
from desync.archive.traits import Traits
from desync.capture.frames import Integers
from desync.tcp.pair_keys import KEY, Keys, among

RECENT: Final = 3
"""Slices whose kept segments stay in memory while pairs are put together: most lie in two neighbours."""


Parts: TypeAlias = Sequence[tuple[Kept, str]]
"""What slices kept of some pairs, each with the path of its capture."""


class Redone:
    """Outcomes that took the place of provisional ones; on disk, with some 80 octets of each in memory."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._keys: Keys = np.empty(0, dtype=KEY)
        self._rows: Integers = np.empty((0, 3), dtype=np.int64)
        """Capture, frame and place in the spool."""
        self._traits: list[Traits] = []
        self._plain: list[tuple[int, int, Keys]] = []
        """Of textbook connections: the capture, where they are in the spool, and which of them count."""

    def add(self, found: Examined) -> None:
        """Add outcomes."""
        at = self._spool.put_pickled(found.outcomes)
        self._traits += found.traits
        self._plain += [(each.capture, self._spool.put(each), each.keys) for each in found.plain]
        rows = np.column_stack([found.orders, found.places + at])
        self._keys = np.concatenate([self._keys, found.keys])
        self._rows = np.concatenate([self._rows, rows])

    def forget(self, captures: Sequence[int], keys: Keys) -> None:
        """Drop the outcomes of pairs in some captures."""
        kept = ~(np.isin(self._rows[:, 0], captures) & among(self._keys, keys))
        self._keys, self._rows = self._keys[kept], self._rows[kept]
        self._traits = [
            one.take(~(np.isin(one.rows[:, 0], captures) & among(one.keys, keys))) for one in self._traits
        ]
        self._plain = [
            (capture, at, own[~among(own, keys)] if capture in captures else own)
            for capture, at, own in self._plain
        ]

    def outcomes(self) -> Iterator[Outcome]:
        """All outcomes, by capture and first frame."""
        order = np.lexsort((self._rows[:, 1], self._rows[:, 0]))
        for at in self._rows[order, 2].tolist():
            outcome: Outcome = self._spool.get(at)
            yield outcome

    def plain(self) -> Iterator[Plain]:
        """The textbook connections among them."""
        for _, at, keys in self._plain:
            plain: Plain = self._spool.get(at)
            yield plain if len(keys) == len(plain) else plain.take(among(plain.keys, keys))

    def traits(self) -> list[Traits]:
        """The traits of all."""
        return self._traits


def parts_of(
    entries: Sequence[tuple[SliceEntry, str]], again: Keys, spool: Spool
) -> Iterator[tuple[list[tuple[Kept, str]], int]]:
    """Collect what slices hold of pairs, a batch of pairs at a time.

    Args:
        entries: The slices of a set of captures, each with the path of its capture.
        again: The pairs.
        spool: Where the slices' kept segments are.

    Yields:
        The kept segments of some pairs in each slice that has any, with the path of its capture; and
        how many octets they stand for.
    """
    recent: OrderedDict[int, Kept] = OrderedDict()
    for keys, span in batches(again, [(entry.keys, entry.octets) for entry, _ in entries]):
        parts, octets = [], 0
        for index in span:
            entry, path = entries[index]
            chosen = among(entry.keys, keys)
            if not chosen.any():
                continue
            if index not in recent:
                recent[index] = kept_of(entry, spool)
            recent.move_to_end(index)
            if len(recent) > RECENT:
                recent.popitem(last=False)
            parts.append((pick(recent[index], keys), path))
            octets += int(entry.octets[chosen].sum())
        yield parts, octets


def ranks(members: Sequence[int], *, by_time: bool) -> Mapping[int, int]:
    """In which order the captures of a set follow each other; the same number where frames' times say."""
    return {index: 0 if by_time else position for position, index in enumerate(members)}

"""What must be known of outcomes before all of them are read again: a few numbers of each.

May know briefs; must not know where outcomes are kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desync.analysis.record import Outcome
from desync.capture.frames import Integers

Order = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Traits:
    """Of outcomes that lie together.

    Attributes:
        early: Whether any server among them offered early pipelining.
        rows: For each connection whose handshake was captured, int64 of shape (n, 7): the row that it
            belongs to (a pair, or an outcome), the capture and frame by which it is sorted, and its
            identity.
    """

    early: bool
    rows: Integers

    def of(self, chosen: NDArray[np.bool_]) -> Integers:
        """The rows of some pairs or outcomes."""
        return np.asarray(self.rows[chosen[self.rows[:, 0]]])


def traits_of(outcomes: Iterable[tuple[int, Outcome]]) -> Traits:
    """Collect the traits of outcomes, each with the row that it belongs to."""
    early = False
    rows: list[tuple[int, ...]] = []
    for row, (brief, _) in outcomes:
        early = early or brief.offers_early_pipelining
        if brief.identity is not None:
            rows.append((row, *brief.order, *brief.identity))
    return Traits(early, np.array(rows, dtype=np.int64).reshape(-1, 7))


def same_connections(parts: Sequence[Integers]) -> dict[Order, list[Order]]:
    """Find the connections that were captured more than once.

    Args:
        parts: Rows of traits.

    Returns:
        Capture and first frame of each such connection, with those of its other copies, in order.
    """
    rows = np.concatenate(parts) if parts else np.empty((0, 7), dtype=np.int64)
    order = np.lexsort((rows[:, 2], rows[:, 1], *rows[:, 3:].T))
    rows = rows[order]
    equal = (rows[1:, 3:] == rows[:-1, 3:]).all(axis=1)
    found: dict[Order, list[Order]] = {}
    at = 0
    for row in np.flatnonzero(equal).tolist():
        if row < at:
            continue
        at = row + 1
        while at < len(rows) and equal[at - 1]:
            at += 1
        group = [(int(capture), int(frame)) for capture, frame in rows[row:at, 1:3]]
        for one in group:
            found[one] = [other for other in group if other != one]
    return found

"""What must be known of outcomes before all of them are read again: a few numbers of each.

May know briefs and columns; must not know where outcomes are kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.analysis.plain import Plain
from desync.analysis.record import Brief, Outcome
from desync.capture.frames import Integers
from desync.tcp.pair_keys import KEY, Keys

Order = tuple[int, int]

DUPLICATE_RISK: Final = "SYNC205"
"""The code of the rule that finds a message at risk; its module brings every rule's tools along."""


@dataclass(frozen=True, slots=True)
class Traits:
    """Of outcomes that lie together.

    Attributes:
        early: Whether any server among them offered early pipelining.
        at_risk: The address of each client that may not know of a message's acceptance, with the first
            time of that connection.
        keys: For each connection whose handshake was captured, its pair of endpoints.
        rows: Of the same, int64 of shape (n, 6): the capture and frame by which it is sorted, and its
            identity.
    """

    early: bool
    at_risk: tuple[tuple[str, int], ...]
    keys: Keys
    rows: Integers

    def take(self, chosen: NDArray[np.bool_]) -> "Traits":
        """Some of the connections."""
        return Traits(self.early, self.at_risk, self.keys[chosen], self.rows[chosen])


def is_at_risk(brief: Brief) -> bool:
    """Whether a connection has a message whose client may not know that it was accepted."""
    return any(code == DUPLICATE_RISK for code, _ in brief.codes)


def traits_of(outcomes: Iterable[Outcome], plain: Plain) -> Traits:
    """Collect the traits of outcomes, and of connections in columns."""
    early = False
    at_risk: list[tuple[str, int]] = []
    keys: list[Keys] = []
    rows: list[tuple[int, ...]] = []
    for brief in (outcome.brief for outcome in outcomes):
        early = early or brief.offers_early_pipelining
        if is_at_risk(brief) and brief.first_time is not None:
            at_risk.append((brief.client.address, brief.first_time))
        if brief.identity is not None:
            keys.append(brief.key)
            rows.append((*brief.order, *brief.identity))
    plain = plain.take(plain.answered)
    own = np.array(rows, dtype=np.int64).reshape(-1, 6)
    orders = np.stack([np.full(len(plain), plain.capture, dtype=np.int64), plain.frames[:, 0]], axis=1)
    return Traits(
        early,
        tuple(at_risk),
        np.concatenate([np.array(keys, dtype=KEY), plain.keys]),
        np.concatenate([own, np.concatenate([orders, plain.identity], axis=1)]),
    )


def same_connections(parts: Sequence[Traits]) -> dict[Order, list[Order]]:
    """Find the connections that were captured more than once.

    Args:
        parts: The traits of all connections.

    Returns:
        Capture and first frame of each such connection, with those of its other copies, in order.
    """
    rows = np.concatenate([one.rows for one in parts]) if parts else np.empty((0, 6), dtype=np.int64)
    order = np.lexsort((rows[:, 1], rows[:, 0], *rows[:, 2:].T))
    rows = rows[order]
    equal = (rows[1:, 2:] == rows[:-1, 2:]).all(axis=1)
    found: dict[Order, list[Order]] = {}
    at = 0
    for row in np.flatnonzero(equal).tolist():
        if row < at:
            continue
        at = row + 1
        while at < len(rows) and equal[at - 1]:
            at += 1
        group = [(int(capture), int(frame)) for capture, frame in rows[row:at, :2]]
        for one in group:
            found[one] = [other for other in group if other != one]
    return found

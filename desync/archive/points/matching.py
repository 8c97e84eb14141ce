"""Which connection at the one point is which at the other.

By both initial sequence numbers, which no two connections of a day share by chance. Behind a box that
numbers anew, by the same addresses and ports; behind one that translates addresses too, by what was
said, where only the length may be left of it: a box that masks text keeps its length. May know what a
connection is counted by and how its streams begin; must not know what was changed.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from statistics import median_low
from typing import Final, Literal, NamedTuple, TypeAlias

from desync.analysis.record import Brief, Outcome
from desync.units import SECOND

By: TypeAlias = Literal["numbers", "addresses", "octets"]
Heads: TypeAlias = Callable[[int, Sequence[Outcome]], dict[tuple[int, int], tuple[bytes, bytes]]]
"""For point 0 or 1: how client's and server's streams of some connections begin, by their ``order``."""

HEAD: Final = 1024
"""Octets at the beginning of a stream by which connections are matched."""

FEWEST: Final = 24
"""Octets that a side must have said to be known by them alone."""

OPENING: Final = 3
"""Lines of the client by which a connection is known whose other octets are not the same."""

APART: Final = 300 * SECOND
"""How far apart the beginnings of one connection may be, once the clocks are set by those known by number."""

AS_NEAR: Final = SECOND
"""Two candidates whose beginnings lie so close cannot be told apart by time."""


CANDIDATES: Final = 4
"""Connections of the same key before and after one in time that are weighed."""


class Match(NamedTuple):
    """One connection at both points.

    Attributes:
        a, b: It at either.
        by: How it was known.
        sure: Whether nothing else comes as near.
    """

    a: Outcome
    b: Outcome
    by: By
    sure: bool


class Matches(NamedTuple):
    """What was matched, and the connections of either point that were not."""

    found: list[Match]
    only_a: list[Outcome]
    only_b: list[Outcome]


def match(a: Iterable[Outcome], b: Iterable[Outcome], heads: Heads) -> Matches:
    """Match the connections of two points.

    Args:
        a: Those of the one.
        b: Those of the other.
        heads: How their streams begin; asked for those that numbers and addresses do not match.
    """
    one = _Matching(list(a), list(b))
    one.join(_numbered_ends, "numbers")
    one.join(_numbers, "numbers")
    one.join(_ends, "addresses", near=True)
    if one.left[0] and one.left[1]:
        begun = heads(0, one.left[0]), heads(1, one.left[1])
        for look in (_said, _said_by_client, _said_by_server, _opening, _shape):
            one.join(lambda side, brief, look=look: look(begun[side][brief.order]), "octets", near=True)  # type: ignore[misc]
    order = sorted(one.found, key=lambda each: each.a.brief.order)
    return Matches(order, *one.left)


class _Matching:
    """The connections of both points that are not matched yet."""

    def __init__(self, a: list[Outcome], b: list[Outcome]) -> None:
        self.left = [a, b]
        self.found: list[Match] = []

    def join(self, key: Callable[[int, Brief], Hashable | None], by: By, *, near: bool = False) -> None:
        """Match what has the same key; of several those nearest in time. A key that is None matches none."""
        groups: dict[Hashable, tuple[list[Outcome], list[Outcome]]] = defaultdict(lambda: ([], []))
        for side, outcomes in enumerate(self.left):
            for outcome in outcomes:
                known = key(side, outcome.brief)
                if known is not None:
                    groups[known][side].append(outcome)
        ahead = self._ahead()
        for one, other in groups.values():
            if one and other:
                self.found += _nearest(one, other, by, ahead, near=near)
        taken = [{each.a.brief.order for each in self.found}, {each.b.brief.order for each in self.found}]
        self.left = [
            [one for one in outcomes if one.brief.order not in orders]
            for outcomes, orders in zip(self.left, taken, strict=True)
        ]

    def _ahead(self) -> int:
        """How far B's clock is ahead by what is matched already; 0 where nothing is."""
        known = [_apart(each.a, each.b, 0) for each in self.found]
        times = [one for one in known if one is not None]
        return median_low(times) if times else 0


def _nearest(a: list[Outcome], b: list[Outcome], by: By, ahead: int, *, near: bool) -> list[Match]:
    """Pair connections of the same key, the nearest in time first."""
    if len(a) == len(b) == 1 and not near:
        return [Match(a[0], b[0], by, sure=True)]
    weighed = []
    others = sorted(range(len(b)), key=lambda j: b[j].brief.first_time or 0)
    times = [(b[j].brief.first_time or 0) - ahead for j in others]
    for i, one in enumerate(a):
        at = bisect_left(times, one.brief.first_time or 0)
        for j in others[max(at - CANDIDATES, 0) : at + CANDIDATES]:
            apart = _apart(one, b[j], ahead)
            if apart is None or abs(apart) <= APART or not near:
                weighed.append((abs(apart) if apart is not None else 0, i, j))
    weighed.sort()
    rivals: dict[tuple[int, int], list[int]] = defaultdict(list)
    for apart, i, j in weighed:
        rivals[0, i].append(apart)
        rivals[1, j].append(apart)
    found, taken = [], set[tuple[int, int]]()
    for _, i, j in weighed:
        if not {(0, i), (1, j)} & taken:
            taken |= {(0, i), (1, j)}
            sure = all(_is_alone(rivals[each]) for each in ((0, i), (1, j)))
            found.append(Match(a[i], b[j], by, sure=sure))
    return found


def _is_alone(distances: list[int]) -> bool:
    """Whether the second candidate is clearly farther off than the first."""
    return all(later - first > AS_NEAR for first, later in pairwise(distances[:2]))


def _apart(a: Outcome, b: Outcome, ahead: int) -> int | None:
    first, second = a.brief.first_time, b.brief.first_time
    return None if first is None or second is None else second - first - ahead


def _numbered_ends(_: int, brief: Brief) -> Hashable | None:
    if brief.identity is None:
        return None
    return brief.client, brief.server, brief.identity.client_initial, brief.identity.server_initial


def _numbers(_: int, brief: Brief) -> Hashable | None:
    if brief.identity is None:
        return None
    return brief.identity.client_initial, brief.identity.server_initial


def _ends(_: int, brief: Brief) -> Hashable | None:
    return brief.client, brief.server


def _said(heads: tuple[bytes, bytes]) -> Hashable | None:
    return heads if min(map(len, heads)) >= FEWEST else None


def _said_by_client(heads: tuple[bytes, bytes]) -> Hashable | None:
    return ("client", heads[0]) if len(heads[0]) >= FEWEST else None


def _said_by_server(heads: tuple[bytes, bytes]) -> Hashable | None:
    return ("server", heads[1]) if len(heads[1]) >= FEWEST else None


def _opening(heads: tuple[bytes, bytes]) -> Hashable | None:
    """The client's first lines: who it is, and whose mail for whom it brings."""
    lines = heads[0].split(b"\n")[:OPENING]
    return ("opening", *lines) if len(lines) == OPENING and sum(map(len, lines)) >= FEWEST else None


def _shape(heads: tuple[bytes, bytes]) -> Hashable | None:
    """Where lines end: all that a box leaves that overwrites text in its place."""
    if min(map(len, heads)) < FEWEST:
        return None
    return tuple(tuple(map(len, head.split(b"\n"))) for head in heads)

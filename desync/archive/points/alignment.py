"""Lay what arrived over what was sent: which octets are others, which are new, which are missing.

    a box that cannot change a segment's length overwrites octets in their place; a relay that
    speaks for itself changes lines, adds some and leaves some out

May know octets and where lines end; must not know what they say, nor how they travelled. Memory and
time stay within a small multiple of what differs: equal beginnings and ends are never cut into lines.
"""

from collections import Counter
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np

from desync.archive.points.lines import best_pairs, rising

Kind: TypeAlias = Literal["changed", "replaced", "inserted", "missing"]
"""Other octets at the same length; at another length; octets that were never sent; that never arrived."""

Span: TypeAlias = tuple[int, int]

STEP: Final = 1 << 20
"""Octets that are compared at once."""

LONGEST: Final = 64 << 20
"""Octets that differ in length and are still laid over each other line by line; more count as one."""

DEEPEST: Final = 6
"""How often lines that are found only once are looked for again between those found before."""


class Difference(NamedTuple):
    """Octets that are not the same at both points.

    Attributes:
        kind: In what way.
        sent: Half-open range of offsets where they were sent; empty for ``inserted``.
        arrived: The same where they arrived; empty for ``missing``.
    """

    kind: Kind
    sent: Span
    arrived: Span


def lay_over(sent: bytes, arrived: bytes, start: int = 0) -> list[Difference]:
    """Find the differences between octets as they were sent and as they arrived.

    Args:
        sent: The octets where they were sent.
        arrived: The same stretch of the stream where it arrived.
        start: Offset of the first octet of both.

    Returns:
        The differences in order, each within one line, or of whole lines.
    """
    if sent == arrived:
        return []
    if in_place(sent, arrived):
        return _overwritten(sent, arrived, start, start)
    head, tail = _common(sent, arrived)
    one, other = sent[head : len(sent) - tail], arrived[head : len(arrived) - tail]
    if len(one) + len(other) > LONGEST:
        return [_difference(one, other, start + head, start + head)]
    return _by_lines(one, other, start + head)


def in_place(sent: bytes, arrived: bytes) -> bool:
    """Whether lines end at the same offsets: then octets were overwritten, none added or left out."""
    if len(sent) != len(arrived):
        return False
    for at in range(0, len(sent), STEP):
        one, other = (np.frombuffer(each, np.uint8)[at : at + STEP] for each in (sent, arrived))
        if ((one == 0x0A) != (other == 0x0A)).any():
            return False
    return True


def _overwritten(sent: bytes, arrived: bytes, start: int, other_start: int) -> list[Difference]:
    """The stretches that differ where lines end at the same offsets, one for each line at most."""
    found: list[Difference] = []
    for at in _differing(sent, arrived):
        end = sent.find(b"\n", at)
        line = sent.rfind(b"\n", 0, at) + 1, len(sent) if end < 0 else end
        same_line = found and found[-1].sent[0] - start >= line[0]
        first = found.pop().sent[0] - start if same_line else at
        spans = [(base + first, base + at + 1) for base in (start, other_start)]
        found.append(Difference("changed", *spans))
    return found


def _differing(sent: bytes, arrived: bytes) -> list[int]:
    """Offsets of the octets that differ, of each line the first and the last."""
    found: list[int] = []
    one, other = np.frombuffer(sent, np.uint8), np.frombuffer(arrived, np.uint8)
    for at in range(0, len(sent), STEP):
        differing = np.flatnonzero(one[at : at + STEP] != other[at : at + STEP])
        if not len(differing):
            continue
        ends = np.flatnonzero(one[at : at + STEP] == 0x0A)
        line = np.searchsorted(ends, differing)
        edge = np.ones(len(differing), dtype=np.bool_)
        edge[1:-1] = (line[1:-1] != line[:-2]) | (line[1:-1] != line[2:])
        found += (differing[edge] + at).tolist()
    return found


def _common(sent: bytes, arrived: bytes) -> tuple[int, int]:
    """How many whole lines' octets are equal at the beginning, and behind them at the end."""
    head = sent.rfind(b"\n", 0, _equal_head(sent, arrived)) + 1
    tail = _equal_head(sent[: head - 1 if head else None : -1], arrived[: head - 1 if head else None : -1])
    for each in (sent, arrived):
        # The equal end begins behind a line's end in both.
        cut = each.find(b"\n", max(len(each) - tail - 1, head))
        tail = len(each) - cut - 1 if cut >= 0 else 0
    return head, tail


def _equal_head(one: bytes, other: bytes) -> int:
    """How many octets are equal at the beginning."""
    size = min(len(one), len(other))
    for at in range(0, size, STEP):
        pieces = [np.frombuffer(each, np.uint8)[at : min(at + STEP, size)] for each in (one, other)]
        differing = pieces[0] != pieces[1]
        if differing.any():
            return at + int(differing.argmax())
    return size


def _by_lines(sent: bytes, arrived: bytes, start: int) -> list[Difference]:
    """Lay lines over each other: those found once in both hold the rest in place."""
    lines = _lines(sent), _lines(arrived)
    offsets = tuple(np.cumsum([start, *map(len, each)]).tolist() for each in lines)
    found: list[Difference] = []
    waiting = [(0, len(lines[0]), 0, len(lines[1]), 0)]
    while waiting:
        low, high, other_low, other_high, depth = waiting.pop()
        while low < high and other_low < other_high and lines[0][low] == lines[1][other_low]:
            low, other_low = low + 1, other_low + 1
        while low < high and other_low < other_high and lines[0][high - 1] == lines[1][other_high - 1]:
            high, other_high = high - 1, other_high - 1
        anchors = [] if depth == DEEPEST else _anchors(lines, (low, high), (other_low, other_high))
        if not anchors:
            found += _block(lines, offsets, (low, high), (other_low, other_high))
            continue
        edges = [(low - 1, other_low - 1), *anchors, (high, other_high)]
        for (before, other_before), (after, other_after) in pairwise(edges):
            waiting.append((before + 1, after, other_before + 1, other_after, depth + 1))
    return sorted(found, key=lambda one: (one.sent, one.arrived))


def _lines(octets: bytes) -> list[bytes]:
    """Lines with their ends; nothing but LF ends one."""
    parts = octets.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _anchors(lines: tuple[list[bytes], list[bytes]], span: Span, other: Span) -> list[tuple[int, int]]:
    """The lines that stand once on each side, as many as keep their order (patience sorting)."""
    own, theirs = lines[0][slice(*span)], lines[1][slice(*other)]
    counts, other_counts = Counter(own), Counter(theirs)
    where = {line: index for index, line in enumerate(theirs) if other_counts[line] == 1}
    pairs = [
        (span[0] + index, other[0] + where[line])
        for index, line in enumerate(own)
        if counts[line] == 1 and line in where
    ]
    return rising(pairs)


def _block(
    lines: tuple[list[bytes], list[bytes]], offsets: tuple[list[int], ...], span: Span, other: Span
) -> list[Difference]:
    """The differences of a stretch of lines that has no line in common."""
    if span[0] == span[1] and other[0] == other[1]:
        return []
    found = []
    for index, counter in best_pairs(lines[0][slice(*span)], lines[1][slice(*other)]):
        low = span[0] + index[0], span[0] + index[1]
        high = other[0] + counter[0], other[0] + counter[1]
        one, two = b"".join(lines[0][slice(*low)]), b"".join(lines[1][slice(*high)])
        if one == two:
            continue
        begins = offsets[0][low[0]], offsets[1][high[0]]
        if one and two and in_place(one, two):
            found += _overwritten(one, two, *begins)
        else:
            found.append(_difference(one, two, *begins))
    return found


def _difference(sent: bytes, arrived: bytes, start: int, other_start: int) -> Difference:
    kind: Kind = "replaced" if sent and arrived else "missing" if sent else "inserted"
    return Difference(kind, (start, start + len(sent)), (other_start, other_start + len(arrived)))

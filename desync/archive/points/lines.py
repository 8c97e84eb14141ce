"""Which lines of two lists belong together.

May know lines as octets; must not know where they lie, nor what they say.
"""

from bisect import bisect_left
from typing import Final, TypeAlias

Group: TypeAlias = tuple[tuple[int, int], tuple[int, int]]
"""A range of lines on one side, and the one that it belongs to on the other; one of them may be empty."""

MOST_LINES: Final = 64
"""Lines on each side that are weighed against each other one by one."""

MOST_OCTETS: Final = 1000
"""Octets of a line that are looked at to see how alike two lines are."""

ALIKE: Final = 0.3
"""Share of equal octets from which on two lines of different length are one line, changed."""


def rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of pairs, sorted by the first number, of which the second rises too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, value) in enumerate(pairs):
        at = bisect_left(ends, value)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [value]
        last[at : at + 1] = [index]
    found = []
    index = last[-1] if last else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def best_pairs(own: list[bytes], theirs: list[bytes]) -> list[Group]:
    """Say which lines became which: one to one where they are alike, else left out or new.

    Very many lines are taken as one group.
    """
    if not own or not theirs or max(len(own), len(theirs)) > MOST_LINES:
        return [((0, len(own)), (0, len(theirs)))]
    pairs = _heaviest([[_alike(one, other) for other in theirs] for one in own])
    found: list[Group] = []
    row = column = 0
    for index, other in [*pairs, (len(own), len(theirs))]:
        if row < index:
            found.append(((row, index), (column, column)))
        if column < other:
            found.append(((index, index), (column, other)))
        if index < len(own):
            found.append(((index, index + 1), (other, other + 1)))
        row, column = index + 1, other + 1
    return found


def _heaviest(weights: list[list[float]]) -> list[tuple[int, int]]:
    """The pairs of rows and columns, both rising, whose weights come to most."""
    rows, columns = len(weights), len(weights[0])
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            taken = weights[row][column] + best[row + 1][column + 1] if weights[row][column] else 0.0
            best[row][column] = max(taken, best[row + 1][column], best[row][column + 1])
    found = []
    row = column = 0
    while row < rows and column < columns:
        weight = weights[row][column]
        if weight and best[row][column] == weight + best[row + 1][column + 1]:
            found.append((row, column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return found


def _alike(one: bytes, other: bytes) -> float:
    """How much two lines are alike: over 1 at the same length, where a box may have overwritten one."""
    first, second = one[:MOST_OCTETS], other[:MOST_OCTETS]
    if len(one) == len(other):
        equal = sum(a == b for a, b in zip(first, second, strict=True))
        return 1 + equal / len(first)
    size = min(len(first), len(second))
    head = next((at for at in range(size) if first[at] != second[at]), size)
    tail = next((at for at in range(size - head) if first[-1 - at] != second[-1 - at]), size - head)
    share = 2 * (head + tail) / (len(first) + len(second))
    return share if share >= ALIKE else 0.0

"""The places of a sequence at which something most likely changes, by their likelihood ratio.

To propose them is cheap; whether they are more than chance is not decided here. May know outcomes in
order; must not know what they are.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.report.timeline.exact import Reals

Flags = NDArray[np.bool_]

_TILTS: Final = (0.25, 0.5)
"""How far from the mean towards all, or none, a window's share has to lie."""


def candidates(outcome: Flags) -> list[tuple[int, int, float]]:
    """Propose the likeliest edge, as the window behind it, and the likeliest windows, half-open.

    Returns:
        Each with how much likelier it makes the outcome, as a logarithm.
    """
    size = len(outcome)
    if size < 2:
        return []
    edges = np.arange(1, size)
    likely = _likelihood(outcome, edges, np.full(size - 1, size))
    best = int(np.argmax(likely))
    found = [(best + 1, size, float(likely[best]))]
    windows = sorted({window for window in _heaviest(outcome) if 0 < window[0] < window[1] < size})
    if windows:
        first, last = np.array(windows).T
        found += zip(first.tolist(), last.tolist(), _likelihood(outcome, first, last).tolist(), strict=True)
    return found


def _heaviest(outcome: Flags) -> list[tuple[int, int]]:
    """The windows that have most more, or less, of an outcome than some shares."""
    mean, marks = float(outcome.mean()), outcome.astype(np.float64)
    more, less = (mean + part * (1 - mean) for part in _TILTS), (mean * (1 - part) for part in _TILTS)
    sums = np.zeros((2 * len(_TILTS), len(outcome) + 1))
    sums[:, 1:] = np.stack([*(marks - share for share in more), *(share - marks for share in less)])
    sums = np.cumsum(sums, axis=1)
    lasts = np.argmax(sums - np.minimum.accumulate(sums, axis=1), axis=1)
    return [(int(np.argmin(line[: last + 1])), last) for line, last in zip(sums, lasts.tolist(), strict=True)]


def _likelihood(outcome: Flags, first: Integers, last: Integers) -> Reals:
    """How much likelier an outcome is with a share of its own in each window, as logarithms."""
    size, sums = len(outcome), np.concatenate([[0], np.cumsum(outcome)])
    length, hits = last - first, sums[last] - sums[first]
    table = _table(size.bit_length())
    rest, others = size - length, sums[-1] - hits
    inside = table[hits] + table[length - hits] - table[length]
    outside = table[others] + table[rest - others] - table[rest]
    whole = table[sums[-1]] + table[size - sums[-1]] - table[size]
    return np.asarray(inside + outside - whole, dtype=np.float64)


@cache
def _table(bits: int) -> Reals:
    """For each number below two to the ``bits``, the number times its logarithm."""
    number = np.arange(1 << bits)
    return np.asarray(number * np.log(np.maximum(number, 1)), dtype=np.float64)

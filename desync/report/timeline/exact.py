"""How probable it is that chance alone puts as many outcomes in one part of a sequence.

Sessions of one kind (a stratum: a client's, say) are taken to be as good as shuffled: where in the
sequence those with the outcome lie is chance. Then the number of them in a part is hypergeometric, and
over several strata a sum of such. No probability is estimated, and none is simulated.

May know numbers; must not know what they count.

Source:
    Fisher's exact test; over strata, the exact form of the test of Mantel and Haenszel. The bound for
    many sessions: W. Hoeffding, "Probability inequalities for sums of bounded random variables" (1963),
    section 6: the moment-generating function of a hypergeometric number is at most the binomial one's.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers

MOST_EXACT: Final = 10_000
"""Values of the sum up to which its distribution is computed; beyond, its tail is bounded."""

_TILTS: Final = np.geomspace(1e-3, 40.0, 64)
"""Where the bound is tried: it holds at each, and the smallest is taken."""

Reals = NDArray[np.float64]


def chance_of(outcomes: NDArray[np.bool_], strata: Integers, inside: NDArray[np.bool_]) -> float:
    """Compute how probable a number of outcomes as unusual as this one is in a part of a sequence.

    Args:
        outcomes: Which sessions have the outcome, shape (n,).
        strata: The stratum of each, small numbers.
        inside: Which sessions lie in the part.

    Returns:
        The two-sided probability (twice the smaller tail, at most 1): exact, or for many sessions a bound
        that is not below it.
    """
    marked = np.bincount(strata, outcomes).astype(np.int64)
    drawn = np.bincount(strata, inside).astype(np.int64)
    seen = np.bincount(strata, outcomes & inside).astype(np.int64)
    return chance_of_counts(np.bincount(strata), marked, drawn, seen)


def chance_of_counts(count: Integers, marked: Integers, drawn: Integers, seen: Integers) -> float:
    """As ``chance_of``, of what was counted in each stratum.

    Args:
        count: Its sessions.
        marked: Those with the outcome.
        drawn: Those that lie in the part.
        seen: Those with the outcome that lie there.

    Returns:
        The two-sided probability.
    """
    telling = (marked > 0) & (marked < count) & (drawn > 0) & (drawn < count)
    count, marked, drawn, inside = count[telling], marked[telling], drawn[telling], int(seen[telling].sum())
    if not len(count):
        return 1.0
    least = np.maximum(0, drawn + marked - count)
    most = np.minimum(drawn, marked)
    if int((most - least).sum()) <= MOST_EXACT:
        tails = _tails(count, marked, drawn, inside - int(least.sum()))
    else:
        tails = (
            _bound(count, marked, drawn, inside),
            _bound(count, marked, count - drawn, int(marked.sum()) - inside),
        )
    return min(1.0, 2 * min(tails))


def _tails(count: Integers, marked: Integers, drawn: Integers, seen: int) -> tuple[float, float]:
    """The probabilities of so many or more, and so many or fewer, above the least possible number."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(count.max()) + 1)))])
    total = np.ones(1)
    for size, hits, part in zip(count.tolist(), marked.tolist(), drawn.tolist(), strict=True):
        total = np.convolve(total, _hypergeometric(logs, size, hits, part))
    return float(total[seen:].sum()), float(total[: seen + 1].sum())


def _hypergeometric(logs: Reals, size: int, hits: int, part: int) -> Reals:
    """The probability of each possible number of hits in a part, from the least on."""
    value = np.arange(max(0, part + hits - size), min(part, hits) + 1)
    chosen = logs[hits] - logs[value] - logs[hits - value]
    others = logs[size - hits] - logs[part - value] - logs[size - hits - part + value]
    weights = np.exp(chosen + others - (logs[size] - logs[part] - logs[size - part]))
    return np.asarray(weights, dtype=np.float64)


def _bound(count: Integers, marked: Integers, drawn: Integers, seen: int) -> float:
    """A bound of the probability of so many or more.

    Drawing the part and drawing the marks are the same thing: of both binomials the better is taken.
    """
    lowest = 0.0
    for tilt in _TILTS.tolist():
        grown = np.expm1(tilt)
        by_part = drawn * np.log1p(marked / count * grown)
        by_mark = marked * np.log1p(drawn / count * grown)
        lowest = min(lowest, float(np.minimum(by_part, by_mark).sum()) - tilt * seen)
    return float(np.exp(lowest))

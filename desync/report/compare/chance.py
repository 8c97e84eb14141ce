"""Whether two shares differ by more than chance, and by enough to speak of.

    misread 48 of 50 in A, 0 of 60 in B:  chance alone shows as much 1 time in 10^27
    misread  1 of  1 in A, 0 of  1 in B:  nothing can be said

May know numbers; must not know what they count.

Source:
    Fisher's exact test (``timeline.exact``): in which of two archives the sessions with an outcome lie is
    taken to be chance.
"""

from typing import Final, NamedTuple

import numpy as np

from desync.report.timeline.exact import chance_of_counts

LEVEL: Final = 0.01
"""Probability up to which chance is not held for the cause: of a hundred clients in which nothing
changed, one at most is said to have changed."""

FEWEST: Final = 5
"""Sessions on each side below which nothing is said. With always and never it is the least that is
improbable enough on both sides; and one session more or less is no state to speak of."""

STEP: Final = 0.05
"""Shares that differ by less are no change to speak of, however many sessions show it, unless"""

FACTOR: Final = 2
"""one is this many times the other."""


class Share(NamedTuple):
    """Sessions with an outcome, of all that could have it."""

    part: int
    whole: int


def chance_between(a: Share, b: Share) -> float | None:
    """How probable chance alone makes shares that differ so much.

    Returns:
        The two-sided probability; None where there are too few sessions to ask.
    """
    if min(a.whole, b.whole) < FEWEST:
        return None
    count, marked = a.whole + b.whole, a.part + b.part
    one = [np.array([number], dtype=np.int64) for number in (count, marked, b.whole, b.part)]
    return chance_of_counts(*one)


def is_less(a: Share, b: Share) -> bool:
    """Whether the share of the second is less than that of the first."""
    return b.part * a.whole < a.part * b.whole


def is_step(a: Share, b: Share) -> bool:
    """Whether shares differ enough to speak of; none and some always do."""
    first, second = a.part / max(a.whole, 1), b.part / max(b.whole, 1)
    return abs(first - second) >= STEP or max(first, second) >= FACTOR * min(first, second)


def rounded(chance: float | None) -> float | None:
    """A probability with as many digits as are the same on every machine."""
    return None if chance is None else float(f"{chance:.2g}")

"""Probabilities against counting every order there is."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.report.timeline import exact
from desync.report.timeline.exact import chance_of


def counted(outcomes, strata, inside):
    """The two-sided probability from all ways to lay out the outcomes within their strata."""
    sums = [0]
    for stratum in set(strata):
        rows = [row for row, one in enumerate(strata) if one == stratum]
        marked = sum(outcomes[row] for row in rows)
        ways = [sum(inside[row] for row in chosen) for chosen in combinations(rows, marked)]
        sums = [one + other for one in sums for other in ways]
    seen = sum(outcome and part for outcome, part in zip(outcomes, inside, strict=True))
    tails = sum(one >= seen for one in sums), sum(one <= seen for one in sums)
    return min(1.0, 2 * min(tails) / len(sums))


SESSIONS = st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.booleans()), min_size=1, max_size=10)


@given(SESSIONS)
def test_as_many_ways_as_there_are(sessions):
    outcomes, strata, inside = zip(*sessions, strict=True)
    found = chance_of(np.array(outcomes), np.array(strata), np.array(inside))
    assert found == pytest.approx(counted(outcomes, strata, inside))


def test_the_lady_who_tastes_tea():
    cups = np.arange(8) < 4
    assert chance_of(cups, np.zeros(8, dtype=np.int64), cups) == pytest.approx(2 / comb(8, 4))


@given(SESSIONS, st.integers(1, 40))
def test_the_bound_is_never_below(sessions, times):
    outcomes, strata, inside = (np.array(column * times) for column in zip(*sessions, strict=True))
    true = chance_of(outcomes, strata, inside)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "MOST_EXACT", -1)
        assert chance_of(outcomes, strata, inside) >= true * (1 - 1e-9)


def test_many_sessions_take_the_bound():
    inside = np.arange(60_000) >= 30_000
    assert chance_of(inside, np.zeros(60_000, dtype=np.int64), inside) < 1e-300

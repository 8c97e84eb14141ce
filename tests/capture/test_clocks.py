from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desync.capture.clocks import FARTHEST_SECOND, Clock, nanoseconds


@given(
    st.integers(0, 2**64 - 1),
    st.integers(0, 127),
    st.sampled_from([2, 10]),
    st.integers(-(2**63), 2**63 - 1) | st.integers(-(2**33), 2**33),
)
def test_every_clock_is_exact_or_held_at_the_end(ticks, exponent, base, offset):
    result = int(nanoseconds(np.array([ticks], np.uint64), Clock(exponent, base, offset))[0])
    exact = int(Fraction(ticks, base**exponent) * 10**9) + offset * 10**9
    if abs(exact) < FARTHEST_SECOND * 10**9:
        assert result == exact
    else:
        assert abs(result) >= FARTHEST_SECOND * 10**9 - 10**9


def test_digits():
    assert [Clock(e).digits for e in (0, 3, 6, 9, 12)] == [0, 3, 6, 9, 9]
    assert [Clock(e, 2).digits for e in (0, 10, 20, 32)] == [0, 4, 7, 9]

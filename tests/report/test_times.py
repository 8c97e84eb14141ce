from hypothesis import given
from hypothesis import strategies as st

from desync.report.times import nanoseconds_of, rfc3339

YEAR_10000 = 253402300800 * 10**9


@given(st.integers(-(10**18), YEAR_10000 - 1))
def test_a_time_is_read_as_it_was_written(time):
    assert nanoseconds_of(rfc3339(time, 9)) == time


@given(st.integers(0, YEAR_10000 - 1), st.integers(0, 9))
def test_decimals_that_were_not_written_are_zero(time, digits):
    unit = 10 ** (9 - digits)
    assert nanoseconds_of(rfc3339(time, digits)) == time // unit * unit


def test_no_time_is_none():
    assert nanoseconds_of(None) is None

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.tcp.sequence import advance, distance

numbers = st.integers(0, (1 << 32) - 1)


@pytest.mark.parametrize(
    ("number", "reference", "wanted"),
    [(5, 3, 2), (3, 5, -2), (4, 0xFFFFFFFE, 6), (0xFFFFFFFE, 4, -6), (0, 1 << 31, -(1 << 31)), (7, 7, 0)],
)
def test_distance(number, reference, wanted):
    assert distance(number, reference) == wanted
    columns = np.array([number], np.uint32), np.array([reference], np.uint32)
    assert distance(*columns).tolist() == [wanted]
    assert distance(columns[0], reference).dtype == np.int64


@given(numbers, st.integers(-(1 << 31), (1 << 31) - 1))
def test_distance_undoes_advance(number, octets):
    assert distance(advance(number, octets), number) == octets


@given(numbers, numbers)
def test_columns_and_numbers_agree(one, other):
    assert distance(np.array([one], np.uint32), other).tolist() == [distance(one, other)]
    assert distance(one, np.array([other], np.uint32)).tolist() == [distance(one, other)]

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desync.tcp.file_order import file_order
from desync.units import UNKNOWN_TIME


def ordered(rows, rank):
    """Capture and frame of rows given as (capture, frame, time), in order."""
    capture, frame, time = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return [rows[index][:2] for index in file_order(capture, frame, time, rank).tolist()]


def together(_capture):
    return 0


def test_captures_of_one_rotation_follow_each_other_whatever_their_times():
    rows = [(7, 1, 50), (7, 2, 60), (3, 1, 90), (3, 2, 80)]
    assert ordered(rows, {3: 0, 7: 1}.__getitem__) == [(3, 1), (3, 2), (7, 1), (7, 2)]


def test_two_directions_are_put_together_by_time():
    rows = [(0, 1, 10), (0, 2, 30), (0, 3, 50), (1, 1, 20), (1, 2, 40)]
    assert ordered(rows, together) == [(0, 1), (1, 1), (0, 2), (1, 2), (0, 3)]


def test_of_equal_times_the_lower_capture_comes_first():
    assert ordered([(1, 1, 10), (0, 4, 10)], together) == [(0, 4), (1, 1)]


def test_a_clock_that_steps_back_does_not_change_the_order_of_a_file():
    rows = [(0, 1, 10), (0, 2, 50), (0, 3, 20), (1, 1, 30), (1, 2, 60)]
    assert ordered(rows, together) == [(0, 1), (1, 1), (0, 2), (0, 3), (1, 2)]


def test_rows_without_a_time_stay_behind_those_before_them():
    rows = [(0, 1, 10), (0, 2, UNKNOWN_TIME), (1, 1, 5), (1, 2, 15)]
    assert ordered(rows, together) == [(1, 1), (0, 1), (0, 2), (1, 2)]


ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 30), st.integers(0, 50)), min_size=1, max_size=40
).map(lambda rows: list({row[:2]: row for row in rows}.values()))


@given(ROWS, st.sampled_from([together, lambda capture: capture // 2, lambda capture: -capture]))
def test_each_file_keeps_its_order(rows, rank):
    found = ordered(rows, rank)
    assert sorted(found) == sorted(row[:2] for row in rows)
    for capture in range(4):
        assert [row for row in found if row[0] == capture] == sorted(
            row for row in found if row[0] == capture
        )
    assert [rank(row[0]) for row in found] == sorted(rank(row[0]) for row in found)

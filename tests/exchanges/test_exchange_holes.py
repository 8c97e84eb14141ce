"""Whether a range touches a hole: as any gap says, found by the last one."""

from hypothesis import given
from hypothesis import strategies as st

from desync.exchanges.holes import is_holed
from desync.tcp.stream import Gap


def gaps_of(cuts):
    """Gaps and captured stretches in turn."""
    edges = sorted(cuts)
    return tuple(Gap(start, end - start, "loss") for start, end in zip(edges[::2], edges[1::2], strict=False))


@given(st.sets(st.integers(0, 40), max_size=12), st.integers(0, 45), st.integers(0, 45))
def test_a_range_is_holed_where_any_gap_overlaps_it(cuts, start, end):
    gaps = gaps_of(cuts)
    assert is_holed(gaps, start, end) == any(gap.offset < end and gap.end > start for gap in gaps)


def test_nothing_is_holed_without_gaps():
    assert not is_holed((), 0, 10)

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from desync.tcp.differing import differing


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40))
def test_it_is_from_the_first_to_the_last_octet_that_differs(one, other):
    size = min(len(one), len(other))
    one, other = one[:size], other[:size]
    assume(one != other)
    places = [at for at in range(size) if one[at] != other[at]]
    assert differing(memoryview(one), memoryview(other)) == (places[0], places[-1] + 1)

"""Whether a text repeats words that must not be shown."""

import time

from hypothesis import given
from hypothesis import strategies as st

from desync.exchanges.quoted import Words, words_of


def test_words_lose_what_stands_around_them():
    assert words_of(b'500 "The Plan", unknown: (plans?) x') == {b"plan", b"unknown", b"plans"}


def test_a_word_is_found_whole():
    words = Words({b"plan"})
    assert words.are_in(b"no plan here")
    assert not words.are_in(b"no planet here")


def test_a_long_word_is_found_by_its_beginning():
    words = Words({b"c3vwzxjzzwnyzxq", b"short"})
    assert words.are_in(b"unknown: c3vwzxjzzwny...")
    assert not words.are_in(b"unknown: c3vwz...")
    assert not words.are_in(b"unknown: c3vwzxjzzwnx")


def test_what_has_no_word_is_found_as_it_is():
    assert Words((), [b"a b c"]).are_in(b"what is a b c")
    assert not Words((), [b"a b c"]).are_in(b"a b d")


def test_words_can_be_left_out():
    words = Words({b"plan", b"message"}).without({b"message"})
    assert not words.are_in(b"message accepted")
    assert bool(words)
    assert not Words(())


@given(st.binary(max_size=60), st.sets(st.binary(min_size=4, max_size=20), max_size=8))
def test_it_takes_any_octets(text, some):
    found = Words(some).are_in(text)
    assert found or not some & words_of(text)


def test_many_words_cost_little():
    words = Words({b"anotherlongword%d" % number for number in range(50_000)})
    began = time.process_time()
    assert not any(words.are_in(b"500 unknown: somethingelse%d" % number) for number in range(5_000))
    assert time.process_time() - began < 5

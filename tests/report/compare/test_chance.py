"""Fisher's exact test of two shares, and what it is not asked."""

from math import comb

import pytest

from desync.report.compare.chance import LEVEL, Share, chance_between, is_less, is_step, rounded


def exactly(a, b):
    """Twice the smaller tail, by counting."""
    marked, whole = a.part + b.part, a.whole + b.whole
    possible = range(max(0, marked - a.whole), min(b.whole, marked) + 1)
    ways = {k: comb(b.whole, k) * comb(a.whole, marked - k) for k in possible}
    total = comb(whole, marked)
    low = sum(count for k, count in ways.items() if k <= b.part)
    high = sum(count for k, count in ways.items() if k >= b.part)
    return min(1.0, 2 * min(low, high) / total)


@pytest.mark.parametrize(
    ("a", "b"),
    [((5, 5), (0, 5)), ((0, 40), (3, 50)), ((48, 50), (2, 60)), ((7, 9), (8, 10)), ((20, 1000), (0, 700))],
)
def test_it_is_exact(a, b):
    a, b = Share(*a), Share(*b)
    assert chance_between(a, b) == pytest.approx(exactly(a, b), rel=1e-9)
    assert chance_between(b, a) == pytest.approx(exactly(a, b), rel=1e-9)


def test_five_of_five_and_none_of_five_is_the_least_that_tells():
    assert chance_between(Share(5, 5), Share(0, 5)) < LEVEL
    assert chance_between(Share(5, 5), Share(1, 6)) > LEVEL


@pytest.mark.parametrize(("a", "b"), [((200, 200), (0, 1)), ((0, 4), (900, 900)), ((0, 0), (0, 0))])
def test_few_sessions_tell_nothing_whatever_the_odds(a, b):
    assert chance_between(Share(*a), Share(*b)) is None


def test_very_many_sessions_have_a_bound():
    chance = chance_between(Share(300_000, 600_000), Share(299_000, 600_000))
    assert 0 < chance <= 1
    assert chance_between(Share(300_000, 600_000), Share(200_000, 600_000)) < 1e-300


def test_steps():
    assert is_less(Share(1, 2), Share(1, 3))
    assert not is_less(Share(1, 3), Share(2, 6))
    assert is_step(Share(50, 100), Share(44, 100))
    assert not is_step(Share(500, 1000), Share(460, 1000))
    assert is_step(Share(40, 1000), Share(1, 1000))
    assert is_step(Share(1, 1000), Share(0, 1000))


def test_digits_that_differ_from_machine_to_machine_are_left_out():
    assert rounded(0.00123456) == 0.0012
    assert rounded(None) is None

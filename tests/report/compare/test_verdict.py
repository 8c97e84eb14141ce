"""A verdict follows from numbers; what they do not show is not said."""

from random import Random

import pytest
from report.compare.two_archives import SERVER, seen

from desync.report.compare.verdict import BECAUSE, VERDICTS, judge

OTHER = ("192.0.2.26", 25)
BOTH = ({SERVER}, {SERVER})


def whole(sessions, misread, **changes):
    """A client that takes each line for a reply, whether that was split or not."""
    return seen(sessions, 0, misread, whole_misread=misread, **changes)


CASES = [
    # Split replies misread in A, and read in B.
    (seen(50, 48, 48), seen(60, 55), "recovered", "read-split-replies"),
    # Enough split replies, though few of all sessions had one.
    (seen(1000, 20, 20), seen(100, 10), "recovered", "read-split-replies"),
    # No longer any to misread: the server's doing.
    (seen(50, 48, 48), seen(60), "spared", "no-split-reply-in-b"),
    (seen(50, 48, 48), seen(60, 3), "spared", "fewer-split-replies"),
    (seen(400, 40, 5), seen(600, 60), "too-few", None),
    # One session without a split reply is no test, whatever the odds.
    (seen(50, 48, 48), seen(1), "not-tested", "no-split-reply-in-b"),
    (seen(1, 1, 1), seen(1), "not-tested", "no-split-reply-in-b"),
    (seen(200, 200, 200), seen(4, 1), "too-few", None),
    (seen(1, 1, 1), seen(500, 500), "too-few", None),
    # It never met again whom it misread, or what it said was encrypted.
    (seen(50, 48, 48, servers=frozenset({OTHER})), seen(60), "not-tested", "server-not-in-b"),
    (seen(50, 48, 48, servers=frozenset({OTHER})), seen(60, 55), "recovered", "read-split-replies"),
    (seen(50, 48, 48), seen(60, encrypted=60), "not-tested", "encrypted-in-b"),
    (seen(50, 48, 48), seen(60, encrypted=57), "not-tested", "no-split-reply-in-b"),
    # Every session is a test of who never waits, and of who takes lines for replies.
    (seen(20, out=20), seen(20), "recovered", "in-step"),
    (whole(20, 20), seen(20), "recovered", "in-step"),
    (whole(20, 20), seen(3), "too-few", None),
    (whole(20, 20, servers=frozenset({OTHER})), seen(20), "not-tested", "server-not-in-b"),
    # Both.
    (seen(50, 48, 48), seen(60, 55, 52), "still", None),
    (seen(50, 48, 48), seen(60, 55, 10), "fewer", None),
    (seen(50, 48, 10), seen(60, 55, 52), "worse", None),
    (seen(50, 48, 48), seen(60, 5, 5), "fewer", None),
    (seen(2, 2, 2), seen(2, 2, 1), "still", None),
    (seen(100_000, 100_000, 51_000), seen(100_000, 100_000, 50_000), "still", None),
    # In B alone.
    (seen(50, 48), seen(60, 55, 52), "new", None),
    (seen(50), seen(60, 55, 52), "new", "no-split-reply-in-a"),
    (seen(3), seen(60, 55, 52), "not-tested", "no-split-reply-in-a"),
    (seen(3, 3), seen(60, 55, 1), "too-few", None),
    (seen(20), seen(20, out=20), "new", None),
    (seen(20, encrypted=20), seen(20, out=20), "not-tested", "encrypted-in-a"),
    (seen(20, 20), seen(20, 20, 20, servers=frozenset({OTHER})), "not-tested", "server-not-in-a"),
    # Nothing to compare.
    (seen(20), seen(20, 20), "in-step", None),
    (seen(20, 20, 20), None, "only-a", None),
    (None, seen(20), "only-b", None),
]


@pytest.mark.parametrize(("a", "b", "verdict", "because"), CASES)
def test_the_verdict_follows_from_the_numbers(a, b, verdict, because):
    judgement = judge(a, b, BOTH)
    assert (judgement.verdict, judgement.because) == (verdict, because)


def test_every_verdict_is_reached():
    assert {verdict for *_, verdict, _ in CASES} == set(VERDICTS)
    assert {because for *_, because in CASES} == {*BECAUSE, None}


def test_who_is_asked_twice_needs_more():
    both = judge(seen(5, 5, 5), seen(5, 5), BOTH)
    assert both.verdict == "recovered"
    twice = judge(seen(10, 5, 5), seen(10, 5), BOTH)
    assert twice.verdict == "too-few"
    assert twice.chance == pytest.approx(2 * both.chance)


@pytest.mark.parametrize("seed", range(3))
def test_chance_alone_is_rarely_taken_for_a_change(seed):
    """Clients that are as they were: of a hundred, one at most is said to have changed."""
    chance = Random(seed)  # noqa: S311 - made-up mail, no secrets
    claims = 0
    for _ in range(1500):
        habit, splits = chance.choice([0.05, 0.3, 0.7, 0.95]), chance.choice([0.2, 0.6, 1.0])
        sides = []
        for _ in range(2):
            sessions = chance.randrange(1, 80)
            split = sum(chance.random() < splits for _ in range(sessions))
            sides.append(seen(sessions, split, sum(chance.random() < habit for _ in range(split))))
        claims += judge(*sides, BOTH).verdict in {"worse", "new", "fewer", "recovered", "spared"}
    assert claims <= 15

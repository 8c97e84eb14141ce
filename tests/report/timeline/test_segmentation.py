"""Where something changes, to the session; and nowhere where nothing does."""

import numpy as np
import pytest

from desync.report.timeline import segmentation
from desync.report.timeline.segmentation import Track, changes

SEEDS = range(20)


def found(outcome, parties=None, sequences=1):
    outcome = np.asarray(outcome, dtype=np.bool_)
    return changes(Track([outcome], np.arange(len(outcome)) % 7 if parties is None else parties, sequences))


def steps(*lengths, first=False):
    """Stretches that show it and stretches that do not, by turns."""
    return np.repeat([first ^ bool(number % 2) for number in range(len(lengths))], lengths)


@pytest.mark.parametrize(
    "lengths", [(30, 30), (12, 400), (400, 12), (30, 30, 30), (1000, 14, 1000), (80, 40, 80, 40)]
)
@pytest.mark.parametrize("first", [False, True])
def test_every_step_is_found_where_it_is(lengths, first):
    outcome = steps(*lengths, first=first)
    assert found(outcome) == np.cumsum(lengths)[:-1].tolist()


@pytest.mark.parametrize(
    "parties",
    [np.zeros(400), np.arange(400), np.arange(400) // 3, np.arange(400) % 2],
    ids=["one", "each once", "in threes", "two by turns"],
)
def test_whoever_comes(parties):
    assert found(steps(200, 200), parties.astype(np.int64)) == [200]


@pytest.mark.parametrize("seed", SEEDS)
def test_from_never_to_often_begins_with_the_first(seed):
    outcome = np.concatenate([np.zeros(300), np.random.default_rng(seed).random(300) < 0.4])
    assert found(outcome) == [int(np.argmax(outcome))]


@pytest.mark.parametrize("seed", SEEDS)
def test_where_chance_alone_is_at_work_nothing_is_found(seed):
    chance = np.random.default_rng(seed)
    for size in (20, 200, 2000):
        assert found(chance.random(size) < chance.random()) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_clients_with_habits_that_come_in_bursts_are_no_change(seed):
    chance = np.random.default_rng(seed)
    clients = np.repeat(chance.permutation(30), chance.integers(1, 40, 30))
    habits = np.where(chance.random(30) < 0.5, chance.random(30), chance.integers(0, 2, 30))
    assert found(chance.random(len(clients)) < habits[clients], clients) == []


def test_false_alarms_are_no_more_than_allowed(monkeypatch):
    # One in a thousand cannot be measured in a test; one in five can.
    monkeypatch.setattr(segmentation, "ALARMS", 0.2)
    chance = np.random.default_rng(5)
    alarms = 0
    for _ in range(200):
        size = int(chance.integers(20, 150))
        clients = chance.integers(0, 12, size)
        alarms += bool(found(chance.random(size) < chance.random(12)[clients], clients))
    assert alarms <= 0.2 * 200


def test_the_more_is_searched_the_more_it_takes():
    assert found(steps(15, 15)) == [15]
    assert found(steps(15, 15), sequences=100_000) == []


def test_a_small_step_is_none_however_often():
    outcome = np.concatenate([np.arange(60_000) % 50 == 0, np.arange(60_000) % 25 == 0])
    assert found(outcome, np.arange(120_000)) == []


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_next_to_nothing(size):
    assert found(np.arange(size) % 2 == 0) == []

"""Work that one executor cannot do is left out, not the rest; without Dask a cluster is said to need it."""

import pickle
import sys
from functools import partial

import pytest

from desync.archive import workers as workers_module
from desync.archive.executor import WorkLost, answer
from desync.archive.workers import Workers
from desync.errors import UsageError

DIED = "every worker died of it"


class Elsewhere:
    """Does work when it is asked for, but none that raises to the power of three."""

    def __init__(self):
        self.ended = []

    def submit(self, work):
        return pickle.dumps(work)

    def result(self, ticket):
        if pickle.loads(ticket).args[1] == 3:  # noqa: S301 - written above
            raise WorkLost(DIED)
        return pickle.loads(answer(ticket))[0]  # noqa: S301 - written above

    def end(self, *, at_once):
        self.ended.append(at_once)


@pytest.fixture
def elsewhere(monkeypatch):
    executor = Elsewhere()
    monkeypatch.setattr(workers_module, "_joined", lambda _: (3, executor))
    return executor


def test_work_that_is_lost_is_told_in_its_place(elsewhere):
    taken = []
    with Workers(1, cluster="somewhere") as workers:
        assert workers.jobs == 3
        for power in (2, 3, 4):
            workers.put(partial(pow, 2, power), taken.append, 1, lambda lost: taken.append(str(lost)))
        workers.drain()
    assert taken == [4, DIED, 16]
    assert elsewhere.ended == [False]


def test_it_ends_all_where_nobody_is_told(elsewhere):
    def work():
        with Workers(1, cluster="somewhere") as workers:
            workers.put(partial(pow, 2, 3), print, 1)
            workers.drain()

    with pytest.raises(WorkLost):
        work()
    assert elsewhere.ended == [True]


def test_what_is_asked_for_is_lost_too(elsewhere):
    with Workers(1, cluster="somewhere") as workers, pytest.raises(WorkLost):
        workers.ask(partial(pow, 2, 3))()
    assert elsewhere.ended == [False]


def test_without_dask_a_cluster_is_wrong_usage(monkeypatch):
    monkeypatch.delitem(sys.modules, "desync.archive.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'desync\[cluster\]'"):
        Workers(1, cluster="tcp://192.0.2.1:8786")


def test_an_exception_comes_back_with_where_it_happened():
    result, error = pickle.loads(answer(pickle.dumps(partial(int, "x"))))  # noqa: S301 - written here
    assert result is None
    assert isinstance(error, ValueError)
    assert any("in answer" in note for note in error.__notes__)

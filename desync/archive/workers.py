"""Work handed to several processes or a cluster, its results taken in the order in which it was handed over.

With one job, or while there is little to do, the work is done here: a process costs more to start
than a small capture to analyse. What is in flight is bounded by weight, so that neither the size of
a file nor a slow slice decides memory. May know who does work elsewhere; must not know what the work is.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from desync.archive.executor import Executor, WorkLost
from desync.errors import UsageError

START_WEIGHT: Final = 4 << 20
"""Octets of work from which on processes are started."""

ITEM_WEIGHT: Final = 1 << 16
"""What any piece of work weighs besides its octets: opening a file costs as much as reading this much."""

FLIGHT_WEIGHT: Final = 64 << 20
"""Octets of work in flight for each process: two slices."""

T = TypeVar("T")


@dataclass(slots=True)
class _Item:
    """A piece of work, or (``work`` is None) something to be done here when all before it is taken."""

    work: Callable[[], Any] | None
    take: Callable[[Any], None]
    weight: int
    lost: Callable[[WorkLost], None] | None = None
    ticket: Any = None


class Workers:
    """Does work in up to ``jobs`` processes.

    Leaving the context by an exception, Ctrl-C included, kills the processes at once.

    Args:
        jobs: How many processes; 1: none, all is done here.
        start_weight: Octets of work from which on processes are started.
        cluster: Address of a Dask scheduler: all work is done there instead, by as many jobs as it has.

    Raises:
        UsageError: There is no such cluster, or it cannot be used.
    """

    def __init__(self, jobs: int, start_weight: int = START_WEIGHT, *, cluster: str | None = None) -> None:
        self.jobs = jobs
        self._start_weight = start_weight
        self._items: deque[_Item] = deque()
        self._put = 0
        self._in_flight = 0
        self._elsewhere: Executor | None = None
        if cluster is not None:
            self.jobs, self._elsewhere = _joined(cluster)

    def put(
        self,
        work: Callable[[], T],
        take: Callable[[T], None],
        octets: int,
        lost: Callable[[WorkLost], None] | None = None,
        *,
        held: int | None = None,
    ) -> None:
        """Have work done, and its result taken here after those of all work put before.

        Args:
            work: Picklable, and free of effects.
            take: Called with what ``work`` returned; may ``ask``, must not ``put``.
            octets: About how much work it is.
            lost: Called instead of ``take`` where this work cannot be done and all other can.
            held: How much memory it takes until it is done, as octets of a capture; ``octets`` where
                not given.

        Raises:
            DesyncError: Work cannot be done: a process ended before, a cluster is gone.
        """
        item = _Item(work, take, (octets if held is None else held) + ITEM_WEIGHT, lost)
        self._items.append(item)
        self._put += octets + ITEM_WEIGHT
        self._in_flight += item.weight
        if self._elsewhere is not None:
            item.ticket = self._elsewhere.submit(work)
        elif self.jobs == 1:
            self.drain()
        elif self._put >= self._start_weight and sum(1 for one in self._items if one.work) > 1:
            self._start()
        while self._in_flight > self.jobs * FLIGHT_WEIGHT and len(self._items) > 1:
            self._settle()

    def then(self, action: Callable[[], None]) -> None:
        """Do something here when the results of all work put before have been taken."""
        self._items.append(_Item(None, lambda _: action(), 0))
        while self._items and self._items[0].work is None:
            self._settle()

    def ask(self, work: Callable[[], T]) -> Callable[[], T]:
        """Have work done apart from the others.

        Returns:
            What gives its result, and waits for it.
        """
        elsewhere = self._elsewhere
        if elsewhere is None:
            return work
        ticket = elsewhere.submit(work)

        def answer() -> T:
            result: T = elsewhere.result(ticket)
            return result

        return answer

    def drain(self) -> None:
        """Take all results that are outstanding."""
        while self._items:
            self._settle()

    def _start(self) -> None:
        # Known before any process is there, so that an exception in between kills those that are.
        from desync.archive.processes import Processes  # noqa: PLC0415 - a small capture needs none

        self._elsewhere = processes = Processes(self.jobs)
        processes.start()
        for item in self._items:
            if item.work is not None:
                item.ticket = processes.submit(item.work)

    def _settle(self) -> None:
        """Take the oldest result."""
        item = self._items.popleft()
        self._in_flight -= item.weight
        result = None
        try:
            if item.ticket is not None and self._elsewhere is not None:
                result = self._elsewhere.result(item.ticket)
            elif item.work is not None:
                result = item.work()
        except WorkLost as error:
            if item.lost is None:
                raise
            item.lost(error)
            return
        item.take(result)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._elsewhere is not None:
            self._elsewhere.end(at_once=kind is not None)


def _joined(address: str) -> tuple[int, Executor]:
    """Join a cluster.

    Raises:
        UsageError: There is none, or it cannot be used.
    """
    try:
        from desync.archive.cluster import Cluster  # noqa: PLC0415 - Dask is an extra, and takes long to import
    except ImportError as error:
        msg = f"a cluster needs Dask ({error}): pip install 'desync[cluster]'"
        raise UsageError(msg) from error
    cluster = Cluster(address)
    return cluster.jobs, cluster

"""Work handed to several processes, its results taken in the order in which it was handed over.

With one job, or while there is little to do, the work is done here: a process costs more to start
than a small capture to analyse. What is in flight is bounded by weight, so that neither the size of
a file nor a slow slice decides memory. May know processes and pipes; must not know what the work is.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from desync.archive.processes import Processes, Ticket

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
    ticket: Ticket | None = None


class Workers:
    """Does work in up to ``jobs`` processes.

    Leaving the context by an exception, Ctrl-C included, kills the processes at once.

    Args:
        jobs: How many processes; 1: none, all is done here.
        start_weight: Octets of work from which on processes are started.
    """

    def __init__(self, jobs: int, start_weight: int = START_WEIGHT) -> None:
        self.jobs = jobs
        self._start_weight = start_weight
        self._items: deque[_Item] = deque()
        self._put = 0
        self._in_flight = 0
        self._processes: Processes | None = None

    def put(self, work: Callable[[], T], take: Callable[[T], None], octets: int) -> None:
        """Have work done, and its result taken here after those of all work put before.

        Args:
            work: Picklable, and free of effects.
            take: Called with what ``work`` returned; may ``ask``, must not ``put``.
            octets: About how much work it is.

        Raises:
            WorkerLost: A process ended before its work was done.
        """
        item = _Item(work, take, octets + ITEM_WEIGHT)
        self._items.append(item)
        self._put += item.weight
        self._in_flight += item.weight
        if self._processes is not None:
            item.ticket = self._processes.submit(work)
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
        processes = self._processes
        if processes is None:
            return work
        ticket = processes.submit(work)

        def answer() -> T:
            result: T = processes.result(ticket)
            return result

        return answer

    def drain(self) -> None:
        """Take all results that are outstanding."""
        while self._items:
            self._settle()

    def _start(self) -> None:
        # Known before any process is there, so that an exception in between kills those that are.
        self._processes = Processes(self.jobs)
        self._processes.start()
        for item in self._items:
            if item.work is not None:
                item.ticket = self._processes.submit(item.work)

    def _settle(self) -> None:
        """Take the oldest result."""
        item = self._items.popleft()
        result = None
        if item.ticket is not None and self._processes is not None:
            result = self._processes.result(item.ticket)
        elif item.work is not None:
            result = item.work()
        self._in_flight -= item.weight
        item.take(result)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._processes is not None:
            self._processes.end(at_once=kind is not None)

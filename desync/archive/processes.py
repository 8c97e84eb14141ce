"""Processes that do pickled work, each at the end of a pipe of its own.

No queue, lock or thread is shared between them: one that is killed in the middle of a word breaks its
own pipe and nothing else, and is noticed at once. (``ProcessPoolExecutor`` sends all results through
one pipe; a worker that dies while it writes leaves the reader waiting for the rest of its message, and
megabytes of columns make that likely.) A process whose parent is gone reads the end of its pipe and
ends too. May know processes and pipes; must not know what the work is.

How they are started, measured on 2 busy cores until both had answered: ``fork`` 0.02 s, ``forkserver``
0.8-1.0 s, ``spawn`` 1.6 s (NumPy and the stages below are imported anew). So they are forked where that
is safe: on Linux, while this process has no other Python thread (which is why the progress bar draws
without one). Otherwise they are spawned; ``forkserver`` would leave a process behind, and its socket in a
temporary directory.
"""

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from struct import Struct
from typing import Any, Final

from desync.archive.executor import answer
from desync.errors import DesyncError

_LENGTH: Final = Struct("=Q")


class WorkerLost(DesyncError):  # noqa: N818 - what happened, said as such
    """A process ended before its work was done: somebody killed it, or there was no memory left."""


@dataclass(slots=True, eq=False)
class Ticket:
    """Work that was handed over, and what has become of it."""

    work: Callable[[], Any] | None
    done: bool = False
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    pipe: "Connection[Any, Any]"
    ticket: Ticket | None = None


class Processes:
    """A fixed number of processes.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._workers: list[_Worker] = []
        self._backlog: deque[Ticket] = deque()

    def start(self) -> None:
        """Start them; a signal that comes meanwhile waits until all are known."""
        forked = sys.platform == "linux" and threading.active_count() == 1
        context = multiprocessing.get_context("fork" if forked else "spawn")
        with _no_interrupt(), warnings.catch_warnings():
            # Python 3.12 warns of any thread; the only ones here are those of NumPy's BLAS, which
            # prepares for a fork by itself.
            warnings.simplefilter("ignore", DeprecationWarning)
            for _ in range(self._count):
                ours, theirs = context.Pipe()
                # A forked process has copies of the other pipes' ends: it must not keep them open.
                others = [*(one.pipe for one in self._workers), ours] if forked else []
                process = context.Process(target=_serve, args=(theirs, others), daemon=True)  # type: ignore[attr-defined]
                process.start()
                theirs.close()
                self._workers.append(_Worker(process, ours))

    def submit(self, work: Callable[[], Any]) -> Ticket:
        """Hand work over, to be begun as soon as a process is free.

        Raises:
            WorkerLost: A process ended before its work was done.
        """
        ticket = Ticket(work)
        self._backlog.append(ticket)
        self._receive(wait_for_one=False)
        return ticket

    def result(self, ticket: Ticket) -> Any:
        """Wait for the result of work; what the work raised is raised here.

        Raises:
            WorkerLost: A process ended before its work was done.
        """
        while not ticket.done:
            self._receive(wait_for_one=True)
        if ticket.error is not None:
            raise ticket.error
        return ticket.result

    def end(self, *, at_once: bool) -> None:
        """End them and wait until they are gone.

        Args:
            at_once: In the middle of their work; otherwise nothing may be outstanding.
        """
        with _no_interrupt():
            for one in self._workers:
                if at_once:
                    one.process.kill()
                one.pipe.close()
            for one in self._workers:
                one.process.join()
                one.process.close()
            self._workers.clear()

    def _receive(self, *, wait_for_one: bool) -> None:
        """Take in what has been done, and keep the processes busy."""
        self._hand_out()
        busy = {one.pipe: one for one in self._workers if one.ticket is not None}
        for pipe in wait(list(busy), None if wait_for_one else 0):
            _take_in(busy[pipe])  # type: ignore[index]
        self._hand_out()

    def _hand_out(self) -> None:
        # Only to a process that waits for work: sending to a busy one could block both sides.
        for one in self._workers:
            if one.ticket is None and self._backlog:
                one.ticket = self._backlog.popleft()
                work, one.ticket.work = one.ticket.work, None
                try:
                    _write(one.pipe.fileno(), pickle.dumps(work, pickle.HIGHEST_PROTOCOL))
                except OSError as error:
                    raise _lost(one) from error


def _take_in(worker: _Worker) -> None:
    ticket, worker.ticket = worker.ticket, None
    try:
        answer = _read(worker.pipe.fileno())
    except (EOFError, OSError) as error:
        raise _lost(worker) from error
    if ticket is not None:
        ticket.result, ticket.error = pickle.loads(answer)  # noqa: S301 - written by our own process
        ticket.done = True


def _lost(worker: _Worker) -> WorkerLost:
    worker.process.join(1)
    code = worker.process.exitcode
    how = f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"
    msg = (
        f"a worker process was ended {how} before its work was done "
        "(out of memory, perhaps; one process, --jobs 1, needs the least)"
    )
    return WorkerLost(msg)


def _serve(pipe: "Connection[Any, Any]", others: Sequence["Connection[Any, Any]"]) -> None:
    """Do work until there is no more: what a process does."""
    # Ctrl-C goes to every process of a terminal; the one that started us decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for one in others:
        one.close()
    while True:
        try:
            work = _read(pipe.fileno())
            _write(pipe.fileno(), answer(work))
        except (EOFError, OSError):
            return


def _write(descriptor: int, octets: bytes) -> None:
    """Write a message: its length, then its octets."""
    for part in (memoryview(_LENGTH.pack(len(octets))), memoryview(octets)):
        done = 0
        while done < len(part):
            done += os.write(descriptor, part[done:])


def _read(descriptor: int) -> bytearray:
    """Read a message, straight to where it stays: ``Connection.recv_bytes`` copies it twice more.

    Raises:
        EOFError: The other side is gone.
    """
    octets = bytearray(_LENGTH.size)
    _fill(descriptor, octets)
    octets = bytearray(_LENGTH.unpack(octets)[0])
    _fill(descriptor, octets)
    return octets


def _fill(descriptor: int, octets: bytearray) -> None:
    with memoryview(octets) as view:
        done = 0
        while done < len(view):
            got = os.readv(descriptor, [view[done:]])
            if not got:
                raise EOFError
            done += got


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Let Ctrl-C wait. A process that is started inside never sees one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

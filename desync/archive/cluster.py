"""Work done by the workers of a Dask cluster.

The scheduler gives the work of a worker that is gone to another one. Work of which several workers
died (``distributed.scheduler.allowed-failures``, three by default) is given up, and all else goes on.
May know Dask; must not know what the work is. Imported only where a cluster was asked for: Dask is an
extra, and takes longer to import than a small capture to analyse.

Dask sends pickled code and takes pickled results: who can reach the scheduler or a worker can run
anything there, and whoever runs them can run anything here.
"""

import logging
import pickle
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any, Final

from distributed import Client, Future
from distributed.comm import get_address_host_port
from distributed.scheduler import KilledWorker

from desync.archive.executor import ClusterLost, WorkLost, answer
from desync.errors import UsageError
from desync.version import VERSION

CONNECT_SECONDS: Final = 10
"""How long a scheduler may take to answer."""

LOOK_SECONDS: Final = 2
"""How long to wait for a result before looking whether there are workers at all."""

WITHOUT_WORKER_SECONDS: Final = 120
"""How long to wait for a worker: a cluster that grows with its work needs a while."""

CLOSE_SECONDS: Final = 5

MESSAGE_LIMIT: Final = 400
"""Characters of what Dask says of an error."""


class OtherVersion(UsageError):  # noqa: N818 - what there is, said as such
    """A worker has another version of desync: what it finds may differ."""


class Cluster:
    """The workers of a Dask scheduler (``archive.executor.Executor``).

    Args:
        address: Of the scheduler, as ``tcp://192.0.2.1:8786``; ``tcp://`` may be left out.

    Attributes:
        jobs: How many pieces of work can be done at once, as far as is known; at least 2.

    Raises:
        UsageError: No scheduler answers there, or a worker has another version of desync or none.
    """

    def __init__(self, address: str) -> None:
        self._address = address = address if "://" in address else f"tcp://{address}"
        self._seen_worker = time.monotonic()
        _be_quiet()
        try:
            get_address_host_port(address, strict=True)
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            msg = f"no Dask scheduler answers at {address}: {_in_one_line(error)}"
            raise UsageError(msg) from error
        try:
            self._check_versions()
            self.jobs = max(2, sum(self._client.nthreads().values()))
        except BaseException:
            self.end(at_once=True)
            raise

    def submit(self, work: Callable[[], Any]) -> Future:
        """Hand work over: see ``archive.executor.Executor``.

        Raises:
            ClusterLost: The scheduler is gone.
        """
        pickled = pickle.dumps(work, pickle.HIGHEST_PROTOCOL)
        try:
            # Pure work would be told apart by hashing all of it.
            return self._client.submit(perform, VERSION, pickled, pure=False)
        except (OSError, RuntimeError, ValueError, CancelledError) as error:
            raise self._lost(error) from error

    def result(self, ticket: Future) -> Any:
        """Wait for the result of work: see ``archive.executor.Executor``.

        Raises:
            WorkLost: Every worker that took it died.
            ClusterLost: The scheduler is gone, or has had no worker for a while.
        """
        result, error = pickle.loads(self._answer(ticket))  # noqa: S301 - the workers are trusted, see above
        if error is not None:
            raise error
        return result

    def end(self, *, at_once: bool) -> None:
        """Leave the cluster; what was not begun there is forgotten: see ``archive.executor.Executor``."""
        with suppress(OSError, TimeoutError, RuntimeError, CancelledError):
            if at_once:
                self._client.cancel(list(self._client.futures), asynchronous=False, force=True)
        with suppress(OSError, TimeoutError, RuntimeError, CancelledError):
            self._client.close(timeout=CLOSE_SECONDS)

    def _answer(self, ticket: Future) -> bytes:
        while True:
            try:
                octets: bytes = ticket.result(timeout=LOOK_SECONDS)
            except KilledWorker as error:
                died = error.allowed_failures + 1
                each = (
                    "a worker of the cluster took it and"
                    if died == 1
                    else f"{died} workers of the cluster took it, and each"
                )
                msg = f"{each} died of it"
                raise WorkLost(msg) from error
            except TimeoutError:
                self._look_for_workers()
            except UsageError:
                raise
            except (OSError, CancelledError) as error:
                raise self._lost(error) from error
            except Exception as error:
                # Not what the work raised, which comes as an answer: it could not be sent, or begun.
                msg = f"the cluster at {self._address} cannot do the work: {_in_one_line(error)}"
                raise ClusterLost(msg) from error
            else:
                self._seen_worker = time.monotonic()
                return octets

    def _look_for_workers(self) -> None:
        """Do not wait for ever for what nobody does."""
        try:
            there = bool(self._client.nthreads())
        except (OSError, TimeoutError, RuntimeError, CancelledError) as error:
            raise self._lost(error) from error
        now = time.monotonic()
        if there:
            self._seen_worker = now
        elif now - self._seen_worker > WITHOUT_WORKER_SECONDS:
            msg = f"the cluster at {self._address} has had no worker for {WITHOUT_WORKER_SECONDS} seconds"
            raise ClusterLost(msg)

    def _lost(self, error: BaseException) -> ClusterLost:
        return ClusterLost(
            f"the Dask scheduler at {self._address} went away ({type(error).__name__}); "
            "with --case, what was done is kept, and the same command goes on from there"
        )

    def _check_versions(self) -> None:
        """See that the scheduler and every worker that is there now have this version.

        ``perform`` looks at workers that come later.

        Raises:
            UsageError: One has not.
        """
        try:
            # The scheduler looks at what it hands out.
            found = {f"the scheduler at {self._address}": self._client.run_on_scheduler(own_version)}
        except Exception as error:
            msg = f"the scheduler at {self._address} cannot run desync: {_in_one_line(error)}"
            raise OtherVersion(msg) from error
        of_workers = self._client.run(own_version, on_error="return")
        found.update({f"worker {worker} of the cluster": of_workers[worker] for worker in sorted(of_workers)})
        for who, version in found.items():
            if isinstance(version, BaseException):
                msg = f"{who} cannot run desync: {_in_one_line(version)}"
                raise OtherVersion(msg)
            if version != VERSION:
                msg = f"{who} has desync {version}, here it is {VERSION}"
                raise OtherVersion(msg)


def _be_quiet() -> None:
    """Keep Dask from logging here: of work that was lost and is done again, of a connection that is gone.

    What matters is said once, by an error.
    """
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def own_version() -> str:
    """The version of desync where this is called."""
    return VERSION


def perform(version: str, work: bytes) -> bytes:
    """Do pickled work, on a worker.

    Args:
        version: Of the desync that handed the work over.
        work: The work.

    Raises:
        OtherVersion: It is not that of this worker.
    """
    if version != VERSION:
        msg = f"a worker of the cluster has desync {VERSION}, the work comes from {version}"
        raise OtherVersion(msg)
    return answer(work)


def _in_one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text[:MESSAGE_LIMIT] or type(error).__name__

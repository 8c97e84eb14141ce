"""A Dask scheduler and its workers, each a process of its own, as an administrator starts them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
WORKER = ("--no-nanny", "--no-dashboard", "--nthreads", "1", "--preload", "dask_preload")


class Dask:
    """Processes in a folder; no worker is started again when it dies.

    Args:
        folder: Where they may write.
        workers: How many.
        allowed: How many workers a piece of work may kill before it is given up.
    """

    def __init__(self, folder, workers, allowed=3):
        self.folder = folder
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(HERE),
            "PYTHONWARNINGS": "ignore",
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed),
            "DASK_TEMPORARY_DIRECTORY": str(folder),
        }
        self._file = folder / "scheduler.json"
        self._started = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = self._address()
        self.workers = [self._start("worker", *WORKER) for _ in range(workers)]

    def _start(self, what, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments]
        with (self.folder / f"{what}-{len(self._started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [*command, "--scheduler-file", self._file],
                env=self._environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def _address(self):
        for _ in range(600):
            try:
                return json.loads(self._file.read_text(encoding="utf-8"))["address"]
            except (FileNotFoundError, ValueError):
                assert self.scheduler.poll() is None
                time.sleep(0.05)
        raise AssertionError((self.folder / "scheduler-0.log").read_text(encoding="utf-8"))

    def await_workers(self):
        """Wait until all workers have come."""
        from distributed import Client  # noqa: PLC0415 - not everywhere

        if not self.workers:
            return
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=60)

    def end(self):
        """End all of them at once."""
        for one in self._started:
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)
            one.wait()

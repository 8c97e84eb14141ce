"""Run a program once and measure it: time, processor time, memory.

May know processes and Linux's ``/proc``; must not know what the program is for.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import perf_counter_ns
from typing import Final

_EVERY: Final = 0.01
"""Seconds between two looks at the memory."""

_LEAST_LOOKS: Final = 4
"""A program that ends sooner was not seen at its highest."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one run took.

    Attributes:
        wall: From the start to the end, in nanoseconds.
        processor: User and system time of the program and of the processes that it waited for, in
            nanoseconds.
        peak: The most resident memory at one time, in octets; 0 where it is not known: without
            ``/proc``, or the program was too quick.
        processes: The most processes at one time.
        code: The exit code.
    """

    wall: int
    processor: int
    peak: int
    processes: int
    code: int


def measure(command: Sequence[str], output: Path, directory: Path) -> Measurement:
    """Run a command with its standard output in a file.

    The memory is the sum over the program and all its descendants, looked at every 10 ms: a page that
    two of them share counts twice, and so does a page of a mapped file. It is not less than what the
    kernel holds for the highest of any one of them.

    Args:
        command: The program and its arguments.
        output: Where its standard output goes.
        directory: Where it runs.

    Raises:
        OSError: The program cannot be started.
    """
    with output.open("wb") as stream:
        start = perf_counter_ns()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.DEVNULL, cwd=directory
        )
        watch = _Watch(process.pid)
        watch.start()
        # wait4 and not wait: it tells the processor time of this program alone.
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # Ctrl-C: leave nothing behind that goes on writing
            process.kill()
            process.wait()
            raise
        finally:
            wall = perf_counter_ns() - start
            watch.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
    peak = watch.peak if watch.looks >= _LEAST_LOOKS else 0
    processor = round((usage.ru_utime + usage.ru_stime) * 1e9)
    return Measurement(wall, processor, peak, watch.processes, process.returncode)


class _Watch(Thread):
    """Looks at the memory of a process and its descendants until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = Event()
        self.looks = 0
        self.peak = 0
        self.processes = 1

    def run(self) -> None:
        while True:
            self.looks += 1
            family = _family(self._pid)
            looks = [_resident(pid) for pid in family]
            self.processes = max(self.processes, len(family))
            highest = max((high for _, high in looks), default=0)
            self.peak = max(self.peak, highest, sum(now for now, _ in looks))
            if self._ended.wait(_EVERY):
                return

    def stop(self) -> None:
        """End looking, and wait for the end."""
        self._ended.set()
        self.join()


def _family(pid: int) -> list[int]:
    """Give a process and its descendants."""
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:  # it has ended meanwhile
            continue
    return found


def _resident(pid: int) -> tuple[int, int]:
    """Give the resident memory of a process now and at its highest, in octets; zeros once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    sizes = {name: rest for name, _, rest in (line.partition(":") for line in lines)}
    now, highest = (int(sizes.get(name, "0").split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    return now, highest

"""Make a big capture to measure with: many TCP connections at once, of mail and of the web.

May know traffic and the order of records; must not know what measures them. Seeded: the same
arguments make the same octets. As a program it prints what it made as JSON::

    python tests/benchmarks/generate.py mail.pcap --frames 1000000
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from traffic import BREAKS, Traffic
from wire import FILE_HEADER, Connection

_BEGIN: Final = 1_700_000_000_000_000
_BETWEEN: Final = 400
_BATCH: Final = 60_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What a capture is to hold.

    Attributes:
        frames: At least so many; the last connection is whole.
        mail: Share of the connections that are mail.
        body: Mean number of full segments in a message, or in a page.
        broken: Share of the mail connections whose client speaks out of turn.
        seed: Decides all else.
    """

    frames: int
    mail: float = 1.0
    body: float = 3.0
    broken: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Truth:
    """What a capture holds.

    Attributes:
        frames: Frames.
        octets: Size of the file.
        connections: TCP connections.
        mail: Those of mail.
        broken: For each code the mail connections that must show it, and no other but notes.
    """

    frames: int
    octets: int
    connections: int
    mail: int
    broken: dict[str, int]


def generate(path: Path, shape: Shape) -> Truth:
    """Write a capture (pcap, microseconds, Ethernet) in the order of time.

    Raises:
        OSError: The file cannot be written.
    """
    codes: Counter[str] = Counter()
    frames = connections = mail = 0
    with path.open("wb") as stream:
        stream.write(FILE_HEADER)
        merge = _Merge(stream)
        for connection, is_mail, broken in _connections(shape):
            connections += 1
            mail += is_mail
            frames += len(connection.records)
            codes.update([broken] if broken else [])
            merge.add(connection)
            if frames >= shape.frames:
                break
        merge.write(None)
        octets = stream.tell()
    return Truth(frames, octets, connections, mail, dict(sorted(codes.items())))


def _connections(shape: Shape) -> Iterator[tuple[Connection, bool, str | None]]:
    """Make connections without end, in the order of their first frames; tell of each what it is."""
    traffic = Traffic(shape.seed)
    chance = traffic.chance.random
    start = _BEGIN
    while True:
        start += 1 + int(chance() * _BETWEEN)
        if chance() >= shape.mail:
            yield traffic.web(start, shape.body), False, None
            continue
        broken = BREAKS[int(chance() * len(BREAKS))] if chance() < shape.broken else None
        yield traffic.mail(start, shape.body, broken), True, broken


class _Merge:
    """Puts the records of connections that overlap into the order of time."""

    __slots__ = ("_records", "_stream", "_times", "_wait")

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._times: list[int] = []
        self._records: list[bytes] = []
        self._wait = _BATCH

    def add(self, connection: Connection) -> None:
        """Take one more; none that comes later may begin earlier."""
        self._times += connection.times
        self._records += connection.records
        if len(self._times) >= self._wait:
            self.write(connection.times[0])
            self._wait = len(self._times) + _BATCH

    def write(self, until: int | None) -> None:
        """Write the records before a time, or all."""
        times = np.array(self._times, dtype=np.int64)
        # Stable: frames of one connection at one time stay in their order.
        order = np.argsort(times, kind="stable")
        ready = len(order) if until is None else int(np.searchsorted(times[order], until))
        rows = order.tolist()
        self._stream.write(b"".join([self._records[row] for row in rows[:ready]]))
        self._times = [self._times[row] for row in rows[ready:]]
        self._records = [self._records[row] for row in rows[ready:]]


def main() -> int:
    """Make the capture that the command line asks for."""
    parser = argparse.ArgumentParser(description="Make a big capture to measure with.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--mail", type=float, default=1.0, help="share of the connections that are mail")
    parser.add_argument("--body", type=float, default=3.0, help="mean number of full segments")
    parser.add_argument("--broken", type=float, default=0.0, help="share of the mail that is broken")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    shape = Shape(asked.frames, asked.mail, asked.body, asked.broken, asked.seed)
    sys.stdout.write(json.dumps(asdict(generate(asked.file, shape))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

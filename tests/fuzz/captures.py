"""Any octets as a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from capture import capture_octets as made
from capture.reading import Reading, read

from desync.capture import window
from desync.errors import NotACapture

SAMPLES = Path(__file__).parents[2] / "captures"

LONGEST = 4096
"""Octets that are worth while."""


def seeds() -> list[bytes]:
    """Small captures of every format, whole and joined, and the beginnings of samples."""
    some = made.frames(3, octets=20)
    small = [make(some, order) for make in (made.pcap, made.pcapng) for order in "<>"]
    small += [made.pcap(some, magic=magic) for magic in (0xA1B23C4D, 0xA1B2CD34, 0x1C0001AC)]
    small += [made.snoop(some), made.snoop(some, drops=(1, 2, 3)), small[0] + small[3], small[3] * 2]
    samples = sorted(SAMPLES.rglob("*.pcap"))[::40] + sorted(SAMPLES.glob("*.snoop"))[:1]
    return small + [path.read_bytes()[:4000] for path in samples]


def run(octets: bytes) -> None:
    """A file of these octets is read, or refused; windows and slices change nothing."""
    with written(octets) as path:
        whole = read_or_refuse(path)
        with patch.object(window, "WINDOW_OCTETS", 1 + len(octets) // 3), patch.object(window, "LITTLE", 5):
            assert told(read_or_refuse(path, 1)) == told(whole)
    if whole is not None:
        _check(whole, len(octets))


def told(reading: Reading | None) -> tuple[object, ...] | None:
    """All that a reading says of the frames and the file."""
    if reading is None:
        return None
    reader = reading.reader
    return (
        reading.frames,
        reading.times,
        reading.lengths,
        reading.links,
        reader.problems,
        reader.interfaces,
        reader.comments,
        reader.dropped,
    )


@contextmanager
def written(octets: bytes) -> Iterator[str]:
    """These octets in a file that is soon gone."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "x")
        path.write_bytes(octets)
        yield str(path)


def read_or_refuse(path: str, slice_octets: int = 1 << 20) -> Reading | None:
    try:
        return read(path, slice_octets)
    except NotACapture:
        return None


def _check(whole: Reading, size: int) -> None:
    assert sum(len(frame) for frame in whole.frames) <= size
    assert all(length >= 0 for length in whole.lengths)
    assert all(0 <= offset < offset + octets <= size for offset, octets in whole.reader.damage)
    assert all(0 <= problem.offset <= size for problem in whole.reader.problems)

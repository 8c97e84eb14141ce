"""Read frames with several programs and libraries; each gives what it makes of a file.

May know how each is called; must not know what is in the files. One that fails gives what it had read, as its
users would have it.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal, TypeAlias

Reader: TypeAlias = Callable[[Path], Iterator[bytes]]

WITHIN: Final = 60
"""Seconds that a program may take."""

_DESYNC: Final = """
import sys, struct
from desync.capture.archives import open_members
from desync.capture.open import CaptureReader
from desync.capture.slices import read_frames
from desync.errors import CaptureError
for one in open_members(sys.argv[1]):
    try:
        with CaptureReader(one) as capture:
            for piece in capture.slices(1 << 20):
                columns = read_frames(piece)
                for at, size in zip(columns.offset.tolist(), columns.captured.tolist()):
                    sys.stdout.buffer.write(struct.pack("<I", size))
                    sys.stdout.buffer.write(columns.octets[at : at + size].tobytes())
    except CaptureError:
        pass
"""

_DPKT: Final = """
import sys, struct, dpkt, dpkt.snoop
with open(sys.argv[1], "rb") as file:
    try:
        reader = dpkt.snoop.Reader(file) if file.peek(5)[:5] == b"snoop" else dpkt.pcap.UniversalReader(file)
        for _, octets in reader:
            sys.stdout.buffer.write(struct.pack("<I", len(octets)) + octets)
    except Exception as error:
        print(repr(error), file=sys.stderr)
"""

_SCAPY: Final = """
import sys, struct, logging
logging.disable(logging.CRITICAL)
from scapy.utils import RawPcapReader
try:
    for octets, _ in RawPcapReader(sys.argv[1]):
        sys.stdout.buffer.write(struct.pack("<I", len(octets)) + octets)
except Exception as error:
    print(repr(error), file=sys.stderr)
"""


def _script(source: str) -> Reader:
    def read(path: Path) -> Iterator[bytes]:
        octets, at = _output([sys.executable, "-c", source, str(path)]), 0
        while at + 4 <= len(octets):
            size = int.from_bytes(octets[at : at + 4], "little")
            yield octets[at + 4 : at + 4 + size]
            at += 4 + size

    return read


def _tshark(path: Path) -> Iterator[bytes]:
    command = ["tshark", "-r", str(path), "-T", "json", "-x", "-J", "frame"]
    text = _output(command).decode(errors="replace").strip()
    try:
        packets = json.loads(text if text.endswith("]") else text.rstrip(",\n") + "]")
    except ValueError:
        return
    for one in packets:
        yield bytes.fromhex(one["_source"]["layers"].get("frame_raw", [""])[0])


def _tcpdump(path: Path) -> Iterator[bytes]:
    # Written again as pcap: its text shows no frame without octets, and addresses before it has read them.
    octets, at = _output(["tcpdump", "-r", str(path), "-w", "-"]), 24
    order: Literal["little", "big"] = "little" if octets[:1] in {b"\xd4", b"\x4d"} else "big"
    while at + 16 <= len(octets):
        size = int.from_bytes(octets[at + 8 : at + 12], order)
        yield octets[at + 16 : at + 16 + size]
        at += 16 + size


def _output(command: list[str]) -> bytes:
    try:
        done = subprocess.run(command, capture_output=True, timeout=WITHIN, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout


READERS: Final[dict[str, Reader]] = {
    "desync": _script(_DESYNC),
    "tshark": _tshark,
    "tcpdump": _tcpdump,
    "dpkt": _script(_DPKT),
    "scapy": _script(_SCAPY),
}

"""Make damaged captures of known content, the same ones each time.

May know file formats and ways of damage; must not know who reads the captures.
"""

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

SECOND: Final = 1_449_610_262
FRAMES: Final = 500
END: Final = 16
SIZES: Final = (54, 60, 66, 74, 90, 150, 400, 1000, 1514)


@dataclass(frozen=True, slots=True)
class Sample:
    """A damaged capture.

    Attributes:
        name: What the table calls it; also the file's name.
        octets: The file.
        whole: The frames that are still there octet by octet.
        ends: The first and the last octets of all that were in it before: what begins or ends so was a frame.
    """

    name: str
    octets: bytes
    whole: frozenset[bytes]
    ends: frozenset[bytes]

    def is_false(self, frame: bytes) -> bool:
        """Whether something is no frame that ever was, not even a part of one."""
        return frame not in self.whole and self.ends.isdisjoint((frame[:END], frame[-END:]))


def frames(count: int = FRAMES, seed: int = 1) -> list[bytes]:
    """Make Ethernet frames of IP and TCP, each different."""
    choose = random.Random(seed)  # noqa: S311 - the same octets each time
    made = []
    for number in range(count):
        size = choose.choice(SIZES)
        ip = struct.pack(
            ">BBHHHBBH4s4s", 0x45, 0, size - 14, number, 0x4000, 64, 6, 0, b"\n\0\0\1", b"\n\0\0\2"
        )
        total = sum(struct.unpack(">10H", ip)) % 0xFFFF
        ip = ip[:10] + struct.pack(">H", 0xFFFF - total) + ip[12:]
        tcp = struct.pack(">HHIIBBHHH", 40000, 25, number, 1, 0x50, 0x10, 999, 0, 0)
        made.append(b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp + choose.randbytes(size - 54))
    return made


def pcap(some: list[bytes], order: str = "<") -> tuple[bytes, list[int]]:
    """Write a pcap file.

    Returns:
        The file, and where each record begins.
    """
    octets = bytearray(struct.pack(f"{order}IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
    places = []
    for number, one in enumerate(some):
        places.append(len(octets))
        seconds, rest = divmod(number * 3000, 1_000_000)
        octets += struct.pack(f"{order}IIII", SECOND + seconds, rest, len(one), len(one)) + one
    return bytes(octets), places


def pcapng(some: list[bytes], order: str = "<") -> tuple[bytes, list[int]]:
    """Write a pcapng file; see ``pcap``."""
    octets = bytearray(struct.pack(f"{order}IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28))
    octets += struct.pack(f"{order}IIHHII", 1, 20, 1, 0, 0, 20)
    places = []
    for number, one in enumerate(some):
        places.append(len(octets))
        ticks, total = SECOND * 1_000_000 + number * 3000, 32 + (len(one) + 3) // 4 * 4
        octets += struct.pack(
            f"{order}IIIIIII", 6, total, 0, ticks >> 32, ticks & 0xFFFFFFFF, len(one), len(one)
        )
        octets += one + bytes(-len(one) % 4) + struct.pack(f"{order}I", total)
    return bytes(octets), places


def snoop(some: list[bytes]) -> tuple[bytes, list[int]]:
    """Write a snoop file; see ``pcap``."""
    octets = bytearray(b"snoop\0\0\0" + struct.pack(">II", 2, 4))
    places = []
    for number, one in enumerate(some):
        places.append(len(octets))
        seconds, rest = divmod(number * 3000, 1_000_000)
        total = 24 + (len(one) + 3) // 4 * 4
        octets += struct.pack(">IIIIII", len(one), len(one), total, 0, SECOND + seconds, rest)
        octets += one + bytes(-len(one) % 4)
    return bytes(octets), places


Writer = Callable[[list[bytes]], tuple[bytes, list[int]]]
Damage = Callable[[bytearray, list[int], random.Random], None]


def _zero(octets: bytearray, places: list[int], choose: random.Random) -> None:
    at = choose.choice(places[2:-2])
    octets[at : at + 512] = bytes(512)


def _hole(octets: bytearray, places: list[int], choose: random.Random) -> None:
    at = choose.choice(places[2:-2])
    octets[at:at] = bytes(4096)


def _noise(octets: bytearray, places: list[int], choose: random.Random) -> None:
    at = choose.choice(places[2:-2]) + 1
    octets[at : at + 37] = choose.randbytes(37)


def _inserted(octets: bytearray, places: list[int], choose: random.Random) -> None:
    at = choose.choice(places[2:-2])
    octets[at:at] = choose.randbytes(37)


def _lost(octets: bytearray, places: list[int], choose: random.Random) -> None:
    at = choose.choice(places[2:-9]) + 20
    del octets[at : at + 700]


def _flipped(octets: bytearray, places: list[int], choose: random.Random) -> None:
    # In what says how long a record is: of pcap and snoop the third word, of pcapng the second.
    at = choose.choice(places[2:-2]) + (4 if octets[:1] == b"\n" else 8)
    octets[at + choose.randrange(4)] ^= 1 << choose.randrange(8)


def _all_over(octets: bytearray, places: list[int], choose: random.Random) -> None:
    for at in range(places[2], len(octets) - 16, 5000):
        octets[at : at + 16] = choose.randbytes(16)


def _tail(octets: bytearray, places: list[int], choose: random.Random) -> None:
    del octets[places[-1] + choose.randrange(8, 30) :]


def _zero_tail(octets: bytearray, _: list[int], __: random.Random) -> None:
    octets += bytes(4096)


DAMAGES: Final[dict[str, Damage]] = {
    "cut in the last record": _tail,
    "4096 zeros behind the end": _zero_tail,
    "512 octets overwritten with zeros": _zero,
    "4096 zeros put in": _hole,
    "37 octets overwritten": _noise,
    "37 octets put in": _inserted,
    "700 octets lost": _lost,
    "a bit flipped in a length": _flipped,
    "16 octets overwritten every 5,000": _all_over,
}

WRITERS: Final[dict[str, Writer]] = {"pcap": pcap, "pcapng": pcapng, "snoop": snoop}


def samples(tries: int = 3) -> Iterator[list[Sample]]:
    """Yield the samples of each kind of damage, ``tries`` of it at different places."""
    some = frames()
    for form, write in WRITERS.items():
        whole, places = write(some)
        for name, damage in DAMAGES.items():
            several = []
            for number in range(tries):
                octets = bytearray(whole)
                damage(octets, places, random.Random(number))  # noqa: S311 - the same octets each time
                several.append(_sample(f"{form}, {name}", bytes(octets), some))
            yield several
    yield from ([_sample(name, octets, some)] for name, octets in _packed(some))


def _packed(some: list[bytes]) -> Iterator[tuple[str, bytes]]:
    whole, _ = pcap(some)
    big, _ = pcap(some, ">")
    yield "two captures, one behind the other", whole + big
    yield "pcap, transferred in text mode", whole.replace(b"\n", b"\r\n")
    cut = {"gzip": gzip.compress(whole, mtime=0), "xz": lzma.compress(whole), "bz2": bz2.compress(whole, 1)}
    for name, octets in cut.items():
        yield f"{name}, cut at three quarters", octets[: len(octets) * 3 // 4]
    yield "gzip, garbage behind it", cut["gzip"] + b"garbage!"
    yield "gzip in gzip", gzip.compress(cut["gzip"], mtime=0)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        about = tarfile.TarInfo("a.pcap")
        about.size = len(whole)
        tar.addfile(about, io.BytesIO(whole))
    yield "tar in gzip", gzip.compress(archive.getvalue(), mtime=0)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo("a.pcap"), whole, zipfile.ZIP_DEFLATED)
    yield "zip, cut at three quarters", archive.getvalue()[: len(archive.getvalue()) * 3 // 4]


def _sample(name: str, octets: bytes, some: list[bytes]) -> Sample:
    wrapped = not any(word in name for word in ("gzip", "xz", "bz2", "zip", "text mode"))
    whole = frozenset(one for one in some if not wrapped or one in octets)
    return Sample(name, octets, whole, frozenset(end for one in some for end in (one[:END], one[-END:])))

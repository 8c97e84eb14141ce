"""Any octets compressed, once or twice, in one piece or several, and then damaged."""

import bz2
import gzip
import lzma
from collections.abc import Callable

import lz4.frame
import zstandard
from fuzz import captures
from fuzz.captures import read_or_refuse, written
from fuzz.feed import Feed

LONGEST = captures.LONGEST

CODECS: list[Callable[[bytes], bytes]] = [
    gzip.compress,
    lambda octets: zstandard.ZstdCompressor(write_checksum=True).compress(octets),
    lz4.frame.compress,
    bz2.compress,
    lzma.compress,
]


def seeds() -> list[bytes]:
    """Every codec in every other, damaged in every way."""
    plain = captures.seeds()[:8]
    return [bytes([codec, again, codec, again % 4, 0, 40 * codec, 9]) + plain[(codec + again) % 8]
            for codec in range(5) for again in range(5)]  # fmt: skip


def run(octets: bytes) -> None:
    """What is compressed, once or twice, in one piece or several, and then damaged, is read or refused."""
    feed = Feed(octets)
    codec, again, members = feed.choice(CODECS), feed.choice([None, *CODECS]), 1 + feed.number() % 3
    damage, place, value = feed.number() % 4, feed.number(2), feed.number()
    plain = feed.rest()
    size = len(plain) // members + 1
    packed = b"".join(codec(plain[at : at + size]) for at in range(0, len(plain), size)) or codec(b"")
    packed = again(packed) if again else packed
    place %= len(packed)
    cut = packed[:place]
    damaged = [packed, cut, cut + bytes([packed[place] ^ (value or 1)]) + packed[place + 1 :],
               packed + bytes([value]) * place][damage]  # fmt: skip
    with written(damaged) as path:
        found = read_or_refuse(path)
    with written(plain) as path:
        whole = read_or_refuse(path)
    if damage == 0:
        assert (found and found.frames) == (whole and whole.frames)
    if damage == 1 and found is not None and whole is not None and len(found.frames) > 1:
        # Behind a cut everything before it stays; the last frame may be cut, and a search gone another way.
        assert found.frames[0] == whole.frames[0]

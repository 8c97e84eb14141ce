"""Unfold a compressed input: any number of members, sound or not, one step at a time.

May know the magic numbers of compression formats; must not know capture formats. The name of a
file says nothing here: only its content does.
"""

from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from desync.capture.decoders import (
    BadStreamError,
    Bzip2Decoder,
    Decoder,
    GzipDecoder,
    Lz4Decoder,
    XzDecoder,
)
from desync.capture.window import Reader

Compression: TypeAlias = Literal["gzip", "zstd", "xz", "bz2", "lz4"]

MAGIC_OCTETS: Final = 13
"""Octets that tell every format: those of an lzma header."""

Report: TypeAlias = Callable[[Literal["truncated", "compression"], int, str], None]
"""Takes a kind of problem, an offset in the uncompressed octets and a message."""


def _zstd() -> Decoder:
    # Loaded only for captures that are compressed so: start-up counts.
    from desync.capture.zstd import ZstdDecoder  # noqa: PLC0415

    return ZstdDecoder()


class Codec(NamedTuple):
    """A compression format: its name, its decoder, and how much input to hand over at once.

    Small pieces where the library throws away, on an error, what the piece had given.
    """

    name: Compression
    decoder: Callable[[], Decoder]
    piece: int


GZIP: Final = Codec("gzip", GzipDecoder, 1 << 16)
ZSTD: Final = Codec("zstd", _zstd, 1 << 16)
XZ: Final = Codec("xz", XzDecoder, 1 << 9)
BZIP2: Final = Codec("bz2", Bzip2Decoder, 1 << 9)
LZ4: Final = Codec("lz4", Lz4Decoder, 1 << 12)


def codec_of(head: bytes) -> Codec | None:
    """Tell the compression of an input by its first octets."""
    if head.startswith(b"\x1f\x8b\x08"):
        return GZIP
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return ZSTD
    if head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50:
        return ZSTD
    if head.startswith(b"\xfd7zXZ\x00"):
        return XZ
    if head.startswith(b"BZh") and head[4:10] in {b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"}:
        return BZIP2
    if head.startswith(b"\x04\x22\x4d\x18"):
        return LZ4
    return XZ if _is_lzma(head) else None


def _is_lzma(head: bytes) -> bool:
    # No magic number: properties 0x5d, a dictionary of at least 4 KiB and whole pages, and a
    # size that is unknown or below 2^40. What comes out has to be a capture anyway.
    if len(head) < MAGIC_OCTETS or head[:3] != b"\x5d\x00\x00":
        return False
    return head[5:13] == b"\xff" * 8 or head[10:13] == b"\x00" * 3


def unfold(codec: Codec, read: Reader, report: Report) -> Iterator[bytes]:
    """Yield the uncompressed octets of all members, bounded piece by bounded piece.

    What came before an error is yielded before the error is reported. Zero octets behind the
    last member are padding; anything else there is reported and left alone.

    Args:
        codec: The compression of the first member.
        read: Gives the compressed octets.
        report: Takes problems, with offsets in the uncompressed octets.
    """
    member = _Member(codec, read)
    octets = read(codec.piece)
    while octets:
        yield from member.unfold(octets)
        if member.fault is not None:
            report(member.fault[0], member.given, member.fault[1])
            return
        octets = _behind_padding(member.rest, read)
        if octets and codec_of(octets) is not codec:
            message = f"the octets behind the end of the {codec.name} stream are no {codec.name}"
            report("compression", member.given, message)
            return


class _Member:
    """Unfolds one member after another; ``rest`` is the input behind the last one."""

    def __init__(self, codec: Codec, read: Reader) -> None:
        self._codec = codec
        self._read = read
        self.given = 0
        self.rest = b""
        self.fault: tuple[Literal["truncated", "compression"], str] | None = None

    def unfold(self, octets: bytes) -> Iterator[bytes]:
        decoder = self._codec.decoder()
        while not decoder.ended:
            if not octets and decoder.hungry:
                octets = self._read(self._codec.piece)
                if not octets:
                    self.fault = ("truncated", f"the {self._codec.name} stream ends before its end mark")
                    return
            piece, octets = octets[: self._codec.piece], octets[self._codec.piece :]
            yield from self._step(decoder, piece)
            if self.fault is not None:
                return
        self.rest = decoder.unused + octets

    def _step(self, decoder: Decoder, piece: bytes) -> Iterator[bytes]:
        try:
            output = decoder.decode(piece)
            self.given += len(output)
            yield output
            while not decoder.hungry and not decoder.ended:
                output = decoder.decode(b"")
                self.given += len(output)
                yield output
        except BadStreamError as error:
            self.given += len(error.rescued)
            yield error.rescued
            self.fault = ("compression", f"the {self._codec.name} stream is damaged: {error}")


def _behind_padding(octets: bytes, read: Reader) -> bytes:
    """Skip zero octets; give the rest, at least enough of it to tell a member by."""
    octets = octets.lstrip(b"\0")
    while len(octets) < MAGIC_OCTETS:
        more = read(1 << 16)
        if not more:
            break
        octets = (octets + more).lstrip(b"\0")
    return octets

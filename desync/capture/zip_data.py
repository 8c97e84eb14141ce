"""The octets of a member of a zip archive, whatever they were compressed with.

May know compression methods; must not know headers' layouts.

Source:
    PKWARE's APPNOTE.TXT, section 4.4.5 (methods), 5.8 (LZMA).
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Final

from desync.capture.decoders import BadStreamError, Bzip2Decoder, Decoder, InflateDecoder, XzDecoder
from desync.capture.members import BadMember, CutMember, plain_octets
from desync.capture.stream import PIECE_OCTETS, Stream, Stretch, pass_over, take
from desync.capture.zip_header import DESCRIPTOR, DESCRIPTOR_OCTETS, LocalHeader, read_descriptor

STORED: Final = 0
LZMA: Final = 14
ENDS_ITSELF: Final = 2
"""Flag of lzma: a mark ends the octets."""

MOST_OCTETS: Final = 1 << 62

PIECE: Final = 1 << 12
"""Octets handed over at once: some libraries throw away, on an error, what they had given."""


def _zstd() -> Decoder:
    # Loaded only for members that are compressed so: start-up counts.
    from desync.capture.zstd import ZstdDecoder  # noqa: PLC0415

    return ZstdDecoder()


METHODS: Final[dict[int, Callable[[], Decoder]]] = {
    8: InflateDecoder,
    12: Bzip2Decoder,
    LZMA: XzDecoder,
    93: _zstd,
    95: XzDecoder,
}


def member_octets(header: LocalHeader, stream: Stream) -> Iterator[bytes]:
    """Yield the octets of a member, and read the stream on to behind it.

    Raises:
        BadMember: Behind the octets that could be had: the archive ends there, the compressed octets
            contradict themselves, or the checksum says that something else was packed.
    """
    own = Stretch(stream, MOST_OCTETS if header.stored is None else header.stored)
    if header.method != STORED:
        pieces = _unfolded(header, own)
    else:
        pieces = plain_octets(own) if header.stored is not None else _until_described(stream)
    checksum, given = 0, 0
    for piece in pieces:
        checksum = zlib.crc32(piece, checksum)
        given += len(piece)
        yield piece
    wanted = header.checksum
    if header.stored is not None:
        pass_over(own, own.left)
    if header.described:
        found = read_descriptor(stream.peek(DESCRIPTOR_OCTETS[1]))
        wanted = checksum if found is None else found[0]
    if checksum != wanted:
        reason = f"the member's checksum is {checksum:08x}, the zip archive says {wanted:08x}"
        raise BadMember(reason)


def _until_described(stream: Stream) -> Iterator[bytes]:
    """Octets of a length that stands behind them only: they end where a checksum is theirs."""
    checksum, given = 0, 0
    while ahead := stream.peek(PIECE_OCTETS):
        at = ahead.find(DESCRIPTOR)
        if at == 0:
            found = read_descriptor(stream.peek(DESCRIPTOR_OCTETS[1]))
            if found == (checksum, given):
                return
            at = 1
        # The signature may lie across what was looked at.
        octets = at if at > 0 else max(1, len(ahead) - len(DESCRIPTOR) + 1)
        piece = take(stream, octets)
        checksum = zlib.crc32(piece, checksum)
        given += len(piece)
        yield piece
    reason = "the archive ends inside this member, whose length would stand behind it"
    raise CutMember(reason)


def _unfolded(header: LocalHeader, own: Stretch) -> Iterator[bytes]:
    decoder = METHODS[header.method]()
    try:
        if header.method == LZMA:
            yield decoder.decode(_lzma_header(header, own))
        while not decoder.ended:
            piece = own.peek(PIECE)
            if not piece:
                reason = "the member's compressed octets end too early"
                raise CutMember(reason)
            yield decoder.decode(piece)
            while not decoder.hungry and not decoder.ended:
                yield decoder.decode(b"")
            take(own, len(piece) - (len(decoder.unused) if decoder.ended else 0))
    except BadStreamError as error:
        yield error.rescued
        pass_over(own, own.left if header.stored is not None else 0)
        reason = f"the member's compressed octets are damaged: {error}"
        raise BadMember(reason) from error


def _lzma_header(header: LocalHeader, own: Stretch) -> bytes:
    """The header of lzma alone: behind four octets of their own zip archives have it without the size."""
    before = take(own, 4)
    properties = take(own, int.from_bytes(before[2:], "little") & 0xFF)
    ends_itself = header.flags & ENDS_ITSELF or header.size is None
    size = (1 << 64) - 1 if ends_itself else header.size
    return properties + (size or 0).to_bytes(8, "little")

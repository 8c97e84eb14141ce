"""Decompress one zstd frame, block by block.

May know the framing of RFC 8878; must not know files, nor what is inside.

The blocks are found here and handed to the library one at a time, because its own readers
either unfold any amount at once or take a frame that was cut off for a whole one.
"""

from typing import Final, Literal

import zstandard

from desync.capture.decoders import STEP_OCTETS, BadStreamError

SKIPPABLE: Final = range(0x184D2A50, 0x184D2A60)
"""Magic numbers of skippable frames (RFC 8878, section 3.1.2)."""

LARGEST_WINDOW: Final = 1 << 31
"""``zstd --long=31``. Memory is touched only as far as the content fills it."""

CHECKSUM_FLAG: Final = 0x04
SINGLE_SEGMENT_FLAG: Final = 0x20
RUN_LENGTH_BLOCK: Final = 1
DICTIONARY_OCTETS: Final = (0, 1, 2, 4)
CONTENT_SIZE_OCTETS: Final = (0, 2, 4, 8)


class ZstdDecoder:
    """A zstd frame, or a skippable frame, which holds nothing."""

    def __init__(self) -> None:
        self._inflate = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW).decompressobj()
        self._waiting = b""
        self._stage: Literal["header", "skip", "block", "checksum", "end"] = "header"
        self._to_skip = 0
        self._checksum = False
        self.hungry = True

    @property
    def ended(self) -> bool:
        """The frame is complete."""
        return self._stage == "end"

    @property
    def unused(self) -> bytes:
        """Input behind the end of the frame."""
        return self._waiting if self.ended else b""

    def decode(self, octets: bytes) -> bytes:
        """Take more input, give a step of output and a block at most; raises BadStreamError."""
        self._waiting += octets
        produced, pieces = 0, [b""]
        self.hungry = False
        while not self.ended and not self.hungry and produced < STEP_OCTETS:
            unit = self._unit()
            if unit is None:
                self.hungry = True
            elif unit:
                try:
                    pieces.append(self._inflate.decompress(unit))
                except (zstandard.ZstdError, MemoryError) as error:
                    raise BadStreamError(str(error), b"".join(pieces)) from error
                produced += len(pieces[-1])
        return b"".join(pieces)

    def _unit(self) -> bytes | None:
        """Take the next header, block or checksum; None until all of it is there."""
        if self._stage == "header":
            return self._header()
        if self._stage == "block":
            return self._block()
        if self._stage == "checksum":
            unit = self._take(4)
            if unit is not None:
                self._stage = "end"
            return unit
        skipped = min(self._to_skip, len(self._waiting))
        self._waiting = self._waiting[skipped:]
        self._to_skip -= skipped
        if self._to_skip:
            return None
        self._stage = "end"
        return b""

    def _take(self, octets: int) -> bytes | None:
        if len(self._waiting) < octets:
            return None
        unit, self._waiting = self._waiting[:octets], self._waiting[octets:]
        return unit

    def _header(self) -> bytes | None:
        # RFC 8878, section 3.1.1.1: the descriptor says which fields follow it.
        if len(self._waiting) < 8:
            return None
        if int.from_bytes(self._waiting[:4], "little") in SKIPPABLE:
            self._to_skip = int.from_bytes(self._waiting[4:8], "little")
            self._waiting = self._waiting[8:]
            self._stage = "skip"
            return b""
        descriptor = self._waiting[4]
        single = bool(descriptor & SINGLE_SEGMENT_FLAG)
        size = CONTENT_SIZE_OCTETS[descriptor >> 6] or int(single)
        unit = self._take(5 + (not single) + DICTIONARY_OCTETS[descriptor & 3] + size)
        if unit is not None:
            self._checksum = bool(descriptor & CHECKSUM_FLAG)
            self._stage = "block"
        return unit

    def _block(self) -> bytes | None:
        # Section 3.1.1.2: last block (1 bit), type (2 bits), size (21 bits); a run-length
        # block of any size is stored as one octet.
        if len(self._waiting) < 3:
            return None
        header = int.from_bytes(self._waiting[:3], "little")
        size = 1 if header >> 1 & 3 == RUN_LENGTH_BLOCK else header >> 3
        unit = self._take(3 + size)
        if unit is not None and header & 1:
            self._stage = "checksum" if self._checksum else "end"
        return unit

"""Decompress one member or frame in bounded steps: gzip, deflate, bzip2, xz, lzma, lz4.

May know the decompressor objects of the libraries; must not know files, nor what is inside.
"""

import bz2
import lzma
import zlib
from typing import Final, Protocol

STEP_OCTETS: Final = 1 << 18
"""Most octets that one step yields: a bomb unfolds step by step, and nobody has to take the next."""

MEMORY_OCTETS: Final = 1 << 28
"""Memory that an xz or lzma stream may ask for; ``xz -9`` asks for 64 MiB."""

LZ4_MEMORY: Final = 1 << 22


class BadStreamError(Exception):
    """A compressed stream contradicts itself.

    Args:
        reason: What the library says.
        rescued: Octets that it had decompressed before.
    """

    def __init__(self, reason: str, rescued: bytes = b"") -> None:
        super().__init__(reason)
        self.rescued = rescued


class Decoder(Protocol):
    """One member of a compressed stream.

    Attributes:
        ended: The member is complete.
        hungry: No more output comes without more input.
        unused: Input behind the end of the member.
    """

    @property
    def ended(self) -> bool:
        """The member is complete."""
        ...

    @property
    def hungry(self) -> bool:
        """No more output comes without more input."""
        ...

    @property
    def unused(self) -> bytes:
        """Input behind the end of the member."""
        ...

    def decode(self, octets: bytes) -> bytes:
        """Take more input, give at most a step of output; raises BadStreamError."""
        ...


class InflateDecoder:
    """A deflate stream (RFC 1951) without header and trailer, as zip archives have it.

    Args:
        bits: The size of its window, and what is around it, as zlib takes them.
    """

    def __init__(self, bits: int = -zlib.MAX_WBITS) -> None:
        self._inflate = zlib.decompressobj(bits)
        self._waiting = b""
        self.hungry = True

    @property
    def ended(self) -> bool:
        """The member is complete."""
        return self._inflate.eof

    @property
    def unused(self) -> bytes:
        """Input behind the end of the member."""
        return self._inflate.unused_data

    def decode(self, octets: bytes) -> bytes:
        """Take more input, give at most a step of output; raises BadStreamError."""
        before = self._inflate.copy()
        octets = self._waiting + octets
        try:
            output = self._inflate.decompress(octets, STEP_OCTETS)
        except zlib.error as error:
            raise BadStreamError(str(error), _rescue(before, octets)) from error
        self._waiting = self._inflate.unconsumed_tail
        self.hungry = not self._waiting and len(output) < STEP_OCTETS
        return output


class GzipDecoder(InflateDecoder):
    """A gzip member (RFC 1952)."""

    def __init__(self) -> None:
        super().__init__(16 + zlib.MAX_WBITS)


def _rescue(inflate: "zlib._Decompress", octets: bytes) -> bytes:
    # zlib's Python object throws away what it had decompressed when it meets an error:
    # do that step again, octet by octet, up to the error.
    pieces = []
    try:
        for octet in octets:
            pieces.append(inflate.decompress(bytes([octet])))  # noqa: PERF401 - the error ends it
    except zlib.error:
        pass
    return b"".join(pieces)


class _Buffered:
    """The decompressors of bz2, lzma and lz4, which keep their input themselves."""

    errors: tuple[type[Exception], ...] = (OSError, EOFError, ValueError, RuntimeError, lzma.LZMAError)

    def __init__(self, object_: "bz2.BZ2Decompressor | lzma.LZMADecompressor") -> None:
        self._object = object_

    @property
    def ended(self) -> bool:
        """The member is complete."""
        return self._object.eof

    @property
    def hungry(self) -> bool:
        """No more output comes without more input."""
        return self._object.needs_input

    @property
    def unused(self) -> bytes:
        """Input behind the end of the member."""
        return self._object.unused_data or b""

    def decode(self, octets: bytes) -> bytes:
        """Take more input, give at most a step of output; raises BadStreamError."""
        try:
            return self._object.decompress(octets, STEP_OCTETS)
        except self.errors as error:
            raise BadStreamError(str(error)) from error


class Bzip2Decoder(_Buffered):
    """A bzip2 stream."""

    def __init__(self) -> None:
        super().__init__(bz2.BZ2Decompressor())


class XzDecoder(_Buffered):
    """An xz stream, or the older lzma alone."""

    def __init__(self) -> None:
        super().__init__(lzma.LZMADecompressor(memlimit=MEMORY_OCTETS))


class Lz4Decoder(_Buffered):
    """An lz4 frame."""

    def __init__(self) -> None:
        # Loaded only for captures that are compressed so: start-up counts.
        import lz4.frame  # noqa: PLC0415

        super().__init__(lz4.frame.LZ4FrameDecompressor())

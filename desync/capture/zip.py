"""Walk the members of a zip archive, from its beginning to its end.

The headers in front of the members are read, not the directory behind them: so an archive that comes
through a pipe, or whose end is missing, gives what it has, and members that overlap to be unpacked a
million times do not. May know headers and their order; must not know what members hold.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from desync.capture.members import BadMember, Complain, Packed
from desync.capture.stream import PIECE_OCTETS, Stream, pass_over, take
from desync.capture.zip_data import METHODS, STORED, member_octets
from desync.capture.zip_header import (
    BEHIND,
    DESCRIPTOR_OCTETS,
    LOCAL,
    LOCAL_OCTETS,
    LocalHeader,
    header_octets,
    read_local_header,
)

SIGNATURES: Final = (LOCAL, *BEHIND)


class ZipWalk:
    """Walks a zip archive.

    Args:
        stream: The archive's octets.
        complain: Told what is wrong with it.
    """

    def __init__(self, stream: Stream, complain: Complain) -> None:
        self._stream = stream
        self._complain = complain

    def members(self) -> Iterator[Packed]:
        """Yield the members that are files; what is left of one is passed over when the next is asked for."""
        while self._at_header():
            head = self._stream.peek(LOCAL_OCTETS)
            octets = header_octets(head) if len(head) == LOCAL_OCTETS else LOCAL_OCTETS
            header = read_local_header(self._stream.peek(octets))
            if header is None:
                self._complain("the zip archive is damaged: a member's header is none")
                take(self._stream, len(LOCAL))
                continue
            take(self._stream, header.octets)
            if not header.name.endswith("/"):
                yield from self._member(header)

    def _member(self, header: LocalHeader) -> Iterator[Packed]:
        refusal = _refusal(header)
        if refusal is not None:
            yield Packed(header.name, header.size, iter(()), refusal)
            pass_over(self._stream, header.stored or 0)
            return
        packed = Packed(header.name, header.size, member_octets(header, self._stream))
        yield packed
        with suppress(BadMember):
            for _ in packed.pieces:
                pass

    def _at_header(self) -> bool:
        """Go on to the next member; tell whether there is one."""
        passed = 0
        while ahead := self._stream.peek(PIECE_OCTETS):
            places = [at for at in map(ahead.find, SIGNATURES) if at >= 0]
            octets = min(places) if places else max(1, len(ahead) - len(LOCAL) + 1)
            take(self._stream, octets)
            passed += octets
            if places:
                if passed > DESCRIPTOR_OCTETS[1]:
                    self._complain(f"the zip archive is damaged: {passed} octets are no header and no member")
                return ahead.startswith(LOCAL, octets)
        self._complain("the zip archive ends without its directory: members may be missing")
        return False


def _refusal(header: LocalHeader) -> str | None:
    if header.encrypted:
        return "is encrypted in its zip archive: unpack it with its password first"
    if header.method != STORED and header.method not in METHODS:
        return f"is compressed by method {header.method} of zip, which is not supported: unpack it first"
    return None

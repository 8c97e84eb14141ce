"""Walk the members of a tar archive, from its beginning to its end.

May know headers and their order; must not know what members hold. Nothing is unpacked to disk; whatever
a member is called, it is a name and no more.
"""

from collections.abc import Iterator
from typing import Final

from desync.capture.members import Complain, Packed, plain_octets
from desync.capture.stream import Stream, Stretch, pass_over, take
from desync.capture.tar_header import (
    BLOCK,
    EXTENDED,
    LONG_NAME,
    MOST_DIGITS,
    REGULAR,
    SPARSE,
    USTAR_MAGIC,
    USTAR_OFFSET,
    TarHeader,
    pax_records,
    read_tar_header,
)
from desync.capture.tar_sparse import Sparse, expanded, old_sparse, pax_sparse

MOST_EXTENDED: Final = 1 << 20
"""Octets of an extended header that are read; names are shorter."""

SEARCHED_OCTETS: Final = 1 << 16


def is_tar(head: bytes) -> bool:
    """Tell whether an input begins with the header of a tar member."""
    return len(head) >= BLOCK and any(head[:100]) and read_tar_header(head[:BLOCK]) is not None


class TarWalk:
    """Walks a tar archive.

    Args:
        stream: The archive's octets.
        complain: Told what is wrong with it.
    """

    def __init__(self, stream: Stream, complain: Complain) -> None:
        self._stream = stream
        self._complain = complain
        self._fields: dict[bytes, bytes] = {}
        self._pairs: list[bytes] = []
        self._long_name = b""

    def members(self) -> Iterator[Packed]:
        """Yield the members that are files; what is left of one is passed over when the next is asked for."""
        marked = False
        while len(block := take(self._stream, BLOCK)) == BLOCK:
            if not any(block):
                # Two blocks of zeros end an archive; another may have been appended.
                marked = True
                continue
            header = read_tar_header(block) or self._searched(block, marked=marked)
            if header is None:
                return
            marked = False
            yield from self._member(header)
        if not marked:
            self._complain("the tar archive ends without its end mark: members may be missing")

    def _member(self, header: TarHeader) -> Iterator[Packed]:
        if header.kind == LONG_NAME:
            self._long_name = self._extended(header.size).rstrip(b"\0")
            return
        if header.kind in EXTENDED:
            self._note(self._extended(header.size))
            return
        octets = self._fields.get(b"size", b"")
        size = int(octets) if octets.isdigit() and len(octets) < MOST_DIGITS else header.size
        sparse = old_sparse(header, self._stream) if header.kind == SPARSE else None
        own = Stretch(self._stream, size)
        if header.kind in REGULAR or header.kind == SPARSE:
            yield self._packed(header, own, sparse)
        pass_over(self._stream, own.left + -size % BLOCK)
        self._fields, self._pairs, self._long_name = {}, [], b""

    def _packed(self, header: TarHeader, own: Stretch, sparse: Sparse | None) -> Packed:
        name = self._fields.get(b"GNU.sparse.name") or self._fields.get(b"path") or self._long_name
        shown = (name or header.name).decode("utf-8", "surrogateescape")
        announced = any(each.startswith(b"GNU.sparse") for each in self._fields)
        if announced:
            sparse = pax_sparse(self._fields, b",".join(self._pairs), own.left, own)
        if sparse is not None:
            return Packed(shown, sparse.size, expanded(sparse, own))
        if announced or header.kind == SPARSE:
            return Packed(shown, None, iter(()), "is a sparse member of a tar archive whose map is damaged")
        return Packed(shown, own.left, plain_octets(own))

    def _note(self, octets: bytes) -> None:
        for keyword, value in pax_records(octets):
            if keyword in {b"GNU.sparse.offset", b"GNU.sparse.numbytes"}:
                self._pairs.append(value)
            self._fields[keyword] = value

    def _extended(self, size: int) -> bytes:
        octets = take(self._stream, min(size, MOST_EXTENDED))
        pass_over(self._stream, size - len(octets) + -size % BLOCK)
        return octets

    def _searched(self, block: bytes, *, marked: bool) -> TarHeader | None:
        """Find the next header behind something that is none: at any octet, as some may be missing."""
        passed = 0
        while True:
            ahead = self._stream.peek(SEARCHED_OCTETS)
            at, header = _found(block + ahead)
            if header is not None:
                pass_over(self._stream, at)
                self._complain(
                    f"the tar archive is damaged: {passed + at} octets are no header and no member"
                )
                return header
            if len(ahead) < SEARCHED_OCTETS:
                break
            passed += len(ahead)
            block = (block + take(self._stream, len(ahead)))[-BLOCK:]
        if not marked:
            self._complain("the tar archive is damaged: where a header is due there is none, nor behind it")
        return None


def _found(octets: bytes) -> tuple[int, TarHeader | None]:
    at = octets.find(USTAR_MAGIC)
    while at >= 0:
        start = at - USTAR_OFFSET
        header = read_tar_header(octets[start : start + BLOCK]) if start >= 0 else None
        if header is not None:
            return start, header
        at = octets.find(USTAR_MAGIC, at + 1)
    return 0, None

"""Sparse members of tar archives: where their octets belong, and the zeros between.

    GNU.sparse 0.0    a pair of pax records for each stretch
    GNU.sparse 0.1    all pairs in one pax record
    GNU.sparse 1.0    a list in decimal at the beginning of the member's octets
    type S            four pairs in the header, 21 in each block behind it

May know these four; must not know what the octets are.

Source:
    GNU tar's manual, "Storing Sparse Files".
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from desync.capture.members import CutMember
from desync.capture.stream import PIECE_OCTETS, Stream, pass_on, take
from desync.capture.tar_header import BLOCK, TarHeader, number

MOST_STRETCHES: Final = 1 << 16
_PAIR: Final = 24
_ZEROS: Final = bytes(PIECE_OCTETS)


class Sparse(NamedTuple):
    """A sparse member.

    Attributes:
        stretches: Offset and length of what is stored, in order.
        size: Octets of the whole.
        stored: Octets of the archive that are left for it.
    """

    stretches: Sequence[tuple[int, int]]
    size: int
    stored: int


def old_sparse(header: TarHeader, stream: Stream) -> Sparse | None:
    """Read the map of a member of type S; None where it is none."""
    pairs = _pairs(header.block[386:482], 4)
    size, more = number(header.block[483:495]), header.block[482]
    while more:
        block = take(stream, BLOCK)
        if len(block) < BLOCK or len(pairs) > MOST_STRETCHES:
            return None
        pairs += _pairs(block, 21)
        more = block[504]
    if size is None or any(None in pair for pair in pairs):
        return None
    return _checked([(a, b) for a, b in pairs if a is not None and b], size, header.size)


def pax_sparse(fields: Mapping[bytes, bytes], pairs: bytes, size: int, stream: Stream) -> Sparse | None:
    """Read the map that pax records announce; None where it is none.

    Args:
        fields: The records.
        pairs: The numbers of version 0.0, with commas between.
        size: Octets of the archive that belong to the member.
        stream: Gives them.
    """
    text = fields.get(b"GNU.sparse.map", pairs)
    stored = size
    if fields.get(b"GNU.sparse.major") == b"1":
        listed = _listed(stream)
        if listed is None:
            return None
        text, used = listed
        stored -= used
    numbers = [int(each) if each.isdigit() else -1 for each in text.split(b",")] if text else []
    whole = fields.get(b"GNU.sparse.realsize", fields.get(b"GNU.sparse.size", b""))
    if not whole.isdigit() or len(numbers) % 2:
        return None
    return _checked(list(zip(numbers[::2], numbers[1::2], strict=True)), int(whole), stored)


def expanded(sparse: Sparse, stream: Stream) -> Iterator[bytes]:
    """Yield the octets of a sparse member, its holes as zeros."""
    at = 0
    for offset, octets in sparse.stretches:
        yield from _zeros(offset - at)
        given = 0
        for piece in pass_on(stream, octets):
            given += len(piece)
            yield piece
        at = offset + given
        if given < octets:
            reason = f"the archive ends inside this member: its octets {at} to {sparse.size} are missing"
            raise CutMember(reason)
    yield from _zeros(sparse.size - at)


def _zeros(octets: int) -> Iterator[bytes]:
    while octets > 0:
        yield _ZEROS[:octets]
        octets -= PIECE_OCTETS


def _pairs(octets: bytes, count: int) -> list[tuple[int | None, int | None]]:
    fields = [octets[at : at + _PAIR] for at in range(0, count * _PAIR, _PAIR)]
    return [(number(each[:12]), number(each[12:])) for each in fields if any(each)]


def _listed(stream: Stream) -> tuple[bytes, int] | None:
    """The list of version 1.0, its numbers with commas between, and the octets that it took."""
    octets = b""
    wanted: int | None = None
    while wanted is None or octets.count(b"\n") < wanted:
        block = take(stream, BLOCK)
        octets += block
        if len(block) < BLOCK or len(octets) > MOST_STRETCHES * _PAIR:
            return None
        if wanted is None and b"\n" in octets:
            first = octets.partition(b"\n")[0]
            if not first.isdigit() or len(first) > 9:
                return None
            wanted = 1 + 2 * int(first)
    return b",".join(octets.split(b"\n")[1:wanted]), len(octets)


def _checked(stretches: list[tuple[int, int]], size: int, stored: int) -> Sparse | None:
    """Take a map that can be: in order, apart, inside of the file and of what is stored."""
    at = 0
    for offset, octets in stretches:
        if offset < at or octets < 0:
            return None
        at = offset + octets
    if at > size or sum(octets for _, octets in stretches) > stored:
        return None
    return Sparse(stretches, size, stored)

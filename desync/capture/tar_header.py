"""Read the header of a tar member: the old format, ustar, GNU's, with the extended headers of pax.

May know the fields of a header; must not know what follows it.

Source:
    POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"; GNU tar's manual, "Basic
    Tar Format".
"""

from typing import Final, NamedTuple

BLOCK: Final = 512

USTAR_MAGIC: Final = b"ustar"
USTAR_OFFSET: Final = 257

MOST_DIGITS: Final = 19
"""Of a size in decimal: below 2^62."""

REGULAR: Final = frozenset({b"0", b"\0", b"7"})
SPARSE: Final = b"S"
LONG_NAME: Final = b"L"
EXTENDED: Final = frozenset({b"x", b"X"})
"""X is Solaris'."""
WITHOUT_OCTETS: Final = frozenset({b"1", b"2", b"3", b"4", b"5", b"6"})
"""Links, devices, directories, pipes: whatever their size field says."""

MOST_OCTETS: Final = 1 << 62


class TarHeader(NamedTuple):
    """One header.

    Attributes:
        name: The member's name.
        size: Octets behind the header, padding not counted.
        kind: What the member is.
        block: The header itself.
    """

    name: bytes
    size: int
    kind: bytes
    block: bytes


def read_tar_header(block: bytes) -> TarHeader | None:
    """Read a header; None where the checksum is not that of a header."""
    if len(block) < BLOCK or number(block[148:156]) not in _checksums(block):
        return None
    size = number(block[124:136])
    if size is None or size > MOST_OCTETS:
        return None
    name = _text(block[0:100])
    if block[257:263] == b"ustar\0" and block[345]:
        name = _text(block[345:500]) + b"/" + name
    kind = block[156:157]
    if kind in REGULAR and name.endswith(b"/"):
        # The first tar wrote directories so.
        kind = b"5"
    return TarHeader(name, 0 if kind in WITHOUT_OCTETS else size, kind, block)


def number(field: bytes) -> int | None:
    """Read a number: octal digits, or GNU's base-256 where the first bit is set; None if it is neither."""
    if field[:1] >= b"\x80":
        value = int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
        return value if field[0] == 0x80 else None
    digits = field.split(b"\0")[0].strip(b" ")
    if any(digit not in b"01234567" for digit in digits):
        return None
    return int(digits or b"0", 8)


def _checksums(block: bytes) -> tuple[int, int]:
    # The field itself counts as spaces. Some old writers added octets up as signed numbers.
    octets = block[:148] + b" " * 8 + block[156:BLOCK]
    unsigned = sum(octets)
    return unsigned, unsigned - 256 * sum(octet >> 7 for octet in octets)


def _text(field: bytes) -> bytes:
    return field.split(b"\0")[0]


def pax_records(octets: bytes) -> list[tuple[bytes, bytes]]:
    """Read an extended header: ``length keyword=value`` lines, as far as they are sound."""
    records, at = [], 0
    while at < len(octets):
        digits, space, _ = octets[at : at + 20].partition(b" ")
        length = int(digits) if space and digits.isdigit() else 0
        line = octets[at + len(digits) + 1 : at + length]
        if not line.endswith(b"\n"):
            break
        keyword, _, value = line[:-1].partition(b"=")
        records.append((keyword, value))
        at += length
    return records

"""Read what stands between the members of a zip archive.

May know local headers, data descriptors and signatures; must not know how members are compressed.

Source:
    PKWARE's APPNOTE.TXT, sections 4.3.7 (local file header), 4.3.9 (data descriptor), 4.5.3 (zip64).
"""

from struct import unpack_from
from typing import Final, NamedTuple

LOCAL: Final = b"PK\x03\x04"
DESCRIPTOR: Final = b"PK\x07\x08"
BEHIND: Final = (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x08")
"""What begins behind the last member: the central directory, and its ends."""

LOCAL_OCTETS: Final = 30
DESCRIPTOR_OCTETS: Final = (16, 24)
"""With sizes of 32 and of 64 bits, the signature counted, which some leave out."""

ENCRYPTED: Final = 1
"""Bit 0; 6 is strong encryption."""
STRONGLY_ENCRYPTED: Final = 1 << 6
DESCRIBED: Final = 1 << 3
"""Sizes and checksum stand behind the member."""
UTF8: Final = 1 << 11

AES: Final = 99
ZIP64: Final = 1
_FULL: Final = 0xFFFFFFFF
_LATEST_VERSION: Final = 63


class LocalHeader(NamedTuple):
    """The header of a member.

    Attributes:
        name: As stored.
        flags, method, checksum: As stored.
        stored, size: Octets in the archive and of the member; None where they stand behind it.
        octets: Octets of the header itself.
    """

    name: str
    flags: int
    method: int
    checksum: int
    stored: int | None
    size: int | None
    octets: int

    @property
    def encrypted(self) -> bool:
        """Whether a password is needed."""
        return bool(self.flags & (ENCRYPTED | STRONGLY_ENCRYPTED)) or self.method == AES

    @property
    def described(self) -> bool:
        """Whether its sizes and checksum stand behind it."""
        return bool(self.flags & DESCRIBED)


def header_octets(head: bytes) -> int:
    """Octets of the local header that begins so."""
    name, extra = unpack_from("<HH", head, 26)
    return LOCAL_OCTETS + int(name) + int(extra)


def read_local_header(octets: bytes) -> LocalHeader | None:
    """Read a local header; None where it is cut off or cannot be one."""
    if len(octets) < LOCAL_OCTETS or not octets.startswith(LOCAL):
        return None
    version, flags, method, _, _, checksum, stored, size, name, _ = unpack_from("<HHHHHIIIHH", octets, 4)
    if version & 0xFF > _LATEST_VERSION or not name or header_octets(octets) > len(octets):
        return None
    text = octets[LOCAL_OCTETS : LOCAL_OCTETS + name]
    size, stored = _long_sizes(octets[LOCAL_OCTETS + name : header_octets(octets)], size, stored)
    unknown = bool(flags & DESCRIBED) and not stored
    return LocalHeader(
        _name(text, utf8=bool(flags & UTF8)),
        flags,
        method,
        checksum,
        None if unknown else stored,
        None if unknown else size,
        header_octets(octets),
    )


def _long_sizes(extra: bytes, size: int, stored: int) -> tuple[int, int]:
    at = 0
    while at + 4 <= len(extra):
        kind, octets = unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + octets]
        at += 4 + octets
        if kind != ZIP64:
            continue
        values = [int.from_bytes(field[n : n + 8], "little") for n in range(0, len(field) // 8 * 8, 8)]
        if size == _FULL and values:
            size = values.pop(0)
        if stored == _FULL and values:
            stored = values.pop(0)
    return size, stored


def _name(text: bytes, *, utf8: bool) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("utf-8", "surrogateescape") if utf8 else text.decode("cp437")


def read_descriptor(octets: bytes) -> tuple[int, int] | None:
    """Read the checksum and the member's size that stand behind it; None where none is there.

    Args:
        octets: What follows the member, the next signature among it or not.
    """
    if not octets.startswith(DESCRIPTOR):
        return None
    # 32 bits and a signature behind them, or 64.
    checksum = int.from_bytes(octets[4:8], "little")
    if octets[16:18] == b"PK" or len(octets) < 24:
        return checksum, int.from_bytes(octets[12:16], "little")
    return checksum, int.from_bytes(octets[16:24], "little")

"""Tell what begins at some place of a capture: a file of which format, if any.

May know magic numbers; must not know what follows them.
"""

from typing import Final, Literal, TypeAlias

Format: TypeAlias = Literal["pcap", "pcapng", "snoop"]

PCAP_MICROSECONDS: Final = 0xA1B2C3D4
PCAP_NANOSECONDS: Final = 0xA1B23C4D
PCAP_MODIFIED: Final = 0xA1B2CD34
"""Alexey Kuznetzov's libpcap: further fields in each record header."""
PCAP_IXIA_NANOSECONDS: Final = 0x1C0001AC
PCAP_IXIA_MICROSECONDS: Final = 0x1C0001AB

PCAP_MAGICS: Final = frozenset(
    {
        PCAP_MICROSECONDS,
        PCAP_NANOSECONDS,
        PCAP_MODIFIED,
        PCAP_IXIA_NANOSECONDS,
        PCAP_IXIA_MICROSECONDS,
    }
)

SNOOP_MAGIC: Final = b"snoop\0\0\0"

SECTION_HEADER: Final = b"\x0a\x0d\x0d\x0a"
"""The same in both byte orders, and destroyed by a transfer that changes line ends."""

BYTE_ORDER_MAGIC: Final = 0x1A2B3C4D

BYTE_ORDERS: Final[tuple[Literal["little"], Literal["big"]]] = ("little", "big")

HEAD_OCTETS: Final = 28
"""Octets needed to tell, those of the longest file header."""

TAR_OCTETS: Final = 512
"""Octets needed to tell what a file is that is no capture."""


def format_of(head: bytes) -> Format | None:
    """Tell the format of the capture that begins with these octets.

    Strict enough to be asked in the middle of a file, where one capture may have been appended
    to another: the version is looked at too.
    """
    if head.startswith(SNOOP_MAGIC) and head[8:11] == b"\0\0\0":
        return "snoop"
    if head.startswith(SECTION_HEADER) and byte_order(head[8:12], BYTE_ORDER_MAGIC):
        return "pcapng"
    for order in BYTE_ORDERS:
        if int.from_bytes(head[:4], order) in PCAP_MAGICS:
            major, minor = int.from_bytes(head[4:6], order), int.from_bytes(head[6:8], order)
            if (major == 2 and minor <= 4) or (major, minor) == (543, 0):
                return "pcap"
    return None


def byte_order(octets: bytes, magic: int) -> Literal["<", ">"] | None:
    """Tell in which byte order ``octets`` hold ``magic``, if in any."""
    if int.from_bytes(octets, "little") == magic:
        return "<"
    return ">" if int.from_bytes(octets, "big") == magic else None


def foreign(head: bytes) -> str:
    """Say what a file that is no capture looks like, for the message."""
    known = (
        (b"Rar!\x1a\x07", "a rar archive: unpack it first"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
        (b"\x1f\x9d", "compressed with compress(1), which is not supported: uncompress it first"),
        (b"\x02\x21\x4c\x18", "in the legacy format of lz4, which is not supported: unpack it first"),
        # Where CR LF stayed as it was, and where CR LF became LF: which of them nobody can tell.
        (b"\x0d\x0a\x0d\x0d\x0a", "a pcapng file that a transfer in text mode has changed: fetch it again"),
        (b"\x0a\x0d\x0a", "a pcapng file that a transfer in text mode has changed: fetch it again"),
    )
    for magic, what in known:
        if head.startswith(magic):
            return f"is {what}"
    for order in BYTE_ORDERS:
        if int.from_bytes(head[:4], order) in PCAP_MAGICS and len(head) >= 8:
            major, minor = int.from_bytes(head[4:6], order), int.from_bytes(head[6:8], order)
            return f"is pcap of version {major}.{minor}, which is not supported"
    if len(head) < HEAD_OCTETS:
        return f"has {len(head)} octets, a file header needs 16 at least"
    return f"is no capture: its first octets, {head[:8].hex(' ')}, begin no known format"

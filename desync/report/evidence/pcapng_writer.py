"""Write a pcapng capture: sections, interfaces, frames with their options.

May know the blocks and their layout; must not know where frames come from, nor what comments say.

Source:
    draft-ietf-opsawg-pcapng, sections 3.5 (options), 4.1 (SHB), 4.2 (IDB), 4.3 (EPB), 4.4 (SPB).
"""

from collections.abc import Iterable, Sequence
from struct import pack
from typing import IO, Final, NamedTuple, TypeAlias

from desync.capture.clocks import Clock
from desync.capture.packet_blocks import ENHANCED_PACKET, SIMPLE_PACKET
from desync.capture.section import INTERFACE_DESCRIPTION

SECTION: Final = 0x0A0D0D0A
BYTE_ORDER: Final = 0x1A2B3C4D

END: Final = 0
COMMENT: Final = 1
APPLICATION: Final = 4
NAME: Final = 2
RESOLUTION: Final = 9
OFFSET: Final = 14
FCS_LENGTH: Final = 13

LONGEST_OPTION: Final = 0xFFFF
BINARY: Final = 0x80
"""The bit of ``if_tsresol`` that says: a power of two."""

Option: TypeAlias = tuple[int, bytes]


class Frame(NamedTuple):
    """A frame as it is written.

    Attributes:
        interface: Its interface, as ``Writer.interface`` numbered it.
        ticks: Its time in the units of that interface; None where the source had none.
        octets: What was captured of it.
        length: Octets that it had on the wire.
        options: Options in the order to be written, comments among them.
    """

    interface: int
    ticks: int | None
    octets: bytes
    length: int
    options: Sequence[Option]


class Writer:
    """Writes blocks, little-endian.

    Args:
        stream: Where to.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._interfaces = 0

    def section(self, application: str, comments: Iterable[str]) -> None:
        """Begin a section: what follows knows the interfaces of no other."""
        self._interfaces = 0
        options = [(APPLICATION, text_value(application)), *map(comment, comments)]
        self._block(SECTION, pack("<IHHq", BYTE_ORDER, 1, 0, -1), options)

    def interface(
        self, *, link_type: int, snap_length: int, name: str | None, clock: Clock, fcs_octets: int
    ) -> int:
        """Describe an interface.

        Args:
            link_type: LINKTYPE number.
            snap_length: Octets kept of each frame; 0: no limit.
            name: Its name, or None.
            clock: How its frames' times count.
            fcs_octets: Octets of frame check sequence at the end of each frame.

        Returns:
            Its number in the section.
        """
        options: list[Option] = [] if name is None else [(NAME, text_value(name))]
        options.append((RESOLUTION, bytes([clock.exponent | (BINARY if clock.base == 2 else 0)])))
        if fcs_octets:
            options.append((FCS_LENGTH, bytes([fcs_octets & 0xFF])))
        if clock.offset:
            options.append((OFFSET, pack("<q", clock.offset)))
        self._block(INTERFACE_DESCRIPTION, pack("<HHI", link_type, 0, snap_length), options)
        self._interfaces += 1
        return self._interfaces - 1

    def frame(self, one: Frame) -> None:
        """Write a frame; one without a time as the block that has none, which holds no options either."""
        padded = one.octets + bytes(-len(one.octets) % 4)
        if one.ticks is None and one.interface == 0:
            self._block(SIMPLE_PACKET, pack("<I", one.length) + padded, ())
            return
        ticks = one.ticks or 0
        head = pack("<IIIII", one.interface, ticks >> 32, ticks & 0xFFFFFFFF, len(one.octets), one.length)
        self._block(ENHANCED_PACKET, head + padded, one.options)

    def _block(self, kind: int, body: bytes, options: Iterable[Option]) -> None:
        written = b"".join(
            pack("<HH", code, len(value)) + value + bytes(-len(value) % 4) for code, value in options
        )
        if written:
            written += pack("<HH", END, 0)
        total = 12 + len(body) + len(written)
        self._stream.write(pack("<II", kind, total) + body + written + pack("<I", total))


def comment(text: str) -> Option:
    """A comment as an option."""
    return COMMENT, text_value(text)


def text_value(text: str) -> bytes:
    """A text as the value of an option: UTF-8, cut where an option can hold no more."""
    return text.encode("utf-8", "replace")[:LONGEST_OPTION].decode("utf-8", "ignore").encode()

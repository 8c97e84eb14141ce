"""Addresses in the headers of frames, replaced by pseudonyms.

May know where headers have addresses; must not know what a pseudonym looks like, but those of the link
layer: they are numbered in the order in which they are met.
"""

import ipaddress
from typing import Final

from desync.packets.layers import Layer
from desync.packets.trace import Trace
from desync.report.redacted.names import Names

_LINK: Final = {
    Layer.ETHERNET: (0, 6),
    Layer.FDDI: (1, 7),
    Layer.TOKEN_RING: (2, 8),
    Layer.WIRELESS: (4, 10, 16),
}
"""Where headers have addresses of six octets."""

_COOKED: Final = {Layer.COOKED: (4, 6), Layer.COOKED2: (11, 12)}
"""Where the length of an address of up to eight octets ends, and where the address begins."""

_NETWORK: Final = {Layer.IPV4: (12, 16, 4), Layer.IPV6: (8, 24, 16)}
"""Where source and target lie, and how long they are."""

_GROUP: Final = 0x01
"""Addresses of many (IEEE 802, 8.2): they tell of nobody."""

_LOCAL: Final = b"\x02\0"
"""How addresses begin that nobody was given."""


class Addresses:
    """Replaces addresses in frames.

    Args:
        names: The pseudonyms of IP addresses and of interfaces.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[bytes, bytes] = {}
        self._cards: dict[bytes, bytes] = {}

    def interface(self, name: str | None) -> str | None:
        """The name of an interface, where it says nothing of its host."""
        return self._names.interface(name)

    def replace(self, frame: bytearray, trace: Trace) -> None:
        """Replace the addresses in a frame's headers; checksums are not touched."""
        for layer, at in trace.headers:
            for place in _LINK.get(layer, ()):
                self._card(frame, at + place, 6)
            if layer in _COOKED:
                length, place = _COOKED[layer]
                size = frame[at + length + (layer is Layer.COOKED)] if at + 12 <= len(frame) else 0
                self._card(frame, at + place, min(size, 8))
            if layer in _NETWORK:
                source, target, size = _NETWORK[layer]
                for place in (at + source, at + target):
                    self._address(frame, place, size)

    def _address(self, frame: bytearray, at: int, size: int) -> None:
        before = bytes(frame[at : at + size])
        if len(before) < size:
            return
        if before not in self._known:
            self._known[before] = ipaddress.ip_address(
                self._names.words.address(str(ipaddress.ip_address(before)))
            ).packed
        if len(self._known[before]) == size:
            frame[at : at + size] = self._known[before]

    def _card(self, frame: bytearray, at: int, size: int) -> None:
        before = bytes(frame[at : at + size])
        if len(before) < 6 or before[0] & _GROUP or not any(before):
            return
        number = len(self._cards) + 1
        known = self._cards.setdefault(before, _LOCAL + number.to_bytes(len(before) - 2, "big"))
        frame[at : at + size] = known

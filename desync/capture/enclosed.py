"""Tell records that lie inside a frame from those of the capture itself, behind damage.

A mail, a file transfer or a mirror may carry a capture, whose records look as good as those around it. Where
a record's own header is damaged nothing says that they are not meant, but two things:

- the packet that carries them says in its IP header where it ends, and there the capture's own records go on;
- they come to an end within the length of a frame, while others, which begin before that end, go on.

May know two fields of IP headers, and where chains of records begin and break; must not know how a record
is read, nor what else is in a frame.
"""

from collections.abc import Iterator
from typing import Final, Protocol

HEAD_OCTETS: Final = 160
"""Octets behind the damage in which an IP header is looked for: a record's header, a link's and tags."""

IPV6_ETHERTYPE: Final = b"\x86\xdd"
"""In front of the header, which has no checksum."""

_NEXT_HEADERS: Final = frozenset({0, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 60})


class Chains(Protocol):
    """What begins where in a capture."""

    trailer: int
    """Octets between a packet and the next record at most: a frame check sequence, padding, options."""

    def first(self, start: int, stop: int) -> int | None:
        """Give the first place in a range where a sound chain of records begins."""
        ...

    def broken(self, at: int, octets: int) -> tuple[int, int] | None:
        """Follow the records from a place on.

        Returns:
            The last sound record within so many octets, and where the next is due and is none; None where
            they go on.
        """
        ...


def outermost(chains: Chains, start: int, head: bytes, found: int, largest: int) -> int:
    """Give the place where reading goes on: ``found``, unless that lies inside a frame.

    Args:
        chains: What begins where.
        start: Where the damage is.
        head: The octets there.
        found: Where the first sound chain behind it begins.
        largest: Octets of the largest record so far.
    """
    # Behind ``found`` are the packets of its own records.
    for end in packet_ends(head[: found - start], largest):
        if start + end > found:
            beyond = chains.first(start + end, start + end + chains.trailer)
            if beyond is not None:
                return beyond
    while (ending := chains.broken(found, largest)) is not None:
        last, due = ending
        rival = chains.first(last + 1, due) if last - start <= largest else None
        if rival is None:
            break
        found = rival
    return found


def holds_packet(head: bytes, octets: int) -> bool:
    """Tell whether a frame holds a packet that says of itself that it ends where the frame does.

    Args:
        head: The first octets of the frame.
        octets: Its length.
    """
    return any(0 <= octets - end <= 4 for end in packet_ends(head))


def packet_ends(head: bytes, largest: int = 1 << 17) -> Iterator[int]:
    """Yield where the packets end whose IP headers begin in these octets, as far as that can be seen.

    Args:
        head: The octets.
        largest: Where a packet can end at most whose header has no checksum to tell it from other octets.

    Source:
        RFC 791, section 3.1 (total length, header checksum; zero where the network card fills it in);
        RFC 8200, section 3 (payload length).
    """
    for at in range(min(len(head) - 20, HEAD_OCTETS)):
        version = head[at] >> 4
        if version == 4:
            header = head[at : at + 4 * (head[at] & 15)]
            end = at + int.from_bytes(head[at + 2 : at + 4], "big")
            if len(header) >= 20 and (_is_summed(header) or (end <= largest and _is_unsummed(header))):
                yield end
        elif version == 6 and head[at - 2 : at] == IPV6_ETHERTYPE and head[at + 6] in _NEXT_HEADERS:
            end = at + 40 + int.from_bytes(head[at + 4 : at + 6], "big")
            if end <= largest:
                yield end


def _is_summed(header: bytes) -> bool:
    total = sum(int.from_bytes(header[at : at + 2], "big") for at in range(0, len(header), 2))
    return total > 0 and total % 0xFFFF == 0


def _is_unsummed(header: bytes) -> bool:
    return header[10:12] == b"\0\0" and header[9] in _NEXT_HEADERS and header[8] > 0

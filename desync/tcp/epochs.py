"""What of a slice's segments may start streams: the stretches between SYNs of each flow.

May know what Wireshark keeps of each direction; must not number anything: that needs all
slices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.packets.headers import Headers
from desync.packets.segments import Segments
from desync.tcp.flows import Flows

SYN_FLAG: Final = 0x02
_ACK_FLAG: Final = 0x10
_OPENING: Final = SYN_FLAG | _ACK_FLAG

# Bits of ``Epochs.kind``.
SYN: Final = 1
"""The epoch begins with a SYN without ACK."""
SYN_ACK: Final = 2
"""It begins with a SYN-ACK that sets no base of its own, but replaces one (a quoted one)."""
SIDE: Final = 4
"""The side that sent what it begins with."""
LEARNED: Final = (8, 16)
"""A base of side 0, 1 was learned: it counts where none was known."""
REPLACED: Final = (32, 64)
"""A base of side 0, 1 was set by a SYN-ACK, whatever was known."""


Numbered: TypeAlias = Segments | Headers
"""Columns that streams are numbered by, in file order."""


@dataclass(frozen=True, slots=True)
class Epochs:
    """Stretches of a flow in which no stream starts but at their first frame.

    Attributes:
        flow: int32.
        frame: First frame, int64.
        kind: Bits as above, uint8.
        sequence: Of the first segment, uint32.
        base: What was learned of each side's base, uint32 of shape (e, 2).
    """

    flow: NDArray[np.int32]
    frame: Integers
    kind: NDArray[np.uint8]
    sequence: NDArray[np.uint32]
    base: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.frame)


def epochs(rows: Numbered, flows: Flows) -> Epochs:
    """Cut each flow's segments into epochs.

    Args:
        rows: The segments, in file order.
        flows: How they group.
    """
    order = flows.rows
    flags, side = rows.flags[order] & np.uint16(_OPENING), flows.side[order]
    teaches = rows.sets_base[order] if isinstance(rows, Headers) else None
    starts = flags == SYN_FLAG
    if teaches is not None:
        starts |= (flags == _OPENING) & ~teaches
    starts[flows.starts[:-1]] = True
    first = np.flatnonzero(starts)
    last = np.append(first[1:], len(order))
    kind = np.where(flags[first] == SYN_FLAG, SYN, 0) | np.where(side[first] > 0, SIDE, 0)
    if teaches is not None:
        kind |= np.where((flags[first] == _OPENING) & ~teaches[first], SYN_ACK, 0)
    base = np.zeros((len(first), 2), dtype=np.uint32)
    for one in (0, 1):
        where = _first_lesson(flags, side, teaches, one, first)
        known = where < last
        base[known, one] = _lesson(rows, order[where[known]], flags[where[known]], side[where[known]] == one)
        kind |= np.where(known, LEARNED[one], 0)
        where = _last_answer(flags, side, teaches, one, last)
        replaced = where >= first
        base[replaced, one] = rows.sequence[order[where[replaced]]]
        kind |= np.where(replaced, REPLACED[one], 0)
    begun = order[first]
    return Epochs(flows.flow[begun], rows.frame[begun], kind.astype(np.uint8), rows.sequence[begun], base)


def but(every: Epochs, stays: NDArray[np.bool_]) -> Epochs:
    """The epochs of some flows, which are numbered anew.

    Args:
        every: The epochs of all.
        stays: Which flows stay, shape (f,).
    """
    if stays.all():
        return every
    number = (np.cumsum(stays) - 1).astype(np.int32)
    chosen = stays[every.flow]
    return Epochs(
        number[every.flow[chosen]],
        every.frame[chosen],
        every.kind[chosen],
        every.sequence[chosen],
        every.base[chosen],
    )


def _first_lesson(
    flags: NDArray[np.uint16],
    side: NDArray[np.uint8],
    teaches: NDArray[np.bool_] | None,
    one: int,
    first: Integers,
) -> Integers:
    """Return where, from ``first`` on, a base of side ``one`` can be learned; the end where nowhere.

    What the side itself sends teaches its base, and what the other side acknowledges.
    """
    telling = (side == one) | (flags & np.uint16(_ACK_FLAG) > 0)
    if teaches is not None:
        telling &= teaches
    where = np.append(np.flatnonzero(telling), len(flags))
    found: Integers = where[np.searchsorted(where, first)]
    return found


def _lesson(
    rows: Numbered, row: Integers, flags: NDArray[np.uint16], own: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the base that segments teach: of their sender where ``own``, else of the other side."""
    opening = flags & np.uint16(SYN_FLAG) > 0
    sent = rows.sequence[row].astype(np.int64) - ~opening
    acknowledged = rows.acknowledgment[row].astype(np.int64) - 1
    return np.where(own, sent, acknowledged) & 0xFFFFFFFF


def _last_answer(
    flags: NDArray[np.uint16],
    side: NDArray[np.uint8],
    teaches: NDArray[np.bool_] | None,
    one: int,
    last: Integers,
) -> Integers:
    """Return where the last SYN-ACK of side ``one`` before ``last`` lies, -1 where nowhere."""
    answer = (flags == _OPENING) & (side == one)
    if teaches is not None:
        answer &= teaches
    where = np.concatenate([[-1], np.flatnonzero(answer)])
    found: Integers = where[np.searchsorted(where, last) - 1]
    return found


def concatenated(parts: Sequence[Epochs], shifts: Sequence[int]) -> Epochs:
    """Return all parts' epochs, the flows of each part counted on by its shift."""
    flows = [part.flow + np.int32(shift) for part, shift in zip(parts, shifts, strict=True)]
    return Epochs(
        np.concatenate(flows),
        np.concatenate([part.frame for part in parts]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.sequence for part in parts]),
        np.concatenate([part.base for part in parts]),
    )

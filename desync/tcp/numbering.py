"""Numbers connections as Wireshark's ``tcp.stream`` does, over slices.

May know the rule by which Wireshark starts a stream; must not know what desync itself
takes for a connection.

The rule (tshark 4.0.17, tried out case by case): the first header on a pair of endpoints
starts a stream. Each direction has a *base*: the sequence number of its first SYN or
SYN-ACK, that of its first other segment less 1, or what the other direction acknowledges
(a SYN-ACK: less 1), whichever comes first; each later SYN-ACK sets it anew. A SYN without
ACK whose sequence number differs from its direction's base starts the next stream. FIN and
RST change nothing. Headers quoted by ICMP errors start streams too, but set no base.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.packets.headers import Headers
from desync.packets.segments import Segments
from desync.tcp.epochs import LEARNED, REPLACED, SIDE, SYN, SYN_ACK, Epochs, epochs, joined
from desync.tcp.flows import Flows, Pair, group
from desync.tcp.pair_keys import Keys, key_of, keys_of

_COLUMNS: Final = tuple(field.name for field in fields(Headers) if field.name != "sets_base")


@dataclass(frozen=True, slots=True)
class StreamEvents:
    """What numbering needs of a slice: about 40 octets a connection.

    Attributes:
        keys: A key for each flow's pair of endpoints.
        epochs: What may start streams.
    """

    keys: Keys
    epochs: Epochs

    @property
    def octets(self) -> int:
        """Octets that this takes."""
        columns = (getattr(self.epochs, field.name) for field in fields(Epochs))
        return int(self.keys.nbytes + sum(column.nbytes for column in columns))


@dataclass(frozen=True, slots=True)
class StreamNumbers:
    """Where streams start, sorted by key and frame.

    Attributes:
        keys: Key of each stream's pair.
        frame: Its first frame, int64.
        stream: Its number, int64.
    """

    keys: Keys
    frame: Integers
    stream: Integers

    def __len__(self) -> int:
        return len(self.stream)

    def stream_of(self, pair: Pair, frame: int) -> int | None:
        """Return the stream of a frame on a pair of endpoints, None where no stream is known."""
        key = key_of(pair)
        begin = int(np.searchsorted(self.keys, key, side="left"))
        end = int(np.searchsorted(self.keys, key, side="right"))
        before = int(np.searchsorted(self.frame[begin:end], frame, side="right"))
        return int(self.stream[begin + before - 1]) if before else None


@dataclass(frozen=True, slots=True)
class _Together:
    """Segments and loose headers in one set of columns."""

    frame: Integers
    source_high: NDArray[np.uint64]
    source_low: NDArray[np.uint64]
    target_high: NDArray[np.uint64]
    target_low: NDArray[np.uint64]
    source_port: NDArray[np.uint16]
    target_port: NDArray[np.uint16]
    sequence: NDArray[np.uint32]
    acknowledgment: NDArray[np.uint32]
    flags: NDArray[np.uint16]


def events(segments: Segments, flows: Flows, quoted: Headers) -> StreamEvents:
    """Return what numbering needs of a slice.

    Args:
        segments: The slice's segments, or those of reassembled datagrams.
        flows: How they group.
        quoted: Headers that count without being segments.
    """
    if not len(quoted):
        return StreamEvents(keys_of(flows.keys), epochs(segments, flows, None))
    columns = [np.concatenate([getattr(segments, name), getattr(quoted, name)]) for name in _COLUMNS]
    order = np.argsort(columns[0], kind="stable")
    rows = _Together(*(column[order] for column in columns))
    teaches = np.concatenate([np.ones(len(segments), dtype=np.bool_), quoted.sets_base])[order]
    flows = group(rows)
    return StreamEvents(keys_of(flows.keys), epochs(rows, flows, teaches))


def number(slices: Sequence[StreamEvents]) -> StreamNumbers:
    """Number the streams of a capture.

    Args:
        slices: The events of all its slices and of its reassembled datagrams, in any order.
    """
    if not slices:
        return StreamNumbers(
            np.empty(0, key_of(Pair(0, 0, 0, 0)).dtype), np.empty(0, np.int64), np.empty(0, np.int64)
        )
    shifts = np.cumsum([0, *(len(each.keys) for each in slices[:-1])]).tolist()
    every = joined([each.epochs for each in slices], shifts)
    keys = np.concatenate([each.keys for each in slices])[every.flow]
    order = np.lexsort((every.frame, keys["ports"], keys["addresses"]))
    keys = keys[order]
    starts = _starts(every, order, keys)
    begun = order[starts]
    stream = np.empty(len(begun), dtype=np.int64)
    stream[np.argsort(every.frame[begun], kind="stable")] = np.arange(len(begun))
    return StreamNumbers(keys[starts], every.frame[begun], stream)


def _starts(every: Epochs, order: Integers, keys: Keys) -> Integers:
    """Return which of the ordered epochs start a stream."""
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    begins = np.flatnonzero(first)
    # Only a further SYN on a pair can start a further stream: the few such pairs are walked.
    syn = every.kind[order] & SYN > 0
    further = np.add.reduceat((syn & ~first).astype(np.int64), begins)
    ends = np.append(begins[1:], len(order))
    for pair in np.flatnonzero(further):
        rows = order[begins[pair] : ends[pair]]
        first[begins[pair] : ends[pair]] = _walk(
            every.kind[rows].tolist(), every.sequence[rows].tolist(), every.base[rows].tolist()
        )
    return np.flatnonzero(first)


def _walk(kinds: list[int], sequences: list[int], bases: list[list[int]]) -> list[bool]:
    """Say which epochs of one pair start a stream, in the order of their frames."""
    begun: list[bool] = []
    known: list[int | None] = [None, None]
    for kind, sequence, base in zip(kinds, sequences, bases, strict=True):
        side = 1 if kind & SIDE else 0
        fresh = not begun
        if kind & SYN and known[side] not in (None, sequence):
            fresh, known = True, [None, None]
        elif kind & SYN_ACK and known[side] is not None:
            known[side] = sequence
        begun.append(fresh)
        for one in (0, 1):
            if kind & REPLACED[one] or (kind & LEARNED[one] and known[one] is None):
                known[one] = base[one]
    return begun

"""Numbers connections as Wireshark's ``tcp.stream`` does, over slices.

May know the rule by which Wireshark starts a stream; must not know what desync itself
takes for a connection.

The rule (tshark 4.0.17, tried out case by case): the first header on a pair of endpoints
starts a stream. Each direction has a *base*: the sequence number of its first SYN or
SYN-ACK, that of its first other segment less 1, or what the other direction acknowledges
less 1, whichever comes first; each later SYN-ACK sets it anew. A SYN without ACK whose
sequence number differs from its direction's base starts the next stream. FIN and RST
change nothing. Headers quoted by ICMP errors start streams too, but set no base.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers
from desync.packets.headers import Headers, headers_of, joined
from desync.packets.segments import Segments
from desync.tcp.epochs import LEARNED, REPLACED, SIDE, SYN, SYN_ACK, Epochs, but, concatenated, epochs
from desync.tcp.flows import Flows, Pair, group
from desync.tcp.neighbours import differs
from desync.tcp.pair_keys import KEY, Keys, key_of, keys_of


class StreamEvents(NamedTuple):
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
        return self.stream_of_key(key_of(pair), frame)

    def stream_of_key(self, key: Keys, frame: int) -> int | None:
        """Return the same for a pair known by its key, shape ()."""
        begin = int(np.searchsorted(self.keys, key, side="left"))
        end = int(np.searchsorted(self.keys, key, side="right"))
        before = int(np.searchsorted(self.frame[begin:end], frame, side="right"))
        return int(self.stream[begin + before - 1]) if before else None


def events(
    segments: Segments, flows: Flows, quoted: Headers, carried: NDArray[np.bool_] | None = None
) -> StreamEvents:
    """Return what numbering needs of a slice.

    Args:
        segments: The slice's segments.
        flows: How they group.
        quoted: Headers that count without being segments of it: ``Decoded.quoted``, and those of
            datagrams that were completed in it (`desync.packets.reassembly.numbered`).
        carried: Flows to leave out, shape (f,): they count in the slice that they are carried into.
    """
    stays = np.ones(len(flows), dtype=np.bool_) if carried is None else ~carried
    if not len(quoted):
        return StreamEvents(keys_of(flows.keys)[stays], but(epochs(segments, flows), stays))
    headers = joined([headers_of(segments).take(stays[flows.flow]), quoted])
    flows = group(headers)
    return StreamEvents(keys_of(flows.keys), epochs(headers, flows))


NO_EVENTS: Final = StreamEvents(
    np.empty(0, KEY),
    Epochs(
        np.empty(0, np.int32),
        np.empty(0, np.int64),
        np.empty(0, np.uint8),
        np.empty(0, np.uint32),
        np.empty((0, 2), np.uint32),
    ),
)
"""Of no frames."""


def joined_events(parts: Sequence[StreamEvents]) -> StreamEvents:
    """What numbering needs of several slices; a pair may have several keys then."""
    shifts = np.cumsum([0, *(len(each.keys) for each in parts[:-1])]).tolist()
    return StreamEvents(
        np.concatenate([each.keys for each in parts]), concatenated([each.epochs for each in parts], shifts)
    )


def number(slices: Sequence[StreamEvents]) -> StreamNumbers:
    """Number the streams of a capture.

    Args:
        slices: The events of all its slices and of its reassembled datagrams, in any order.
    """
    if not any(len(each.epochs) for each in slices):
        return StreamNumbers(np.empty(0, KEY), np.empty(0, np.int64), np.empty(0, np.int64))
    shifts = np.cumsum([0, *(len(each.keys) for each in slices[:-1])]).tolist()
    every = concatenated([each.epochs for each in slices], shifts)
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
    first = differs(keys)
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

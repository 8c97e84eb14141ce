"""A client of a known reader model, a server that splits its replies, and a path between them.

What each side sends follows from when the other's octets reached it; what the client took for which
reply is kept beside. ``play`` gives the segments as seen at either side.
"""

from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import NamedTuple

from build import Sent

MILLISECOND = 1_000_000
START = 1_700_000_000_000_000_000
BODY = b"Subject: a\r\n\r\ntext\r\n.\r\n"


class Piece(NamedTuple):
    """One write of the server: its octets, and how long after the one before."""

    octets: bytes
    after: int


@dataclass
class Script:
    """What is said: the client's prompts, and for the connection and each of them the server's writes.

    ``rtt`` is divided evenly; ``thinks`` is what the client takes before each send; ``gives_up`` how
    long it waits, None: for ever; ``works`` how long the server takes before each reply; ``pauses`` what the
    client takes besides before each send.
    """

    prompts: list[bytes]
    replies: list[list[Piece]]
    rtt: int = 20 * MILLISECOND
    thinks: int = 200_000
    works: list[int] = field(default_factory=list)
    gives_up: int | None = None
    pauses: list[int] = field(default_factory=list)


class Truth(NamedTuple):
    """What the client took for the reply to each prompt (0: the connection), as ranges or None."""

    taken: list[tuple[int, int] | None]
    stood: list[int]
    true: list[tuple[int, int]]

    @property
    def shifts(self):
        """By how many replies each prompt was off."""
        starts = [start for start, _ in self.true]
        held = [sum(start <= at for start in starts) - 1 for at in self.stood]
        return [
            index - (number if at < self.true[-1][1] else len(starts))
            for index, (number, at) in enumerate(zip(held, self.stood, strict=True))
        ]

    @property
    def onset(self):
        return next((index for index, shift in enumerate(self.shifts) if shift), None)

    @property
    def recovered(self):
        if self.onset is None:
            return None
        return next((i for i, shift in enumerate(self.shifts) if i > self.onset and not shift), None)


class _Reader:
    """What had reached the client when, and what it has taken."""

    def __init__(self, model, replies):
        self.model, self.taken = model, 0
        octets = b"".join(piece.octets for reply in replies for piece in reply)
        self.lines = [at + 1 for at, octet in enumerate(octets) if octet == 10]
        self.wholes = list(accumulate(sum(len(piece.octets) for piece in reply) for reply in replies))

    def end(self, arrived, now):
        """Where what it would take now ends, and when it has it; None while nothing more comes."""
        if self.model == "segment":
            lying = [end for end, time in arrived if time <= now]
            if lying and lying[-1] > self.taken:
                return lying[-1], now
            following = [time for end, time in arrived if end > self.taken and time > now]
            if not following:
                return None
            return max(end for end, time in arrived if time <= following[0]), following[0]
        bounds = self.lines if self.model == "line" else self.wholes
        end = next((bound for bound in bounds if bound > self.taken), None)
        time = next((time for upto, time in arrived if end is not None and upto >= end), None)
        return None if end is None or time is None else (end, max(now, time))


def play(model, script):
    """Let a client of a model talk to a server.

    Returns the segments at the client's side, those at the server's side, and the truth. A pass of
    the simulation is repeated until nothing changes: each side only needs the past of the other.
    """
    there = script.rtt // 2
    sends: list[tuple[int, int]] = []
    while True:
        writes = _serve(script, [time + there for time, _ in sends])
        arrived = [(end, time + there) for time, _, end in writes]
        again, taken, stood, closed = _read(model, script, arrived)
        if again == sends:
            break
        sends = again
    return _segments(script, sends, writes, closed, Truth(taken, stood, []))


def _serve(script, heard):
    """The server's writes as (time, start, end): each reply in its turn, when its prompt has come."""
    free = START + 3 * (script.rtt // 2) + MILLISECOND
    written = []
    at = 0
    for index, reply in enumerate(script.replies):
        if index > len(heard):
            break
        begin = max(free, heard[index - 1]) if index else free
        begin += script.works[index] if index < len(script.works) else 100_000
        for piece in reply:
            begin += piece.after
            written.append((begin, at, at + len(piece.octets)))
            at += len(piece.octets)
        free = begin
    return written


def _read(model, script, arrived):
    reader = _Reader(model, script.replies)
    now = START + script.rtt
    sends, taken, stood = [], [], []
    for number in range(len(script.prompts) + 1):
        stood.append(reader.taken)
        got = reader.end(arrived, now) if model != "blind" else (reader.taken, now)
        if got is None or (script.gives_up is not None and got[1] > now + script.gives_up):
            taken.append(None)
            if script.gives_up is None:
                return sends, taken, stood, None
            now += script.gives_up
        else:
            taken.append((reader.taken, got[0]))
            reader.taken, now = got
        now += script.thinks + (script.pauses[number] if number < len(script.pauses) else 0)
        if number < len(script.prompts):
            sends.append((now, number))
    return sends, taken, stood, now


def _segments(script, sends, writes, closed, truth):
    there = script.rtt // 2
    octets = b"".join(piece.octets for reply in script.replies for piece in reply)
    begins = list(accumulate((len(prompt) for prompt in script.prompts), initial=0))
    total = begins[len(sends)]
    arrived = [(end, time + there) for time, _, end in writes]
    heard = [(begins[index + 1], time + there) for index, (time, _) in enumerate(sends)]

    def had(what, now):
        return max((end for end, time in what if time <= now), default=0)

    client = [
        ("client", begins[index], script.prompts[number], had(arrived, time), time, "P")
        for index, (time, number) in enumerate(sends)
    ]
    if closed is not None:
        client.append(("client", total, b"", had(arrived, closed), closed + 1000, "F"))
    server = [
        ("server", start, octets[start:end], had(heard, time), time, "P") for time, start, end in writes
    ]
    shake = [
        ("client", 0, b"", None, START, "S"),
        ("server", 0, b"", 0, START + there, "S"),
        ("client", 0, b"", 0, START + 2 * there, ""),
    ]
    seen = []
    for point in ("client", "server"):
        late = [
            Sent(side, at, data, ack, time + (there if side != point else 0), flags)
            for side, at, data, ack, time, flags in [*shake, *client, *server]
        ]
        seen.append(sorted(late, key=lambda one: one.time))
    ends = list(
        accumulate((sum(len(piece.octets) for piece in reply) for reply in script.replies), initial=0)
    )
    true = list(pairwise(ends))[: len(truth.stood)]
    return seen[0], seen[1], truth._replace(true=true)

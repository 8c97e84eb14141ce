"""What each segment acknowledges, and the acknowledgments that travel alone.

May know when segments pass the capture and arrive; must not know sequence numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from desync.craft.script import Connection, Side, Step
from desync.craft.sends import Send, with_acknowledgment

SIDES: tuple[Side, Side] = ("client", "server")


@dataclass(slots=True)
class _Received:
    """Octets that have arrived at one side: all below ``end``, and ranges beyond it."""

    end: int = 0
    beyond: list[tuple[int, int]] = field(default_factory=list)

    def add(self, start: int, end: int) -> None:
        """Take in one segment's octets."""
        self.beyond.append((start, end))
        self.beyond.sort()
        while self.beyond and self.beyond[0][0] <= self.end:
            self.end = max(self.end, self.beyond.pop(0)[1])


@dataclass(frozen=True, slots=True)
class _Alone:
    """An acknowledgment without data: when it passes the capture, and what set it off."""

    time: int
    cause: Send


def acknowledge(sends: list[Send], connection: Connection) -> list[Send]:
    """Order a connection's segments by time, let each acknowledge what its sender had received.

    A segment that passes at time t left its sender half a round trip earlier, and had received
    what passed a whole round trip before t.

    Args:
        sends: All segments, in any order.
        connection: Gives round trips and how long a lone acknowledgment is put off.

    Returns:
        The same segments and the lone acknowledgments, ordered by time.
    """
    timed = list(sends)
    for side in SIDES:
        timed += [_lone(alone, side, sends) for alone in _lone_acks(sends, connection, side)]
    timed.sort(key=lambda send: send.time)
    answers: dict[int, int | None] = {}
    for side in SIDES:
        answers |= _answers(timed, side, connection)
    return [with_acknowledgment(send, answers[index]) for index, send in enumerate(timed)]


def _arrivals(sends: Iterable[Send], side: Side, connection: Connection) -> list[tuple[int, Send]]:
    """List what arrives at ``side``, with the time from which its segments can tell."""
    rtt = connection.end(side).rtt
    arriving = [(send.time + rtt, send) for send in sends if send.side != side and send.arrives]
    return sorted(arriving, key=lambda pair: pair[0])


def _answers(sends: list[Send], side: Side, connection: Connection) -> dict[int, int | None]:
    """Say what each segment of ``side`` acknowledges, by its index in ``sends``.

    A dialogue without a SYN shows a connection that was opened before: all segments acknowledge.
    """
    arrivals = _arrivals(sends, side, connection)
    received, done = _Received(), 0
    known = all(step.kind != "syn" for step in connection.steps)
    answers: dict[int, int | None] = {}
    for index, send in enumerate(sends):
        if send.side != side:
            continue
        while done < len(arrivals) and arrivals[done][0] <= send.time:
            known = known or "S" in arrivals[done][1].flags
            received.add(arrivals[done][1].start, arrivals[done][1].end)
            done += 1
        answers[index] = received.end if known else None
    return answers


def _lone_acks(sends: list[Send], connection: Connection, side: Side) -> list[_Alone]:
    """Find where ``side`` acknowledges without having anything to send.

    A lone acknowledgment leaves when the delay is over, or with the second full segment
    (RFC 9293, section 3.8.6.3), unless the side sends something before. A reset ends it all.
    """
    if connection.acks is None:
        return []
    events: list[tuple[int, Send | None]] = list(_arrivals(sends, side, connection))
    events += [(send.time, None) for send in sends if send.side == side and send.step.options.ack is None]
    # The sort is stable: what arrives at the very time of a segment is acknowledged by it.
    events.sort(key=lambda event: event[0])
    over = min((send.time for send in sends if "R" in send.flags), default=None)
    alone: list[_Alone] = []
    waiting: list[tuple[int, Send]] = []
    for time, send in events:
        if waiting and time > waiting[0][0] + connection.acks:
            alone.append(_Alone(waiting[0][0] + connection.acks, waiting[-1][1]))
            waiting = []
        if send is None:
            waiting = []
        elif send.end > send.start:
            waiting.append((time, send))
        if connection.mss and sum(len(held.octets) for _, held in waiting) >= 2 * connection.mss:
            alone.append(_Alone(time, waiting[-1][1]))
            waiting = []
    if waiting:
        alone.append(_Alone(waiting[0][0] + connection.acks, waiting[-1][1]))
    return [ack for ack in alone if over is None or ack.time < over]


def _lone(alone: _Alone, side: Side, sends: list[Send]) -> Send:
    """Make the segment: its sequence number is the next one that ``side`` has to send."""
    cause = alone.cause.step
    step = Step(cause.line, "ack", side, watch=cause.watch)
    start = max((send.end for send in sends if send.side == side and send.time <= alone.time), default=0)
    return Send(side, step, start, b"", "", alone.time, alone.time)

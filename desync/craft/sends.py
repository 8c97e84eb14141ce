"""When each segment of a dialogue passes the capture point, and which octets it holds.

May know the streams' offsets and the round trips; must not know what a segment acknowledges,
nor sequence numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from desync.craft.script import Connection, Side, Step, other
from desync.craft.words import wrong

SPACING = 20_000
"""Nanoseconds between two segments that one side sends at once, and that a kernel needs to answer."""


@dataclass(frozen=True, slots=True)
class Send:
    """One segment on its way past the capture point.

    Attributes:
        side: Who sent it.
        step: The line that it was written in.
        start: Offset of its first octet in the sender's stream (or of its FIN).
        octets: Payload.
        flags: Letters of FSRPAU, before the ACK is known.
        time: When it passes the capture.
        due: The same without its detour; later lines count from it.
        acknowledged: Octets of the other side's stream, None where there is no ACK. Set later.

    Units:
        Nanoseconds since 1970 UTC; octets from the first one after the sender's SYN.
    """

    side: Side
    step: Step
    start: int
    octets: bytes
    flags: str
    time: int
    due: int
    acknowledged: int | None = None

    @property
    def end(self) -> int:
        """Offset behind its last octet, the FIN counting as one."""
        return self.start + len(self.octets) + ("F" in self.flags)

    @property
    def arrives(self) -> bool:
        """Whether it reaches the other side."""
        return not self.step.options.dropped and self.step.kind != "frame"


@dataclass(frozen=True, slots=True)
class ClockStep:
    """The capturing clock is wrong by ``amount`` more from ``time`` on."""

    time: int
    amount: int


@dataclass(slots=True)
class _Progress:
    """How far a connection has come."""

    connection: Connection
    sends: list[Send] = field(default_factory=list)
    clock: list[ClockStep] = field(default_factory=list)
    streams: dict[Side, bytearray] = field(
        default_factory=lambda: {"client": bytearray(), "server": bytearray()}
    )
    next: dict[Side, int] = field(default_factory=lambda: {"client": 0, "server": 0})
    gap: int = 0

    def latest(self, side: Side) -> Send | None:
        """Give what ``side`` sent last."""
        return next((send for send in reversed(self.sends) if send.side == side), None)


def send_all(connection: Connection) -> tuple[list[Send], list[ClockStep]]:
    """Send every line of a connection, in the order in which they are written.

    Returns:
        The segments as written, not yet ordered by time, without those that only acknowledge on
        their own; and what happens to the capturing clock.

    Raises:
        DialogueError: ``after`` names a text that no line above holds, or ``again`` has nothing to repeat.
    """
    progress = _Progress(connection)
    for step in connection.steps:
        if step.kind == "gap":
            progress.gap += step.amount
        elif step.kind == "clock":
            last = progress.sends[-1].time + 1 if progress.sends else connection.start
            progress.clock.append(ClockStep(last, step.amount))
        else:
            _send(progress, step)
    return progress.sends, progress.clock


def _send(progress: _Progress, step: Step) -> None:
    start, octets, flags = _content(progress, step)
    due = _due(progress, step)
    own = progress.latest(step.side)
    pieces = list(_pieces(progress.connection, step, start, octets, flags))
    for index, (offset, piece, piece_flags) in enumerate(pieces):
        time = due + index * (SPACING if step.options.every is None else step.options.every)
        if own is not None:
            time = max(time, own.due + SPACING)
        own = Send(step.side, step, offset, piece, piece_flags, time + step.options.detour, time)
        progress.sends.append(own)
    if step.kind in ("data", "fin"):
        last = progress.sends[-1]
        progress.next[step.side] = max(progress.next[step.side], last.end)


def _content(progress: _Progress, step: Step) -> tuple[int, bytes, str]:
    """Say where a step's octets lie, which they are, and with which flags they go."""
    options, side = step.options, step.side
    start = progress.next[side] if options.at is None else options.at
    if step.kind == "data":
        if options.again:
            return _repeated(progress, step)
        _write(progress.streams[side], start, step.octets)
        return start, step.octets, "PF" if options.fin else "P"
    if step.kind == "fin":
        return start - options.again, b"", "F"
    if step.kind == "keep-alive":
        return start - 1, b"\0" * options.octet, ""
    if step.kind == "frame":
        return start, step.octets, ""
    return start, b"", {"syn": "S", "reset": "R"}.get(step.kind, "")


def _repeated(progress: _Progress, step: Step) -> tuple[int, bytes, str]:
    """Say what a retransmission holds: the last segment, a range, or another text in its place."""
    own = [send for send in progress.sends if _repeatable(send, step)]
    if not own:
        raise wrong(step.line, "a segment above that 'again' can repeat", step.options.of or step.text)
    stream = progress.streams[step.side]
    first, last = step.options.again_range or (own[-1].start, own[-1].start + len(own[-1].octets))
    if not first <= last <= len(stream):
        raise wrong(step.line, f"octets out of the {len(stream)} that were sent", f"{first}-{last}")
    flags = own[-1].flags if step.options.again_range is None else "P"
    return first, step.octets or bytes(stream[first:last]), flags


def _repeatable(send: Send, step: Step) -> bool:
    if send.side != step.side or not (send.octets or "F" in send.flags):
        return False
    return step.options.of is None or step.options.of in send.step.text


def _write(stream: bytearray, start: int, octets: bytes) -> None:
    if len(stream) < start:
        stream.extend(bytes(start - len(stream)))
    stream[start : start + len(octets)] = octets


def _pieces(
    connection: Connection, step: Step, start: int, octets: bytes, flags: str
) -> Iterator[tuple[int, bytes, str]]:
    """Cut a step's octets into segments; only the last one pushes or carries the FIN."""
    size = step.options.pieces or connection.mss or len(octets)
    if step.options.coalesced or step.kind == "frame" or not octets:
        size = len(octets)
    for offset in range(0, max(len(octets), 1), max(size, 1)):
        piece = octets[offset : offset + size]
        own = flags if offset + size >= len(octets) or step.options.pieces else ""
        yield start + offset, piece, own


def _due(progress: _Progress, step: Step) -> int:
    """Say when a step's first segment passes the capture, by what it waits for."""
    options, connection = step.options, progress.connection
    delay, progress.gap = options.delay + progress.gap, 0
    own = progress.latest(step.side)
    think = connection.end(step.side).think if step.kind == "data" else SPACING
    if options.after is not None:
        return _heard(connection, _holding(progress, step), step.side) + think + delay
    if options.unprompted or options.again:
        return (own.due if own else connection.start) + delay
    heard = [
        _heard(connection, send, step.side)
        for send in progress.sends
        if send.side != step.side and send.arrives
    ]
    if not heard:
        return (own.due if own else connection.start) + delay
    return max(*heard, own.due if own else 0, connection.start) + think + delay


def _heard(connection: Connection, send: Send, side: Side) -> int:
    """Say when an answer of ``side`` to ``send`` passes the capture, if no time is lost."""
    return send.time + (connection.end(side).rtt if send.side == other(side) else 0)


def _holding(progress: _Progress, step: Step) -> Send:
    """Find the last segment above whose line holds the text of ``after``."""
    wanted = step.options.after or ""
    for send in reversed(progress.sends):
        if wanted in send.step.text and send.step.kind == "data":
            return send
    raise wrong(step.line, "a line above that holds the text behind 'after'", wanted)


def with_acknowledgment(send: Send, acknowledged: int | None) -> Send:
    """Give ``send`` its acknowledgment, unless the dialogue writes another one."""
    written = send.step.options.ack
    return replace(send, acknowledged=acknowledged if written is None else written)

"""What the capture keeps of the frames that pass: holes, copies, order, clock, snap length.

May know frames and when they passed; must not know how a file is laid out.
"""

from dataclasses import dataclass, replace

from desync.craft.acknowledge import acknowledge
from desync.craft.packets import Wire, frames
from desync.craft.script import Connection, Dialogue, Recording
from desync.craft.sends import ClockStep, Send, send_all

COPY_DELAY = 10_000
"""Nanoseconds after which the same frame is recorded a second time."""


@dataclass(frozen=True, slots=True)
class Record:
    """One frame as it is recorded.

    Attributes:
        time: Nanoseconds since 1970 UTC by the capturing clock.
        octets: What was kept of it.
        length: Octets that it had on the wire.
        late: How many frames later than its turn it is recorded.
    """

    time: int
    octets: bytes
    length: int
    late: int = 0


def records(dialogue: Dialogue) -> list[Record]:
    """Play a dialogue and record it.

    Returns:
        The frames in the order of the file.

    Raises:
        DialogueError: A line cannot be played (see ``sends.send_all``).
    """
    kept: list[Record] = []
    clock: list[ClockStep] = []
    for index, connection in enumerate(dialogue.connections):
        sends, steps = send_all(connection)
        clock += steps
        kept += _connection_records(acknowledge(sends, connection), connection, index, dialogue.recording)
    kept.sort(key=lambda record: record.time)
    return _misplace(_by_clock(kept, clock, dialogue.recording))


def _connection_records(
    sends: list[Send], connection: Connection, index: int, recording: Recording
) -> list[Record]:
    """Record one connection, each end counting its IP identifications up from a place of its own."""
    kept: list[Record] = []
    identification = {"client": 1 + 1000 * index, "server": 30_001 + 1000 * index}
    for send in sends:
        wire = Wire(connection, identification[send.side] % (1 << 16), recording)
        identification[send.side] += 1
        if send.step.options.lost or (send.step.kind != "frame" and send.side not in send.step.watch):
            continue
        for octets in frames(send, wire):
            kept += _copies(send, octets, recording)
    return kept


def _copies(send: Send, octets: bytes, recording: Recording) -> list[Record]:
    """Record a frame once, or twice with nothing changed but the time."""
    limit = recording.snap_length or len(octets)
    if send.step.options.cut is not None:
        limit = min(limit, send.step.options.cut)
    first = Record(send.time, octets[:limit], len(octets), send.step.options.late)
    count = max(recording.copies, 1 + send.step.options.duplicate)
    return [replace(first, time=send.time + copy * COPY_DELAY) for copy in range(count)]


def _by_clock(kept: list[Record], steps: list[ClockStep], recording: Recording) -> list[Record]:
    """Write the times that the capturing clock shows."""
    if recording.clock != "running":
        shown = kept[0].time if kept and recording.clock == "stopped" else 0
        return [replace(record, time=shown) for record in kept]
    return [
        replace(record, time=record.time + sum(step.amount for step in steps if step.time <= record.time))
        for record in kept
    ]


def _misplace(kept: list[Record]) -> list[Record]:
    """Put late frames where they are recorded."""
    placed = list(kept)
    for index in range(len(placed) - 1, -1, -1):
        if placed[index].late:
            placed.insert(index + placed[index].late, placed.pop(index))
    return placed

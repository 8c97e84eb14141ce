"""Walk a whole capture: one file, or several appended to one another.

May know which format's walk to take; must not know how any format is read.
"""

from collections.abc import Iterator
from typing import TypeAlias

from desync.capture import pcap, snoop
from desync.capture.blocks import BlockWalk
from desync.capture.magic import HEAD_OCTETS, format_of
from desync.capture.notes import Notes
from desync.capture.pcapng import MAJOR_VERSION, read_section_header
from desync.capture.records import RecordWalk
from desync.capture.run import Run
from desync.capture.section import Section
from desync.capture.state import RecordState
from desync.capture.window import Window

Walk: TypeAlias = RecordWalk | BlockWalk


def walk(window: Window, notes: Notes, first: Walk) -> Iterator[Run]:
    """Yield every run of frames; leave the rest in ``notes``.

    Args:
        window: Octets of the capture.
        notes: Takes problems and all else.
        first: The walk behind the first file header.
    """
    steps: Walk | None = first
    while steps is not None:
        yield from steps.runs()
        if not steps.met_header:
            return
        window.drop(steps.at)
        window.fill(steps.at + HEAD_OCTETS)
        steps = enter(window, notes, steps.at)


def enter(window: Window, notes: Notes, at: int) -> Walk | None:
    """Read the file or section header at ``at``, which the window holds; None if it is cut off."""
    head = window.piece(at, at + HEAD_OCTETS)
    kind = format_of(head)
    if kind == "pcap":
        return _enter_pcap(window, notes, at, head)
    if kind == "snoop":
        return _enter_snoop(window, notes, at, head)
    if kind == "pcapng":
        return _enter_section(window, notes, at)
    return None


def _enter_pcap(window: Window, notes: Notes, at: int, head: bytes) -> RecordWalk | None:
    header = pcap.read_header(head)
    if header is None:
        _report_cut(window, notes, at, pcap.HEADER_OCTETS)
        return None
    state = pcap.read_state(header, window, at + header.octets)
    return _records(window, notes, state, at + header.octets)


def _enter_snoop(window: Window, notes: Notes, at: int, head: bytes) -> RecordWalk | None:
    if len(head) < snoop.HEADER_OCTETS:
        _report_cut(window, notes, at, snoop.HEADER_OCTETS)
        return None
    if snoop.read_version(head) not in snoop.VERSIONS:
        message = f"snoop version {snoop.read_version(head)} at offset {at} is not supported"
        notes.problem("unsupported", at, 0, message)
        return None
    state = snoop.read_state(head, window, at + snoop.HEADER_OCTETS)
    return _records(window, notes, state, at + snoop.HEADER_OCTETS)


def _records(window: Window, notes: Notes, state: RecordState, at: int) -> RecordWalk:
    notes.interfaces.append(state.interface)
    return RecordWalk(window, notes, state, at)


def _enter_section(window: Window, notes: Notes, at: int) -> BlockWalk | None:
    header = read_section_header(window, at)
    if header is None:
        _report_cut(window, notes, at, HEAD_OCTETS)
        return None
    for comment in header.comments:
        notes.comment(comment)
    readable = header.version[0] == MAJOR_VERSION
    if not readable:
        version = ".".join(map(str, header.version))
        message = f"the section at offset {at} is of pcapng version {version}, which is not supported"
        notes.problem("unsupported", at, 0, message)
    section = Section(window, notes, header.order, readable=readable)
    return BlockWalk(window, notes, section, at + header.octets)


def _report_cut(window: Window, notes: Notes, at: int, needed: int) -> None:
    left = window.end - at
    message = f"the file header at offset {at} needs {needed} octets, the file has {left} left"
    notes.problem("truncated", at, max(0, needed - left), message)

"""Collect the segments of one connection for the ladder of ``desync show``.

May know conversations and what is private in them; must not know how a ladder is drawn.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace

from desync.analysis.examine import conversations
from desync.analysis.options import Options
from desync.analysis.record import Outcome
from desync.archive.archive import Archive
from desync.archive.scan import scan_archive
from desync.capture.url import named
from desync.errors import CaptureError, UsageError
from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.making import known_time
from desync.report.document import connection_document
from desync.report.pseudonyms import Pseudonyms
from desync.report.redacted.connection import redacted_connection
from desync.report.redacted.names import Names
from desync.report.redacted.segments import replaced
from desync.report.rungs import Ladder, Rung, Sender
from desync.report.spans import Span, client_spans, server_spans, span_at, written
from desync.tcp.rows import FIN, RST, SYN
from desync.tcp.stream import Stream


def ladder(path: str, stream: int, options: Options, names: Names | None = None) -> Ladder:
    """Collect the segments of one connection.

    Args:
        path: The capture.
        stream: The connection's ``tcp.stream``.
        options: Which ports are mail.
        names: Pseudonyms to show instead of names and addresses, or None.

    Raises:
        CaptureError: The capture cannot be analysed.
        UsageError: It has no mail connection of this number.
    """
    archive, outcome = found_connection(path, stream, options)
    conversation = _conversation(archive, outcome, archive.options)
    record = outcome.record
    findings = record.findings if record is not None else ()
    connection = connection_document(archive, outcome)
    paths = {one.index: one.path for one in archive.captures}
    if names is not None:
        connection = redacted_connection(names, connection)
        paths = {index: names.path(path) for index, path in paths.items()}
    words = names.words if names is not None else None
    return Ladder(tuple(_rungs(conversation, findings, words)), connection, paths)


def found_connection(path: str, stream: int, options: Options) -> tuple[Archive, Outcome]:
    """Analyse a capture, and find one connection in it.

    Args:
        path: The capture.
        stream: The connection's ``tcp.stream``.
        options: Which ports are mail.

    Raises:
        CaptureError: The capture cannot be analysed.
        UsageError: It has no mail connection of this number.
    """
    path = named(path)
    archive = scan_archive([path], replace(options, details=True))
    if archive.refused:
        raise CaptureError(path, archive.refused[0].reason)
    return archive, _outcome(archive, path, stream)


def _outcome(archive: Archive, path: str, stream: int) -> Outcome:
    found = []
    for outcome in archive.outcomes():
        number = archive.stream_of(outcome.brief)
        if number == stream:
            return outcome
        found.append(number)
    known = ", ".join(str(number) for number in found[:20]) + (", ..." if len(found) > 20 else "")
    what = f"its mail connections are the streams {known}" if found else "it holds no mail connection"
    msg = f"{path}: stream {stream} is no mail connection; {what}"
    raise UsageError(msg)


def _conversation(archive: Archive, outcome: Outcome, options: Options) -> Conversation:
    for pair, rows in archive.rows_of(outcome.brief):
        for one in conversations(rows, pair, options):
            if one.connection.rows.frame[0] == outcome.brief.parts[0].first_frame:
                return one
    msg = "the capture changed while it was read"
    raise UsageError(msg)


def _rungs(
    conversation: Conversation, findings: Iterable[Finding], words: Pseudonyms | None
) -> Iterable[Rung]:
    connection = conversation.connection
    marks: dict[tuple[int, int], list[str]] = {}
    for one in findings:
        if one.frame is not None:
            marks.setdefault(one.frame, []).append(one.rule.code)
    spans = (client_spans(conversation), server_spans(conversation))
    rows, assembly = connection.rows, connection.assembly
    for row in range(len(rows)):
        by_client = rows.side[row] == connection.client_side
        stream = connection.client_stream if by_client else connection.server_stream
        offset, length = assembly.offsets[row], rows.length[row]
        octets = (offset, offset + length) if offset is not None and length else None
        kinds = spans[0] if by_client else spans[1]
        sender: Sender = "client" if by_client else "server"
        first = span_at(kinds, octets[0]) if octets else None
        payload = shown = bytes(rows.octets_of(row))
        if words is not None and offset is not None:
            shown = replaced(words, stream, offset, payload)
        other = assembly.acknowledged[row]
        yield Rung(
            time=known_time(rows.time[row]),
            capture=rows.capture[row],
            frame=rows.frame[row],
            sender=sender,
            octets=octets,
            acknowledged=max(other, 0) if other is not None else None,
            text=_text(kinds if _is_kept(stream, offset, payload) else [], octets, shown) if octets else (),
            note=_note(rows.flags[row], assembly.kinds[row], stream, octets, rows.captured[row]),
            exchange=first.exchange if first else None,
            findings=tuple(dict.fromkeys(marks.get((rows.capture[row], rows.frame[row]), ()))),
        )


def _is_kept(stream: Stream, offset: int | None, payload: bytes) -> bool:
    """Whether octets are those of the stream: a copy with others may hold anything in their place."""
    return offset is not None and stream.slice(offset, offset + len(payload)) == payload


def _text(spans: list[Span], octets: tuple[int, int], payload: bytes) -> tuple[str, ...]:
    """The octets of a segment as lines, their ends visible, what is private as its length."""
    start, end = octets[0], octets[0] + len(payload)
    pieces: list[str] = []
    at = start
    while at < end:
        span = span_at(spans, at)
        following = bisect_left(spans, at + 1, key=lambda one: one.start)
        upto = min(end, span.end if span else spans[following].start if following < len(spans) else end)
        if span is not None and span.shown:
            pieces += written(payload[at - start : upto - start])
        else:
            pieces.append(f"<{upto - at} octet{'' if upto - at == 1 else 's'}>")
        at = upto
    return tuple(_joined(pieces))


def _joined(pieces: list[str]) -> list[str]:
    """Put what is of one line into one piece: a command and the length of its private argument."""
    found: list[str] = []
    for piece in pieces:
        if found and not found[-1].endswith("\\n"):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _note(flags: int, kind: str, stream: Stream, octets: tuple[int, int] | None, captured: int) -> str:
    notes = [name for bit, name in ((SYN, "SYN"), (FIN, "FIN"), (RST, "RST")) if flags & bit]
    if kind:
        notes.append(kind)
    if octets:
        hole = next((gap for gap in stream.gaps if gap.end == octets[0] and gap.kind != "snaplen"), None)
        if hole is not None:
            notes.append(f"behind a hole of {hole.length} octets")
        if captured < octets[1] - octets[0]:
            notes.append(f"{octets[1] - octets[0] - captured} octets cut off")
    return ", ".join(notes)

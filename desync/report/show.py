"""Collect the segments of one connection for the ladder of ``desync show``.

May know conversations and what is private in them; must not know how a ladder is drawn.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

from desync.analysis.examine import conversations
from desync.analysis.options import Options
from desync.analysis.record import Outcome
from desync.archive.scan import Archive, scan_archive
from desync.errors import CaptureError, UsageError
from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.privacy import private_replies, shown_octets
from desync.findings.finding import Finding, known_time
from desync.report.document import connection_document
from desync.report.rungs import Ladder, Rung, Sender
from desync.tcp.rows import FIN, RST, SYN
from desync.tcp.stream import Stream


def ladder(path: str, stream: int, options: Options) -> Ladder:
    """Collect the segments of one connection.

    Args:
        path: The capture.
        stream: The connection's ``tcp.stream``.
        options: Which ports are mail.

    Raises:
        CaptureError: The capture cannot be analysed.
        UsageError: It has no mail connection of this number.
    """
    archive = scan_archive([path], replace(options, details=True))
    if archive.refused:
        raise CaptureError(path, archive.refused[0].reason)
    outcome = _outcome(archive, path, stream)
    conversation = _conversation(archive, outcome, archive.options)
    findings = outcome.record.findings if outcome.record is not None else ()
    return Ladder(
        rungs=tuple(_rungs(conversation, findings)),
        connection=connection_document(archive, outcome),
        captures={one.index: one.path for one in archive.captures},
    )


def _outcome(archive: Archive, path: str, stream: int) -> Outcome:
    found = []
    for outcome in archive.outcomes():
        part = outcome.brief.parts[0]
        number = archive.stream_of(outcome.brief.key, part.capture, part.last_frame)
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


@dataclass(frozen=True, slots=True)
class _Span:
    """A range of a stream, and whether its octets may be shown."""

    start: int
    end: int
    exchange: int | None
    shown: bool


def _rungs(conversation: Conversation, findings: Iterable[Finding]) -> Iterable[Rung]:
    connection = conversation.connection
    marks: dict[tuple[int, int], list[str]] = {}
    for one in findings:
        if one.frame is not None:
            marks.setdefault(one.frame, []).append(one.rule.code)
    spans = (_client_spans(conversation), _server_spans(conversation))
    rows, assembly = connection.rows, connection.assembly
    for row in range(len(rows)):
        by_client = rows.side[row] == connection.client_side
        stream = connection.client_stream if by_client else connection.server_stream
        offset, length = assembly.offsets[row], rows.length[row]
        octets = (offset, offset + length) if offset is not None and length else None
        kinds = spans[0] if by_client else spans[1]
        sender: Sender = "client" if by_client else "server"
        first = _at(kinds, octets[0]) if octets else None
        other = assembly.acknowledged[row]
        yield Rung(
            time=known_time(rows.time[row]),
            capture=rows.capture[row],
            frame=rows.frame[row],
            sender=sender,
            octets=octets,
            acknowledged=max(other, 0) if other is not None else None,
            text=_text(kinds, octets, bytes(rows.octets_of(row))) if octets else (),
            note=_note(rows.flags[row], assembly.kinds[row], stream, octets, rows.captured[row]),
            exchange=first.exchange if first else None,
            findings=tuple(dict.fromkeys(marks.get((rows.capture[row], rows.frame[row]), ()))),
        )


def _client_spans(conversation: Conversation) -> list[_Span]:
    found: list[_Span] = []
    for one in conversation.exchanges:
        if one.octets is None or one.again:
            continue
        start, end = one.octets
        shown, line = _shown_part(one)
        found.append(_Span(start, start + shown, one.index, shown=True))
        found.append(_Span(start + shown, start + line, one.index, shown=False))
        is_line = one.prompt.kind in ("command", "auth")
        found.append(_Span(start + line, end, one.index, shown=is_line))
    return [span for span in found if span.start < span.end]


def _shown_part(one: Exchange) -> tuple[int, int]:
    """How many octets of a prompt may be shown at its beginning, and where its line's text ends."""
    if one.prompt.kind == "mail-data":
        return 0, one.prompt.end - one.prompt.start
    if one.prompt.kind == "bdat":
        # Two octets of line ending belong to what may be shown: a BDAT line holds no text.
        return len(one.prompt.text) + 2, len(one.prompt.text) + 2
    return shown_octets(one), len(one.prompt.text)


def _server_spans(conversation: Conversation) -> list[_Span]:
    hidden = private_replies(conversation)
    asked = {reply.index: one.index for one in conversation.exchanges if (reply := one.reply) is not None}
    return [
        _Span(line.line.start, line.line.end, asked.get(reply.index), shown=reply not in hidden)
        for reply in conversation.replies
        for line in reply.lines
    ]


def _at(spans: list[_Span], offset: int) -> _Span | None:
    index = bisect_left(spans, offset + 1, key=lambda span: span.start) - 1
    return spans[index] if index >= 0 and offset < spans[index].end else None


def _text(spans: list[_Span], octets: tuple[int, int], payload: bytes) -> tuple[str, ...]:
    """The octets of a segment as lines, their ends visible, what is private as its length."""
    start, end = octets[0], octets[0] + len(payload)
    pieces: list[str] = []
    at = start
    while at < end:
        span = _at(spans, at)
        following = bisect_left(spans, at + 1, key=lambda one: one.start)
        upto = min(end, span.end if span else spans[following].start if following < len(spans) else end)
        if span is not None and span.shown:
            pieces += _lines(payload[at - start : upto - start])
        else:
            pieces.append(f"<{upto - at} octet{'' if upto - at == 1 else 's'}>")
        at = upto
    return tuple(_joined(pieces))


def _lines(octets: bytes) -> list[str]:
    """Octets as text, a piece for each line, CR and LF visible."""
    text = octets.decode("utf-8", "backslashreplace")
    pieces = [piece for piece in re.split("(?<=\n)", text) if piece]
    return [piece.replace("\r", "\\r").replace("\n", "\\n") for piece in pieces]


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

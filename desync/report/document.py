"""Build the report's document: the dict that ``--format json`` prints.

The only place that knows the report's format (DESIGN.md, section 6; ``report/schema.py``). May
know what scanning an archive found; must not judge anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final, TypeAlias

from desync.analysis.options import Options
from desync.analysis.record import Brief, ExchangeRecord, Outcome, Record, ReplyRecord
from desync.archive.captures import CaptureEntry
from desync.archive.scan import Archive
from desync.findings.finding import Finding, Place
from desync.findings.judge import judge_capture
from desync.report.community import community_id
from desync.report.summary import Summary
from desync.report.times import rfc3339

Document: TypeAlias = dict[str, Any]

SCHEMA: Final = "desync-report/1"


@dataclass(frozen=True, slots=True)
class Writer:
    """Turns what was found into the document's values.

    Attributes:
        archive: What was found.
        digits: For each capture the decimals of its times.
    """

    archive: Archive
    digits: Mapping[int, int]

    def time(self, time: int | None, capture: int) -> str | None:
        """A time, with the precision of its capture."""
        return rfc3339(time, self.digits[capture])


def build_document(archive: Archive, *, everything: bool) -> Document:
    """Build the document.

    Args:
        archive: What was found.
        everything: Whether clean connections and notes are listed too.
    """
    writer = Writer(archive, {one.index: _digits(one) for one in archive.captures})
    same = archive.same_connections()
    summary = Summary(archive.options)
    connections: list[Document] = []
    findings: list[Document] = []
    captures = [_capture(writer, one) for one in archive.captures]
    for capture in captures:
        findings += capture["problems"]
        summary.add_problems(capture["problems"])
    for outcome in archive.outcomes():
        twice = same.get(outcome.brief.order, [])
        shown = _selected(outcome, archive.options)
        summary.add(outcome.brief, repeated=any(other < outcome.brief.order for other in twice))
        if outcome.record is None or not (everything or any(one.severity != "note" for one in shown)):
            continue
        connections.append(_connection(writer, outcome, outcome.record, shown, twice))
        findings += connections[-1]["findings"]
    return {
        "schema": SCHEMA,
        "tool": {"name": "desync", "version": version("desync")},
        "options": _options(archive.options, everything=everything),
        "captures": captures,
        "connections": connections,
        "findings": findings,
        "summary": summary.document(archive.streams(), [(one.path, one.reason) for one in archive.refused]),
    }


def connection_document(archive: Archive, outcome: Outcome) -> Document:
    """Build the part of the document that is about one connection, whole."""
    if outcome.record is None:
        msg = "a connection without a record cannot be written"
        raise ValueError(msg)
    writer = Writer(archive, {one.index: _digits(one) for one in archive.captures})
    return _connection(writer, outcome, outcome.record, list(outcome.record.findings), [])


def _options(options: Options, *, everything: bool) -> Document:
    return {
        "ports": sorted(options.ports),
        "hosts": list(options.hosts),
        "since": rfc3339(options.since, 9),
        "until": rfc3339(options.until, 9),
        "select": list(options.select),
        "ignore": list(options.ignore),
        "redact": False,
        "hash": options.hash,
        "all": everything,
    }


def _digits(one: CaptureEntry) -> int:
    return max((interface.time_digits for interface in one.interfaces), default=6)


def _capture(writer: Writer, one: CaptureEntry) -> Document:
    known = one.times.known > 0
    problems = judge_capture(one.quality)
    return {
        "index": one.index,
        "path": one.path,
        "sha256": one.sha256,
        "size": one.size,
        "format": one.format,
        "compression": one.compression,
        "link_types": list(one.link_types),
        "snap_length": one.snap_length,
        "interfaces": [
            {
                "name": each.name,
                "link_type": each.link_type,
                "snap_length": each.snap_length,
                "comments": list(each.comments),
            }
            for each in one.interfaces
        ],
        "frames": one.frames,
        "tcp_frames": one.tcp_frames,
        "first_time": writer.time(one.times.earliest, one.index) if known else None,
        "last_time": writer.time(one.times.latest, one.index) if known else None,
        "times_sound": one.quality.clock.sound if one.frames > 1 else None,
        "damage": [{"offset": offset, "octets": octets} for offset, octets in one.damage],
        "problems": [
            _finding(writer, finding, f"{one.index}-{finding.rule.code}-{number}", None, None)
            for number, finding in enumerate(_chosen(problems, writer.archive.options), 1)
        ],
    }


def _chosen(findings: Iterable[Finding], options: Options) -> list[Finding]:
    return [one for one in findings if options.reports(one.rule.code)]


def _selected(outcome: Outcome, options: Options) -> list[Finding]:
    return _chosen(outcome.record.findings, options) if outcome.record is not None else []


def identify(brief: Brief) -> str:
    """The id of a connection in its report: its capture and its first frame there."""
    return "{}-{}".format(*brief.order)


def _connection(
    writer: Writer, outcome: Outcome, record: Record, shown: list[Finding], twice: list[tuple[int, int]]
) -> Document:
    brief = outcome.brief
    first, last = brief.parts[0], brief.parts[-1]
    parts = [
        {
            "capture": part.capture,
            "stream": writer.archive.stream_of(brief.key, part.capture, part.last_frame),
            "first_frame": part.first_frame,
            "last_frame": part.last_frame,
        }
        for part in brief.parts
    ]
    return {
        "id": identify(brief),
        "capture": first.capture,
        "stream": parts[0]["stream"],
        "parts": parts,
        "same_as": ["{}-{}".format(*other) for other in twice],
        "community_id": community_id(brief.client, brief.server),
        "protocol": record.protocol,
        "client": {"address": brief.client.address, "port": brief.client.port, "name": brief.name},
        "server": {"address": brief.server.address, "port": brief.server.port, "banner": brief.banner},
        "origin": {"client": record.origin[0], "server": record.origin[1]},
        "first_time": writer.time(brief.first_time, first.capture),
        "last_time": writer.time(brief.last_time, last.capture),
        "first_frame": first.first_frame,
        "last_frame": last.last_frame,
        "capture_point": record.point,
        "complete": record.complete,
        "tcp": _tcp(record),
        "tls": _tls(record),
        "prefix": record.prefix,
        "extensions": list(record.extensions),
        "reader": {"model": None, "candidates": [], "support": None, "exception": None},
        "drift": None,
        "exchanges": [_exchange(writer, one) for one in record.exchanges],
        "unpaired_replies": [_reply(writer, one) for one in record.unpaired],
        "transactions": [],
        "findings": _findings(writer, brief, shown, parts[0]["stream"]),
    }


def _tcp(record: Record) -> Document:
    tcp = record.tcp
    return {
        "mss": {"client": tcp.mss[0], "server": tcp.mss[1]},
        "rtt_ns": {"client": tcp.round_trips[0], "server": tcp.round_trips[1]},
        "retransmitted": tcp.retransmitted,
        "reordered": tcp.reordered,
        "duplicated": tcp.duplicated,
        "checksum": tcp.bad_checksums,
        "closed_by": tcp.closed_by,
        "gaps": [{"side": side, "octets": [start, end], "kind": kind} for side, start, end, kind in tcp.gaps],
    }


def _tls(record: Record) -> Document | None:
    if record.encryption is None:
        return None
    return {
        "prompt": record.encryption.exchange,
        "from_octet": {"client": record.encryption.client, "server": record.encryption.server},
        "version": None,
        "server_name": record.server_name,
    }


def _exchange(writer: Writer, one: ExchangeRecord) -> Document:
    return {
        "index": one.index,
        "prompt": one.prompt,
        "verb": one.verb,
        "text": one.text,
        "frame": one.frames[0].frame if one.frames else None,
        "frames": [_place(place) for place in one.frames],
        "time": writer.time(one.time, one.frames[0].capture) if one.frames else None,
        "octets": list(one.octets) if one.octets else None,
        "acknowledged": one.acknowledged,
        "required_end": one.required_end,
        "lead": one.lead,
        "in_step": one.in_step,
        "pairing": one.pairing,
        "drift": None,
        "reply": _reply(writer, one.reply) if one.reply else None,
        "believed": None,
    }


def _reply(writer: Writer, one: ReplyRecord) -> Document:
    segments = [
        {
            "capture": each.place.capture,
            "frame": each.place.frame,
            "time": writer.time(each.time, each.place.capture),
            "octets": list(each.octets),
        }
        for each in one.segments
    ]
    times = [each["time"] for each in segments if each["time"] is not None]
    return {
        "code": one.code,
        "text": list(one.text),
        "octets": list(one.octets),
        "lines": [{"octets": [start, end], "terminated": terminated} for start, end, terminated in one.lines],
        "segments": segments,
        "first_time": times[0] if times else None,
        "last_time": times[-1] if times else None,
    }


def _findings(writer: Writer, brief: Brief, shown: list[Finding], stream: int | None) -> list[Document]:
    found = []
    numbers: dict[str, int] = {}
    for one in shown:
        code = one.rule.code
        numbers[code] = numbers.get(code, 0) + 1
        found.append(_finding(writer, one, f"{identify(brief)}-{code}-{numbers[code]}", brief, stream))
    return found


def _finding(writer: Writer, one: Finding, name: str, brief: Brief | None, stream: int | None) -> Document:
    frames = [place.frame for place in one.frames]
    capture = one.frame.capture if one.frame else brief.parts[0].capture if brief else None
    return {
        "id": name,
        "code": one.rule.code,
        "name": one.rule.name,
        "severity": one.severity,
        "certainty": one.certainty,
        "blame": one.blame,
        "evidence": list(one.evidence),
        "capture": capture if capture is not None else int(name.partition("-")[0]),
        "connection": identify(brief) if brief else None,
        "stream": stream,
        "client": str(brief.client) if brief else None,
        "server": str(brief.server) if brief else None,
        "frame": one.frame.frame if one.frame else None,
        "frames": [_place(place) for place in one.frames],
        "time": writer.time(one.time, one.frame.capture) if one.frame else None,
        "exchanges": list(one.exchanges) if one.exchanges else None,
        "message": one.message,
        "filter": _filter(one, frames),
        "details": dict(one.details),
    }


def _filter(one: Finding, frames: list[int]) -> str | None:
    """A display filter for the frames, where one capture holds them all."""
    if not frames or len({place.capture for place in one.frames}) > 1:
        return None
    return f"frame.number in {{{','.join(str(frame) for frame in sorted(set(frames)))}}}"


def _place(place: Place) -> Document:
    return {"capture": place.capture, "frame": place.frame}

"""Build the report's document: the dict that ``--format json`` prints.

The only place that knows the report's format (DESIGN.md, section 6; ``report/schema.py``). May
know what scanning an archive found; must not judge anything.
"""

from typing import Final

from desync.analysis.options import Options
from desync.analysis.record import Outcome
from desync.archive.archive import Archive
from desync.archive.captures import CaptureEntry
from desync.findings.finding import Finding
from desync.findings.quality import CaptureQuality
from desync.report.document_connection import connection_part
from desync.report.document_listed import Listed, chosen
from desync.report.document_words import Document, Writer, digits_of, finding_part
from desync.report.summary import Summary
from desync.report.timeline.timeline import Timeline
from desync.report.times import rfc3339
from desync.version import VERSION

SCHEMA: Final = "desync-report/1"


def build_document(archive: Archive, *, everything: bool) -> Document:
    """Build the document.

    Args:
        archive: What was found.
        everything: Whether clean connections and notes are listed too.

    Returns:
        The document. Connections and findings are lists, or a ``LongList`` each where there are so many
        that they are not to be in memory all at once.
    """
    writer = Writer(archive, {one.index: digits_of(one) for one in archive.captures})
    same = archive.same_connections()
    summary = Summary(archive.options, Timeline(writer.digits, everybody=everything))
    captures = [_capture(writer, one) for one in archive.captures]
    for capture in captures:
        summary.add_problems(capture["problems"])
    listed = Listed(writer, same, everything=everything)
    for outcome in archive.outcomes():
        twice = same.get(outcome.brief.order, [])
        summary.add(outcome.brief, repeated=any(other < outcome.brief.order for other in twice))
        listed.add(outcome)
    repeats = {order for order, others in same.items() if any(other < order for other in others)}
    for plain in archive.plain():
        summary.add_plain(plain, repeats)
    return {
        "schema": SCHEMA,
        "tool": {"name": "desync", "version": VERSION},
        "options": _options(archive.options, everything=everything),
        "captures": captures,
        "connections": listed.connections(),
        "findings": listed.findings([one for capture in captures for one in capture["problems"]]),
        "summary": summary.document(archive.streams(), [(one.path, one.reason) for one in archive.refused]),
    }


def connection_document(archive: Archive, outcome: Outcome) -> Document:
    """Build the part of the document that is about one connection, whole."""
    record = outcome.record
    if record is None:
        msg = "a connection without a record cannot be written"
        raise ValueError(msg)
    writer = Writer(archive, {one.index: digits_of(one) for one in archive.captures})
    return connection_part(writer, outcome, record, list(record.findings), [])


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
        "merge": options.merge,
        "all": everything,
    }


def _capture(writer: Writer, one: CaptureEntry) -> Document:
    known = one.times.known > 0
    problems = _problems(one.quality)
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
            finding_part(writer, finding, f"{one.index}-{finding.rule.code}-{number}", None, None)
            for number, finding in enumerate(chosen(problems, writer.archive.options), 1)
        ],
    }


def _problems(quality: CaptureQuality) -> list[Finding]:
    if quality.unremarkable:
        return []
    from desync.findings.judge import judge_capture  # noqa: PLC0415 - every rule: most captures need none

    return judge_capture(quality)

"""Build the part of the report's document that is about one connection.

May know the record of a connection; must not know other connections, nor judge anything.
"""

from desync.analysis.record import (
    Brief,
    ExchangeRecord,
    Outcome,
    Record,
    ReplyRecord,
    TransactionRecord,
)
from desync.findings.finding import Finding
from desync.report.community import community_id
from desync.report.document_words import Document, Writer, finding_part, identify, place_part


def connection_part(
    writer: Writer, outcome: Outcome, record: Record, shown: list[Finding], twice: list[tuple[int, int]]
) -> Document:
    """Write a connection.

    Args:
        writer: Knows the captures.
        outcome: The connection.
        record: What is reported of it.
        shown: Those of its findings that were asked for.
        twice: Other copies of it in the archive.
    """
    brief = outcome.brief
    first, last = brief.parts[0], brief.parts[-1]
    parts = [
        {
            "capture": part.capture,
            "stream": writer.archive.stream_of(brief, number),
            "first_frame": part.first_frame,
            "last_frame": part.last_frame,
        }
        for number, part in enumerate(brief.parts)
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
        "reader": _reader(record),
        "drift": _drift(record),
        "exchanges": [_exchange(writer, one) for one in record.exchanges],
        "unpaired_replies": [_reply(writer, one) for one in record.unpaired],
        "transactions": [_transaction(one) for one in record.transactions],
        "left_out": {
            "exchanges": record.left_out.exchanges,
            "unpaired_replies": record.left_out.unpaired,
            "transactions": record.left_out.transactions,
        },
        "findings": findings_part(writer, brief, shown, parts[0]["stream"]),
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


def _reader(record: Record) -> Document:
    one = record.reader
    return {
        "model": one.model,
        "candidates": list(one.candidates),
        "support": None if one.support is None else round(one.support, 3),
        "exception": one.exception,
    }


def _drift(record: Record) -> Document | None:
    one = record.drift
    if one is None:
        return None
    return {"onset": one.onset, "recovered": one.recovered, "cause": one.cause}


def _transaction(one: TransactionRecord) -> Document:
    return {
        "index": one.index,
        "sender": one.sender,
        "recipients": [{"address": address, "code": code} for address, code in one.recipients],
        "final_reply": one.final_code,
        "queue_id": one.queue_id,
        "message_octets": one.octets,
        "outcome": one.outcome,
        "believed_outcome": one.believed,
        "verdict": one.verdict,
        "because": one.because,
        "exchanges": list(one.exchanges),
    }


def _exchange(writer: Writer, one: ExchangeRecord) -> Document:
    return {
        "index": one.index,
        "prompt": one.prompt,
        "verb": one.verb,
        "text": one.text,
        "frame": one.frames[0].frame if one.frames else None,
        "frames": [place_part(place) for place in one.frames],
        "time": writer.time(one.time, one.frames[0].capture) if one.frames else None,
        "octets": list(one.octets) if one.octets else None,
        "acknowledged": one.acknowledged,
        "required_end": one.required_end,
        "lead": one.lead,
        "in_step": one.in_step,
        "pairing": one.pairing,
        "drift": one.shift,
        "reply": _reply(writer, one.reply) if one.reply else None,
        "believed": _believed(one),
    }


def _believed(one: ExchangeRecord) -> Document | None:
    if one.believed is None:
        return None
    return {
        "code": one.believed.code,
        "text": list(one.believed.text),
        "octets": list(one.believed.octets),
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


def findings_part(writer: Writer, brief: Brief, shown: list[Finding], stream: int | None) -> list[Document]:
    """Write the findings of a connection that were asked for."""
    found = []
    numbers: dict[str, int] = {}
    for one in shown:
        code = one.rule.code
        numbers[code] = numbers.get(code, 0) + 1
        found.append(finding_part(writer, one, f"{identify(brief)}-{code}-{numbers[code]}", brief, stream))
    return found

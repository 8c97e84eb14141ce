"""A conversation becomes a record: the last place that sees what is private.

May know conversations; must not know how a record is printed.
"""

from collections import Counter
from collections.abc import Sequence

from desync.analysis.keep_reading import Believed, misread_of, transaction_record
from desync.analysis.record import (
    Brief,
    ExchangeRecord,
    GapRecord,
    Identity,
    LeftOut,
    Part,
    Record,
    ReplyRecord,
    SegmentRecord,
    TcpRecord,
)
from desync.analysis.shortened import shortened
from desync.analysis.texts import hidden, name_text, text_of
from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.offers import offers
from desync.exchanges.privacy import private_replies, shown_octets
from desync.findings.finding import Finding, Place
from desync.findings.making import known_time, places
from desync.findings.out_of_turn import offers_early_pipelining
from desync.packets.checksum import Checksum
from desync.smtp.reply import Reply
from desync.smtp.server_name import server_name
from desync.tcp.connection import Connection
from desync.tcp.pair_keys import Keys
from desync.tcp.sides import Side
from desync.tcp.stream import Stream
from desync.tcp.trust import checksum_of
from desync.units import UNKNOWN_TIME

SPLIT_CODES = frozenset({"REPLY301", "REPLY302"})


def brief_of(conversation: Conversation, key: Keys, findings: Sequence[Finding], *, depends: bool) -> Brief:
    """Keep what every connection is counted by."""
    connection = conversation.connection
    times = [time for time in connection.rows.time if time != UNKNOWN_TIME]
    misread = misread_of(conversation, findings)
    encryption = conversation.encryption
    return Brief(
        key=key,
        parts=_parts(connection),
        client=connection.client,
        server=connection.server,
        name=name_text(conversation.name),
        banner=_banner(conversation),
        first_time=min(times, default=None),
        last_time=max(times, default=None),
        encrypted=encryption is not None and encryption.exchange is None,
        offers_early_pipelining=offers_early_pipelining(conversation),
        depends=depends,
        codes=tuple(sorted(Counter(one.rule.code for one in findings).items())),
        clean=all(one.severity == "note" for one in findings),
        split=any(one.rule.code in SPLIT_CODES for one in findings),
        misread=misread.misread,
        proved=misread.proved,
        cured=misread.cured,
        identity=_identity(connection),
        whole_misread=misread.whole,
        models=misread.models,
    )


def record_of(conversation: Conversation, findings: Sequence[Finding]) -> Record:
    """Keep what a report prints of a connection."""
    connection = conversation.connection
    kept = shortened(conversation, findings)
    private = private_replies(conversation)
    believed = Believed(conversation, private)
    known = offers(conversation.pairing.pairs)
    encryption = conversation.encryption
    hello = (
        connection.client_stream.slice(encryption.client, encryption.client + 4096)
        if encryption and encryption.client is not None
        else b""
    )
    return Record(
        protocol=conversation.protocol,
        origin=(connection.client_stream.origin, connection.server_stream.origin),
        point=connection.point.point,
        complete=connection.complete,
        tcp=_tcp(connection),
        encryption=encryption,
        server_name=server_name(hello),
        prefix=conversation.prefix.name if conversation.prefix else None,
        extensions=known[-1].keywords if known else (),
        exchanges=tuple(_exchange(conversation, one, private, believed) for one in kept.exchanges),
        unpaired=tuple(_reply(conversation, reply, private) for reply in kept.unpaired),
        reader=conversation.reading.reader,
        drift=conversation.reading.drift,
        transactions=tuple(transaction_record(index, one) for index, one in kept.transactions),
        left_out=LeftOut(
            len(conversation.exchanges) - len(kept.exchanges),
            len(conversation.unpaired) - len(kept.unpaired),
            len(conversation.transactions) - len(kept.transactions),
        ),
        findings=tuple(findings),
    )


def shown_text(conversation: Conversation, one: Exchange) -> str | None:
    """A prompt's line as far as it may be shown, the rest as its length; None where it is no line."""
    if one.prompt.kind == "connection":
        return None
    if one.prompt.kind == "mail-data":
        return hidden(one.prompt.end - one.prompt.start)
    text, shown = one.prompt.text, shown_octets(conversation, one)
    if one.prompt.kind == "command" and not text and one.prompt.end - one.prompt.start > 2:
        return hidden(one.prompt.end - one.prompt.start)
    return text_of(text[:shown]) + (hidden(len(text) - shown) if shown < len(text) else "")


def _parts(connection: Connection) -> tuple[Part, ...]:
    rows = connection.rows
    found: dict[int, list[int]] = {}
    for capture, frame in zip(rows.capture, rows.frame, strict=True):
        found.setdefault(capture, []).append(frame)
    return tuple(Part(capture, min(frames), max(frames)) for capture, frames in found.items())


def _identity(connection: Connection) -> Identity | None:
    client, server = connection.client_start.initial, connection.server_start.initial
    if client is None or server is None:
        return None
    return Identity(client, server, connection.client_stream.length, connection.server_stream.length)


def _tcp(connection: Connection) -> TcpRecord:
    rows, assembly = connection.rows, connection.assembly
    bad = sum(1 for row in range(len(rows)) if checksum_of(rows, row) is Checksum.BAD)
    return TcpRecord(
        mss=(connection.handshake.client_mss, connection.handshake.server_mss),
        round_trips=(connection.point.to_client, connection.point.to_server),
        retransmitted=assembly.retransmitted,
        reordered=assembly.reordered,
        duplicated=assembly.duplicated,
        bad_checksums=bad,
        closed_by=connection.closed_by,
        gaps=(*_gaps("client", connection.client_stream), *_gaps("server", connection.server_stream)),
    )


def _gaps(side: Side, stream: Stream) -> list[GapRecord]:
    return [(side, gap.offset, gap.end, gap.kind) for gap in stream.gaps]


def _exchange(
    conversation: Conversation, one: Exchange, private: frozenset[Reply], believed: Believed
) -> ExchangeRecord:
    return ExchangeRecord(
        index=one.index,
        prompt=one.prompt.kind,
        verb=one.prompt.verb,
        text=shown_text(conversation, one),
        frames=places(one.sent),
        time=known_time(one.sent[0].time) if one.sent else None,
        octets=one.octets,
        acknowledged=one.acknowledged,
        required_end=one.required_end,
        lead=one.lead,
        in_step=one.in_step,
        pairing=one.pairing,
        standing=one.standing,
        reply=_reply(conversation, one.reply, private) if one.reply is not None else None,
        shift=believed.shift(one.index),
        believed=believed.record(one.index),
    )


def _reply(conversation: Conversation, reply: Reply, private: frozenset[Reply]) -> ReplyRecord:
    start, end = reply.octets
    carriers = conversation.connection.server_stream.carriers(start, end)
    return ReplyRecord(
        code=reply.code,
        text=tuple(
            hidden(len(line.line.text)) if reply in private else text_of(line.line.text)
            for line in reply.lines
        ),
        octets=(start, end),
        lines=tuple((line.line.start, line.line.end, line.line.terminated) for line in reply.lines),
        segments=tuple(
            SegmentRecord(Place(one.capture, one.frame), known_time(one.time), (low, high))
            for low, high, one in carriers
        ),
    )


def _banner(conversation: Conversation) -> str | None:
    greeting = conversation.greeting
    return name_text(greeting.lines[0].line.text) if greeting is not None and greeting.lines else None

"""The JSON Schema of a connection: its ends, its TCP, its exchanges, its mail.

May know the fields of DESIGN's connection; must not know how they are found.
"""

from typing import Final, get_args

from desync.exchanges.fates import TrueOutcome, Verdict
from desync.exchanges.reading import Cause, Model
from desync.report.schema_words import (
    BOOLEAN,
    COUNT,
    FRAME,
    INTEGER,
    PORT,
    RANGE,
    SPAN,
    TEXT,
    TIME,
    Schema,
    array,
    fields,
    maybe,
    of,
    one_of,
    sides,
)

REPLY: Final = fields(
    code=maybe({"type": "integer", "minimum": 0, "maximum": 999}),
    text=array({**TEXT, "description": "a line with its code, without its line end"}),
    octets=RANGE,
    lines=array(fields(octets=RANGE, terminated=BOOLEAN)),
    segments=array(fields(capture=COUNT, frame=FRAME, time=maybe(TIME), octets=RANGE)),
    first_time=maybe(TIME),
    last_time=maybe(TIME),
)

MODEL: Final = one_of(*get_args(Model))

BELIEVED: Final = fields(
    code=maybe({"type": "integer", "minimum": 0, "maximum": 999}),
    text=array({**TEXT, "description": "a line, or the part of one that was taken, without its line end"}),
    octets=RANGE,
)

EXCHANGE: Final = fields(
    index=COUNT,
    prompt=one_of("connection", "command", "auth", "mail-data", "bdat"),
    verb=maybe(TEXT),
    text=maybe(TEXT),
    frame=maybe(FRAME),
    frames=array(of("place")),
    time=maybe(TIME),
    octets=maybe(RANGE),
    acknowledged=maybe(COUNT),
    required_end=maybe(COUNT),
    lead=maybe(COUNT),
    in_step=maybe(BOOLEAN),
    pairing=one_of("forced", "aligned", "ambiguous"),
    drift=maybe({**INTEGER, "description": "replies that the client was behind"}),
    reply=maybe(of("reply")),
    believed=maybe(BELIEVED),
)

TRANSACTION: Final = fields(
    index=COUNT,
    sender=maybe(TEXT),
    recipients=array(fields(address=maybe(TEXT), code=maybe(COUNT))),
    final_reply=maybe({"type": "integer", "minimum": 0, "maximum": 999, "description": "its code"}),
    queue_id=maybe(TEXT),
    message_octets=maybe(COUNT),
    outcome=one_of(*get_args(TrueOutcome)),
    believed_outcome=one_of(*get_args(TrueOutcome)),
    verdict=one_of(*get_args(Verdict)),
    because=maybe(TEXT),
    exchanges=SPAN,
)

_GAP: Final = fields(
    side=one_of("client", "server"), octets=RANGE, kind=one_of("loss", "snaplen", "fragment", "dropped")
)

_TCP: Final = fields(
    mss=sides(maybe(COUNT)),
    rtt_ns=sides(maybe(COUNT)),
    retransmitted=COUNT,
    reordered=COUNT,
    duplicated=COUNT,
    checksum=COUNT,
    closed_by=maybe(TEXT),
    gaps=array(_GAP),
)

_TLS: Final = fields(
    prompt=maybe(COUNT),
    from_octet=sides(maybe(COUNT)),
    version=maybe(TEXT),
    server_name=maybe(TEXT),
)

_READER: Final = fields(
    model=maybe(MODEL),
    candidates=array(MODEL),
    support=maybe({"type": "number", "minimum": 0, "maximum": 1}),
    exception=maybe(TEXT),
)

_LEFT_OUT: Final = {
    **fields(exchanges=COUNT, unpaired_replies=COUNT, transactions=COUNT),
    "description": "how many there are besides those listed: of a very long connection those that matter are",
}

CONNECTION: Final[Schema] = fields(
    id=TEXT,
    capture=COUNT,
    stream=maybe(COUNT),
    parts=array(
        fields(capture=COUNT, stream=maybe(COUNT), first_frame=maybe(FRAME), last_frame=maybe(FRAME)),
    ),
    same_as=array(TEXT),
    community_id=maybe(TEXT),
    protocol=one_of("smtp", "lmtp"),
    client=fields(address=TEXT, port=PORT, name=maybe(TEXT)),
    server=fields(address=TEXT, port=PORT, banner=maybe(TEXT)),
    origin=sides(one_of("syn", "first-seen")),
    first_time=maybe(TIME),
    last_time=maybe(TIME),
    first_frame=maybe(FRAME),
    last_frame=maybe(FRAME),
    capture_point=one_of("client", "server", "between", "unknown"),
    complete=BOOLEAN,
    tcp=_TCP,
    tls=maybe(_TLS),
    prefix=maybe(TEXT),
    extensions=array(TEXT),
    reader=maybe(_READER),
    drift=maybe(fields(onset=COUNT, recovered=maybe(COUNT), cause=one_of(*get_args(Cause)))),
    exchanges=array(of("exchange")),
    unpaired_replies=array(of("reply")),
    transactions=array(of("transaction")),
    left_out=_LEFT_OUT,
    findings=array(of("finding")),
)

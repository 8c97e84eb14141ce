"""The JSON Schema of the report, version 1: every field required, no others.

May know the report's fields; must not know how the report is made or printed.
"""

from typing import Final

from desync.report.compare.comparison import SCHEMA as COMPARE_NAME
from desync.report.jsonl import TIMELINE_NAME
from desync.report.schema_compare import CLIENT, COUNTS, GUARD, OPTIONS_DIFFER, ORDER, SERVER, side
from desync.report.schema_connection import CONNECTION, EXCHANGE, MODEL, REPLY, TRANSACTION
from desync.report.schema_finding import CODE, FINDING, PLACE
from desync.report.schema_timeline import TIMELINE
from desync.report.schema_words import (
    BOOLEAN,
    COUNT,
    PORT,
    TEXT,
    TIME,
    Schema,
    array,
    fields,
    maybe,
    of,
    one_of,
)

SCHEMA_NAME: Final = "desync-report/1"
"""The value of the document's member ``schema``; another number where a field changes its meaning."""

_LINK_TYPE: Final = maybe({**COUNT, "description": "LINKTYPE number of the tcpdump registry"})

CAPTURE: Final = fields(
    index=COUNT,
    path=TEXT,
    sha256=maybe({"type": "string", "pattern": "^[0-9a-f]{64}$"}),
    size=maybe({**COUNT, "description": "octets of the file as it is stored"}),
    format=maybe(one_of("pcap", "pcapng", "snoop")),
    compression=maybe(TEXT),
    link_types=array(_LINK_TYPE),
    snap_length=maybe(COUNT),
    interfaces=array(fields(name=maybe(TEXT), link_type=_LINK_TYPE, snap_length=COUNT, comments=array(TEXT))),
    frames=maybe(COUNT),
    tcp_frames=maybe(COUNT),
    first_time=maybe(TIME),
    last_time=maybe(TIME),
    times_sound=maybe(BOOLEAN),
    damage=array(fields(offset=COUNT, octets=COUNT)),
    problems=array(of("finding")),
)

OPTIONS: Final = fields(
    ports=array(PORT),
    hosts=array(TEXT),
    since=maybe(TIME),
    until=maybe(TIME),
    select=array(CODE),
    ignore=array(CODE),
    redact=BOOLEAN,
    hash=BOOLEAN,
    merge=BOOLEAN,
    all=BOOLEAN,
)
"""What decides the report. The number of workers and the size of slices do not, and are not named."""

_CLIENT: Final = fields(
    address=TEXT,
    name=maybe(TEXT),
    sessions=COUNT,
    encrypted={**COUNT, "description": "of these, encrypted from the first octet"},
    splits_seen=COUNT,
    misread=COUNT,
    whole_misread=COUNT,
    model=maybe(MODEL),
    proved=COUNT,
)

_SERVER: Final = fields(
    address=TEXT,
    banner=maybe(TEXT),
    sessions=COUNT,
    split=COUNT,
    misread=COUNT,
    cured=COUNT,
)

SUMMARY: Final = fields(
    connections=COUNT,
    mail=COUNT,
    encrypted=COUNT,
    by_code={"type": "object", "propertyNames": CODE, "additionalProperties": COUNT},
    clients=array(_CLIENT),
    servers=array(_SERVER),
    timeline=TIMELINE,
    not_analysed=array(fields(path=TEXT, reason=TEXT)),
)

_TOOL: Final = fields(name=TEXT, version=TEXT)


def report_schema() -> Schema:
    """Build the JSON Schema (draft 2020-12) of what ``desync scan --format json`` prints.

    The definitions ``capture`` and ``connection`` and ``summary`` describe the lines of
    ``--format jsonl`` too, but for their member ``type`` and the head of the summary's line.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA_NAME,
        **fields(
            schema={"const": SCHEMA_NAME},
            tool=_TOOL,
            options=OPTIONS,
            captures=array(of("capture")),
            connections=array(of("connection")),
            findings=array(of("finding")),
            summary=of("summary"),
        ),
        "$defs": {
            "capture": CAPTURE,
            "connection": CONNECTION,
            "exchange": EXCHANGE,
            "finding": FINDING,
            "place": PLACE,
            "reply": REPLY,
            "summary": SUMMARY,
            "transaction": TRANSACTION,
        },
    }


def timeline_schema() -> Schema:
    """Build the JSON Schema (draft 2020-12) of what ``desync timeline --format json`` prints."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TIMELINE_NAME,
        **fields(schema={"const": TIMELINE_NAME}, tool=_TOOL, options=OPTIONS, timeline=TIMELINE),
    }


def compare_schema() -> Schema:
    """Build the JSON Schema (draft 2020-12) of what ``desync compare --format json`` prints.

    The definitions ``client`` and ``server`` describe the lines of ``--format jsonl`` too, but for their
    member ``type``.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": COMPARE_NAME,
        **fields(
            schema={"const": COMPARE_NAME},
            tool=_TOOL,
            guard=GUARD,
            a=side(OPTIONS),
            b=side(OPTIONS),
            options_differ=OPTIONS_DIFFER,
            order=ORDER,
            clients=array(of("client")),
            servers=array(of("server")),
            verdicts=COUNTS,
        ),
        "$defs": {"client": CLIENT, "server": SERVER},
    }

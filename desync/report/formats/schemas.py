"""The JSON Schemas of the lines of JSON Lines formats, and the columns of tables as CSVW metadata.

May know the formats' members; must not know how they are printed.

Source:
    CSVW: W3C, "Metadata Vocabulary for Tabular Data".
"""

from collections.abc import Sequence
from typing import Any, Final

from desync.report.formats.columns import Kind
from desync.report.formats.eve import GENERATOR
from desync.report.formats.tables import Table
from desync.report.formats.timesketch import CHANGE, FINDING
from desync.report.schema import SUMMARY, report_schema
from desync.report.schema_finding import BLAME, CERTAINTY, CODE, SEVERITY
from desync.report.schema_finding import FINDING as FINDING_OF_REPORT
from desync.report.schema_words import COUNT, FRAME, PORT, TEXT, Schema, fields, maybe, one_of

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

_DATATYPES: Final[dict[Kind, Any]] = {
    "text": "string",
    "texts": "string",
    "integer": "integer",
    "integers": "integer",
    "time": "dateTime",
}

_MICROSECONDS: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}"


def jsonl_schema() -> Schema:
    """Build the JSON Schema of a line of ``--format jsonl``."""
    report = report_schema()
    head = {name: report["properties"][name] for name in ("schema", "tool", "options")}
    definitions = report["$defs"]
    return {
        "$schema": _DRAFT,
        "title": "a line of desync-report/1 as JSON Lines",
        "anyOf": [
            _line("capture", definitions["capture"]["properties"]),
            _line("connection", definitions["connection"]["properties"]),
            _line("summary", head | SUMMARY["properties"]),
        ],
        "$defs": definitions,
    }


def _line(kind: str, members: dict[str, Schema]) -> Schema:
    return fields(type={"const": kind}, **members)


def timesketch_schema() -> Schema:
    """Build the JSON Schema of a line of ``--format timesketch``."""
    when = {
        "message": TEXT,
        "datetime": {"type": "string", "pattern": rf"{_MICROSECONDS}\+00:00$"},
        "timestamp": {"type": "integer", "description": "microseconds since 1970 UTC"},
        "timestamp_desc": TEXT,
    }
    finding = fields(
        **when,
        data_type={"const": FINDING},
        code=CODE,
        name=TEXT,
        severity=SEVERITY,
        certainty=CERTAINTY,
        blame=BLAME,
        evidence={**TEXT, "description": "its kinds, with blanks between"},
        src_ip=maybe({**TEXT, "description": "the client"}),
        src_port=maybe(PORT),
        client_name=maybe(TEXT),
        dst_ip=maybe({**TEXT, "description": "the server"}),
        dst_port=maybe(PORT),
        banner=maybe(TEXT),
        community_id=maybe(TEXT),
        connection=maybe(TEXT),
        pcap=maybe({**TEXT, "description": "path of the capture"}),
        tcp_stream=maybe(COUNT),
        frame_number=maybe(FRAME),
        display_filter=maybe(TEXT),
    )
    change = fields(
        **when,
        data_type={"const": CHANGE},
        side=one_of("client", "server"),
        address=TEXT,
        port=maybe(PORT),
        banner_before=maybe(TEXT),
        banner=maybe(TEXT),
    )
    return {"$schema": _DRAFT, "title": "a line for Timesketch", "anyOf": [finding, change]}


def eve_schema() -> Schema:
    """Build the JSON Schema of a line of ``--format eve``."""
    ends = {
        "flow_id": {**COUNT, "description": "the same for all events of a connection of this report"},
        "src_ip": {**TEXT, "description": "the client, whoever sent the frame"},
        "src_port": PORT,
        "dest_ip": {**TEXT, "description": "the server"},
        "dest_port": PORT,
        "proto": {"const": "TCP"},
        "app_proto": one_of("smtp", "lmtp"),
    }
    always = {
        "timestamp": {
            "type": "string",
            "pattern": rf"{_MICROSECONDS}\+0000$",
            "description": "of the frame; where desync.time is null, the beginning of connection or capture",
        },
        "event_type": one_of("alert", "anomaly"),
        "desync": _rest(),
    }
    sometimes = {
        "pcap_cnt": FRAME,
        "pcap_filename": TEXT,
        "community_id": TEXT,
        "alert": _alert(),
        "anomaly": _anomaly(),
    }
    return {
        "$schema": _DRAFT,
        "title": "a line like one of Suricata's EVE log",
        "type": "object",
        "properties": {**always, **ends, **sometimes},
        "required": list(always),
        "dependentRequired": {"flow_id": list(ends)},
        "additionalProperties": False,
        "oneOf": [{"required": ["alert", "flow_id"]}, {"required": ["anomaly"]}],
    }


def _alert() -> Schema:
    return fields(
        action={"const": "allowed"},
        gid={"const": GENERATOR},
        signature_id={**COUNT, "description": "the digits of the finding's code"},
        rev=COUNT,
        signature=TEXT,
        category=TEXT,
        severity={"enum": [1, 2, 3], "description": "1 error, 2 warning, 3 note"},
    )


def _anomaly() -> Schema:
    return {
        "type": "object",
        "properties": {
            "app_proto": one_of("smtp", "lmtp"),
            "type": one_of("decode", "stream", "applayer"),
            "event": TEXT,
            "layer": {"const": "proto_parser"},
        },
        "required": ["type", "event"],
        "additionalProperties": False,
    }


def _rest() -> Schema:
    members = FINDING_OF_REPORT["properties"]
    names = ("id", "code", "name", "severity", "certainty", "blame", "evidence", "connection", "stream")
    more = ("time", "exchanges", "message", "filter", "details")
    places = {"type": "array", "items": fields(capture=COUNT, frame=FRAME)}
    return fields(**{name: members[name] for name in (*names, *more)}, frames=places)


def tables_schema(tables: Sequence[Table]) -> dict[str, Any]:
    """Describe tables in CSVW: of CSV the file's own, of Parquet files and data frames all."""
    described = [_table(one) for one in tables]
    context = {"@context": "http://www.w3.org/ns/csvw"}
    return {**context, **described[0]} if len(described) == 1 else {**context, "tables": described}


def _table(one: Table) -> dict[str, Any]:
    columns = [
        {
            "name": column.name,
            "titles": column.name,
            "datatype": _DATATYPES[column.kind],
            **({"separator": " "} if column.kind in {"texts", "integers"} else {}),
            "dc:description": column.about,
        }
        for column in one.columns
    ]
    return {
        "url": f"{one.name}.csv",
        "dc:description": one.about,
        "dialect": {"encoding": "utf-8", "lineTerminators": "\r\n"},
        "tableSchema": {"columns": columns},
    }

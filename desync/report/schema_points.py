"""The JSON Schema of what ``desync compare --points --format json`` prints.

May know its fields; must not know how they come about.
"""

from typing import Final

from desync.archive.points.checks import RESULTS
from desync.report.points.document import SCHEMA, VERDICTS
from desync.report.schema_words import (
    BOOLEAN,
    COUNT,
    FRAME,
    INTEGER,
    PORT,
    RANGE,
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

_FRAMES: Final[Schema] = {**array(FRAME), "description": "20 at most"}
_FLAG: Final = one_of("SYN", "FIN", "RST")


def _at(schema: Schema) -> Schema:
    """Describe an object that says the same of A and of B."""
    return fields(a=schema, b=schema)


_VIEW: Final = fields(
    path=TEXT, captures=COUNT, connections=COUNT, first_time=maybe(TIME), last_time=maybe(TIME)
)

_SIGHTING: Final = fields(
    capture=TEXT,
    stream=maybe(COUNT),
    client=TEXT,
    server=TEXT,
    name=maybe(TEXT),
    banner=maybe(TEXT),
    first_frame=FRAME,
    last_frame=FRAME,
    first_time=maybe(TIME),
    capture_point=one_of("client", "server", "between", "unknown"),
    complete=BOOLEAN,
)

_COURSE: Final = fields(
    octets=COUNT,
    compared=COUNT,
    unknown={**COUNT, "description": "octets that one of the captures does not hold"},
    incomparable=maybe(one_of("holes", "beginnings")),
    differences=COUNT,
    segments=fields(
        sent=COUNT,
        arrived=COUNT,
        same=COUNT,
        cut_anew=fields(sent=COUNT, arrived=COUNT),
        lost=COUNT,
        bare_lost={**INTEGER, "description": "bare acknowledgments"},
        made_up=COUNT,
        acknowledgments_made_up=COUNT,
    ),
    hops=_at(maybe(COUNT)),
    delay=maybe(
        fields(segments=COUNT, least_ns=INTEGER, median_ns=INTEGER, most_ns=INTEGER, slowest=_at(FRAME))
    ),
)

DEED: Final = fields(
    what=one_of(
        "changed", "replaced", "inserted", "missing", "made", "acknowledged", "lost", "doubled", "cut"
    ),
    sender=one_of("client", "server"),
    certainty=one_of("proved", "consistent", "inconclusive"),
    doubts=array(one_of("match", "not-captured", "tail", "recorded-twice")),
    part=maybe(one_of("greeting", "reply", "command", "auth", "mail-data", "tls")),
    verb=maybe({**TEXT, "description": "of the command, or of the one that the reply answers"}),
    octets=_at(maybe(RANGE)),
    text=_at(maybe({**array(TEXT), "description": "a piece for each line; what is private as its length"})),
    segments=COUNT,
    flags=array(_FLAG),
    came_later=maybe(BOOLEAN),
    hops=maybe(fields(made_up=COUNT, usual=COUNT)),
    acknowledged=maybe(fields(made_up=COUNT, most=COUNT)),
    time=maybe(TIME),
    frames=_at(_FRAMES),
    files=_at(
        maybe({**TEXT, "description": "of a rotation, where another one than the connection begins in"})
    ),
    filters=_at(maybe(TEXT)),
)

CONNECTION: Final = fields(
    verdict=one_of(*VERDICTS),
    matched_by=one_of("numbers", "addresses", "octets"),
    sure={**BOOLEAN, "description": "whether no other connection comes as near"},
    a=_SIGHTING,
    b=_SIGHTING,
    renumbered=sides(maybe(BOOLEAN)),
    clock=fields(
        b_ahead_ns=maybe(INTEGER), way_ns=maybe(COUNT), reason=maybe(one_of("unsound", "one-way", "drift"))
    ),
    client=of("course"),
    server=of("course"),
    options=array(
        fields(
            packet=one_of("SYN", "SYN-ACK"), option=TEXT, a=maybe(TEXT), b=maybe(TEXT), frames=_at(_FRAMES)
        )
    ),
    deeds=array(of("deed")),
    findings=array(
        fields(
            code=TEXT,
            name=TEXT,
            a=BOOLEAN,
            b=BOOLEAN,
            result=one_of(*RESULTS),
            deeds={**array(COUNT), "description": "places in the list of deeds, from 0"},
        )
    ),
)

UNMATCHED: Final = fields(
    **{"in": one_of("a", "b")},
    capture=TEXT,
    stream=maybe(COUNT),
    client=TEXT,
    server=TEXT,
    first_frame=FRAME,
    first_time=maybe(TIME),
)

_SUMMARY: Final = fields(
    matched=COUNT,
    by=fields(numbers=COUNT, addresses=COUNT, octets=COUNT),
    verdicts=fields(**dict.fromkeys(VERDICTS, COUNT)),
    only_a=COUNT,
    only_b=COUNT,
)


def points_schema() -> Schema:
    """Build the JSON Schema (draft 2020-12) of what ``desync compare --points --format json`` prints.

    The definitions ``connection`` and ``unmatched`` describe the lines of ``--format jsonl`` too, but for
    their member ``type``.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        **fields(
            schema={"const": SCHEMA},
            tool=fields(name=TEXT, version=TEXT),
            options=fields(ports=array(PORT)),
            a=_VIEW,
            b=_VIEW,
            nearer_client=maybe(one_of("a", "b")),
            handshakes=_at(COUNT),
            summary=_SUMMARY,
            connections=array(of("connection")),
            unmatched=array(of("unmatched")),
        ),
        "$defs": {"connection": CONNECTION, "course": _COURSE, "deed": DEED, "unmatched": UNMATCHED},
    }

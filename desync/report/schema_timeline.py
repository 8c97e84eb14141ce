"""The JSON Schema of the timeline's rows.

May know the rows' fields; must not know how they come about.
"""

from typing import Final

from desync.report.schema_words import COUNT, FRAME, INTEGER, PORT, TEXT, TIME, array, fields, maybe, one_of

_KEY: Final = maybe(
    {**TEXT, "description": "first line of the greeting, less dates, times, identifiers and counters"}
)

_PORT: Final = maybe({**PORT, "description": "of a server; null for a client"})

_PART: Final = fields(banner=_KEY, sessions=COUNT, split=COUNT, misread=COUNT)

_PERIOD: Final = fields(time=TIME, sessions=COUNT, split=COUNT, misread=COUNT)

CHANGE: Final = fields(
    kind={"const": "change"},
    side=one_of("client", "server"),
    address=TEXT,
    port=_PORT,
    time=TIME,
    capture=COUNT,
    frame=FRAME,
    last_before=TIME,
    before=_PART,
    after=_PART,
    began={**array(TEXT), "description": "clients seen on both sides that misread only after it"},
    ceased={**array(TEXT), "description": "clients seen on both sides that misread only before it"},
)
"""A change point: ``time`` and ``frame`` are those of the first session after it."""

SEEN: Final = fields(
    kind=one_of("server", "client"),
    address=TEXT,
    port=_PORT,
    banner=_KEY,
    sessions=COUNT,
    split=COUNT,
    misread=COUNT,
    first_time=maybe(TIME),
    last_time=maybe(TIME),
    period_ns={**INTEGER, "minimum": 1, "description": "length of the periods"},
    periods=array(_PERIOD),
)
"""A server with one banner, or a client, over time. Periods without a session are left out."""

TIMELINE: Final = array({"anyOf": [CHANGE, SEEN]})

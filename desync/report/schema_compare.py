"""The JSON Schema of what ``desync compare --format json`` prints.

May know its fields; must not know how they come about.
"""

from typing import Final

from desync.report.compare.comparison import MATTERING
from desync.report.compare.reasons import REASONS
from desync.report.compare.servers import VERDICTS as SERVER_VERDICTS
from desync.report.compare.verdict import BECAUSE, VERDICTS
from desync.report.schema_connection import MODEL
from desync.report.schema_words import COUNT, PORT, TEXT, TIME, Schema, array, fields, maybe, one_of

_CHANCE: Final[Schema] = maybe(
    {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "how probable chance alone makes shares that differ so (exact test, two-sided)",
    }
)

_SEEN: Final = maybe(
    fields(
        names={**array(TEXT), "description": "what it called itself, the most frequent first; five at most"},
        sessions=COUNT,
        encrypted=COUNT,
        split=COUNT,
        misread=COUNT,
        whole_misread=COUNT,
        out_of_step=COUNT,
        proved=COUNT,
        model=maybe(MODEL),
        why=array(fields(reason=one_of(*REASONS), sessions=COUNT)),
    )
)
"""Null where it is not in that archive."""

CLIENT: Final = fields(
    address=TEXT,
    verdict=one_of(*VERDICTS),
    because=maybe(one_of(*BECAUSE)),
    chance=_CHANCE,
    same_name=maybe({**TEXT, "description": "the one address of the other archive that says its name"}),
    a=_SEEN,
    b=_SEEN,
)

_SEEN_SERVER: Final = maybe(
    fields(
        banners={**array(maybe(TEXT)), "description": "as in the timeline; the most frequent first"},
        sessions=COUNT,
        split=COUNT,
        misread=COUNT,
        first_time=maybe(TIME),
        last_time=maybe(TIME),
    )
)

SERVER: Final = fields(
    address=TEXT,
    port=PORT,
    verdict=one_of(*SERVER_VERDICTS),
    chance=_CHANCE,
    a=_SEEN_SERVER,
    b=_SEEN_SERVER,
)

GUARD: Final = fields(chance={"type": "number"}, sessions=COUNT, step={"type": "number"})
"""Above which probability, and below how many sessions and what step, nothing is said to have changed."""

COUNTS: Final = fields(
    clients=fields(**dict.fromkeys(VERDICTS, COUNT)),
    servers=fields(**dict.fromkeys(SERVER_VERDICTS, COUNT)),
)
"""All clients and servers by verdict, those that are not listed too."""

OPTIONS_DIFFER: Final = array(one_of(*MATTERING))

ORDER: Final = maybe(one_of("b-later", "b-earlier", "overlap"))


def side(options: Schema) -> Schema:
    """Describe what is said of A, or of B, as a whole."""
    return fields(
        path=TEXT,
        options=options,
        captures=COUNT,
        sessions=COUNT,
        encrypted=COUNT,
        out_of_step=COUNT,
        first_time=maybe(TIME),
        last_time=maybe(TIME),
    )

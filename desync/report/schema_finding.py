"""The JSON Schema of findings.

May know the fields of DESIGN's finding; must not know the rules, whose codes are but a pattern here.
"""

from typing import Final, get_args

from desync.findings.rule import Blame, Certainty, Severity
from desync.report.schema_words import (
    COUNT,
    FRAME,
    SPAN,
    TEXT,
    TIME,
    Schema,
    array,
    fields,
    maybe,
    of,
    one_of,
)

CODE: Final[Schema] = {"type": "string", "pattern": "^(SYNC|REPLY|DATA|TLS|PATH|MAIL|CAP)[1-9][0-9]{2}$"}

SEVERITY: Final = one_of(*get_args(Severity))
CERTAINTY: Final = one_of(*get_args(Certainty))
BLAME: Final = one_of(*get_args(Blame))
EVIDENCE: Final = one_of("ack", "same-segment", "content", "repeat")

SPLIT_CODES: Final = ("SYNC102", "SYNC103", "REPLY301", "REPLY302")
"""Findings about a reply that came in pieces; their details say how."""

SPLIT_DETAILS: Final[Schema] = {
    "type": "object",
    "properties": {
        "held": {**COUNT, "description": "octets of the reply that the client had received"},
        "held_hex": {
            "type": "string",
            "pattern": "^([0-9a-f]{2})*$",
            "description": "the last of the octets held",
        },
        "missing": maybe({**COUNT, "description": "octets of the reply that were still to come"}),
        "split": one_of("writes", "mss", "buffer", "retransmission", "unknown"),
        "gap_ns": maybe({"type": "integer"}),
        "cure": one_of("yes", "no", "unknown"),
        "why": TEXT,
    },
    "required": ["held", "held_hex", "missing", "split", "gap_ns", "cure", "why"],
    # A rule may say more of its case than every such rule must.
    "additionalProperties": True,
}

_FIELDS: Final = fields(
    id=TEXT,
    code=CODE,
    name={"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    severity=SEVERITY,
    certainty=CERTAINTY,
    blame=BLAME,
    evidence=array(EVIDENCE),
    capture=maybe(COUNT),
    connection=maybe(TEXT),
    stream=maybe(COUNT),
    client=maybe(TEXT),
    server=maybe(TEXT),
    frame=maybe(FRAME),
    frames=array(of("place")),
    time=maybe(TIME),
    exchanges=maybe(SPAN),
    message=TEXT,
    filter=maybe(TEXT),
    details={"type": "object"},
)

FINDING: Final[Schema] = {
    **_FIELDS,
    "if": {"properties": {"code": {"enum": list(SPLIT_CODES)}}},
    "then": {"properties": {"details": SPLIT_DETAILS}},
}

PLACE: Final = fields(capture=COUNT, frame=FRAME)

"""Why a client was out of step in a session: what set it off, in one word.

    SYNC102, split "writes"              several-writes
    SYNC103, its reader takes lines      line-reader
    SYNC104 because of SYNC102           (follows from it: no reason of its own)

May know the document's connections and findings; must not know how many there are.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from desync.report.text_groups import Connection, Finding
from desync.report.text_words import OUT_OF_TURN

DRIFT: Final = "SYNC201"

OUT_OF_STEP: Final = OUT_OF_TURN | {DRIFT}
"""Findings that say that a client spoke out of turn, or took replies for the answers to other commands."""

_MISREADS: Final = frozenset({"SYNC102", "SYNC103"})
_MISREAD_CAUSES: Final = frozenset({"split-reply", "multiline-reply"})
_SPLITS: Final = frozenset({"REPLY301", "REPLY302"})

_BY_SPLIT: Final = {
    "writes": "several-writes",
    "mss": "longer-than-segment",
    "buffer": "longer-than-buffer",
    "retransmission": "sent-again",
    "unknown": "split-unknown",
}

_BY_CODE: Final = {
    "SYNC101": "before-greeting",
    "SYNC104": "pipelining-not-offered",
    "SYNC105": "pipelining-past-barrier",
    "SYNC106": "mail-data-early",
    "SYNC107": "gave-up-waiting",
}

_BY_CAUSE: Final = (
    "late-reply",
    "surplus-reply",
    "unsolicited-reply",
    "missing-reply",
    "mail-data-as-commands",
    "chunk-as-commands",
)

REASONS: Final = (
    *_BY_SPLIT.values(),
    "line-reader",
    *_BY_CODE.values(),
    "never-waits",
    *_BY_CAUSE,
)
"""Every reason, in the order in which those of equally many sessions are named."""


def told_findings(connection: Connection) -> list[Finding]:
    """The findings of a connection that say, on evidence, that its client was out of step."""
    return [
        one
        for one in connection["findings"]
        if one["code"] in OUT_OF_STEP and one["certainty"] != "inconclusive"
    ]


def reasons_of(connection: Connection, told: list[Finding]) -> set[str]:
    """Why the client of a connection was out of step; what follows from another finding is left out."""
    codes = {one["code"] for one in told}
    first = [one for one in told if one["details"].get("because") not in codes]
    return {reason for one in first or told for reason in _reasons(connection, one)}


def _reasons(connection: Connection, finding: Finding) -> Iterator[str]:
    code, details = finding["code"], finding["details"]
    reader: Mapping[str, Any] = connection["reader"]
    if code == DRIFT and details["cause"] not in _MISREAD_CAUSES:
        yield details["cause"]
    elif reader["model"] == "blind":
        yield "never-waits"
        if code == "SYNC101":
            yield _BY_CODE[code]
    elif code in _BY_CODE:
        yield _BY_CODE[code]
    elif reader["model"] == "line" and "segment" not in reader["candidates"]:
        yield "line-reader"
    else:
        yield _BY_SPLIT[details.get("split") or _split(connection)]


def _split(connection: Connection) -> str:
    """How the first reply that was split came to be so."""
    found = (str(one["details"]["split"]) for one in connection["findings"] if one["code"] in _SPLITS)
    return next(found, "unknown")

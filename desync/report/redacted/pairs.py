"""What ``desync compare`` prints, with pseudonyms: of two archives, or of one connection at two points.

May know the members of both documents; must not know how they come about.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from desync.report.compare.comparison import SCHEMA as COMPARE
from desync.report.points.document import SCHEMA as POINTS
from desync.report.redacted.document import Document, Redaction
from desync.smtp.command import read_command

_SIDES: Final = ("a", "b")
_REPLY: Final = re.compile(r"\d{3}[ -]")
_END: Final = "\\n"
"""How the text of a line ends that is there to its end."""


def redacted_comparison(redaction: Redaction, document: Mapping[str, Any]) -> Document:
    """A comparison of two archives."""
    names = redaction.names
    sides = {
        side: {
            **document[side],
            "path": names.path(document[side]["path"]),
            "options": redaction.options(document[side]["options"]),
        }
        for side in _SIDES
    }
    return {
        **document,
        **sides,
        "clients": [_row(redaction, one) for one in document["clients"]],
        "servers": [_row(redaction, one) for one in document["servers"]],
    }


def redacted_points(redaction: Redaction, document: Mapping[str, Any]) -> Document:
    """A comparison of two points."""
    names = redaction.names
    return {
        **document,
        **{side: {**document[side], "path": names.path(document[side]["path"])} for side in _SIDES},
        "connections": [
            {
                **one,
                **{side: _sighting(redaction, one[side]) for side in _SIDES},
                "deeds": [_deed(redaction, each) for each in one["deeds"]],
            }
            for one in document["connections"]
        ],
        "unmatched": [_sighting(redaction, one) for one in document["unmatched"]],
    }


def _row(redaction: Redaction, one: Mapping[str, Any]) -> Document:
    """A client or a server of two archives."""
    words = redaction.names.words
    found = {**one, "address": words.address(one["address"])}
    if one.get("same_name") is not None:
        found["same_name"] = words.address(one["same_name"])
    for side in _SIDES:
        seen = one[side]
        if seen is not None and "names" in seen:
            found[side] = {**seen, "names": [words.name(name) for name in seen["names"]]}
        elif seen is not None:
            found[side] = {**seen, "banners": [text and words.text(text) for text in seen["banners"]]}
    return found


def _sighting(redaction: Redaction, one: Mapping[str, Any]) -> Document:
    names = redaction.names
    found = {
        **one,
        "capture": names.path(one["capture"]),
        "client": names.end(one["client"]),
        "server": names.end(one["server"]),
    }
    if one.get("name") is not None:
        found["name"] = names.words.name(one["name"])
    if one.get("banner") is not None:
        found["banner"] = names.words.text(one["banner"])
    return found


def _deed(redaction: Redaction, one: Mapping[str, Any]) -> Document:
    names = redaction.names
    texts = {side: [_piece(redaction, each) for each in one["text"][side] or ()] for side in _SIDES}
    files = {side: one["files"][side] and names.path(one["files"][side]) for side in _SIDES}
    return {
        **one,
        "text": {side: None if one["text"][side] is None else texts[side] for side in _SIDES},
        "files": files,
    }


def _piece(redaction: Redaction, text: str) -> str:
    """A line; of one that is there in part only its length, as a name in it may be cut."""
    whole = text.endswith(_END) and (_REPLY.match(text) or read_command(text.encode()).verb is not None)
    return redaction.names.words.text(text) if whole else f"<{len(text)} characters>"


def redacted_document(document: Mapping[str, Any]) -> Document:
    """Any document of desync: a report, or a comparison of two archives or two points."""
    redaction = Redaction()
    schema = document["schema"]
    if schema == COMPARE:
        return redacted_comparison(redaction, document)
    return redacted_points(redaction, document) if schema == POINTS else redaction.document(document)

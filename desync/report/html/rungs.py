r"""The segments of one connection, read off the report's document.

May know a connection as the document holds it; must not know how a ladder is drawn. The document
holds the segments that its exchanges rest on, not those that carry nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from desync.report.rungs import Rung
from desync.report.text_groups import Connection
from desync.report.text_words import plural
from desync.report.times import nanoseconds_of

Range: TypeAlias = tuple[int, int]
Place: TypeAlias = tuple[int, int]
"""A capture's index and a frame's number."""

CUT: Final = "┃"
"""Stands where a segment ends inside a line."""


def rungs_of(connection: Connection) -> list[Rung]:
    """Read the segments off the exchanges, in the order of time; of frames, where times are not known."""
    marks: dict[Place, list[str]] = defaultdict(list)
    for finding in connection["findings"]:
        if finding["frame"] is not None:
            marks[finding["capture"], finding["frame"]].append(finding["code"])
    found = [*_of_client(connection, marks), *_of_server(connection, marks)]
    if all(rung.time is not None for rung in found):
        return sorted(found, key=lambda rung: (rung.time, rung.capture, rung.frame))
    return sorted(found, key=lambda rung: (rung.capture, rung.frame))


def _of_client(connection: Connection, marks: Mapping[Place, list[str]]) -> Iterator[Rung]:
    sent: dict[Place, list[Mapping[str, Any]]] = defaultdict(list)
    seen: set[Range] = set()
    for one in connection["exchanges"]:
        # Several replies to one prompt are several exchanges with the same octets.
        octets = one["octets"] and tuple(one["octets"])
        if octets is None or not one["frames"] or octets in seen:
            continue
        seen.add(octets)
        first = one["frames"][0]
        sent[first["capture"], first["frame"]].append(one)
    for place, several in sent.items():
        one = several[0]
        frames = {(each["capture"], each["frame"]) for each in several for each in each["frames"]}
        yield Rung(
            time=nanoseconds_of(one["time"]),
            capture=place[0],
            frame=place[1],
            sender="client",
            octets=(one["octets"][0], several[-1]["octets"][1]),
            acknowledged=one["acknowledged"],
            text=tuple(_said(each) for each in several),
            note=f"in {plural(len(frames), 'segment')}" if len(frames) > 1 else "",
            exchange=one["index"],
            findings=_codes(place, marks),
        )


def _said(one: Mapping[str, Any]) -> str:
    """What the client sent, as far as it may be shown."""
    words = one["text"] or one["verb"] or "octets that are no command"
    return f"the message: {words}" if one["prompt"] == "mail-data" else str(words)


def _of_server(connection: Connection, marks: Mapping[Place, list[str]]) -> Iterator[Rung]:
    replies = [(one["index"], one["reply"]) for one in connection["exchanges"] if one["reply"]]
    replies += [(None, reply) for reply in connection["unpaired_replies"]]
    sent: dict[Place, list[tuple[int | None, Mapping[str, Any], Mapping[str, Any]]]] = defaultdict(list)
    for index, reply in replies:
        for segment in reply["segments"]:
            sent[segment["capture"], segment["frame"]].append((index, reply, segment))
    for place, several in sent.items():
        several.sort(key=lambda each: each[2]["octets"][0])
        index, _, first = several[0]
        octets = first["octets"][0], several[-1][2]["octets"][1]
        yield Rung(
            time=nanoseconds_of(first["time"]),
            capture=place[0],
            frame=place[1],
            sender="server",
            octets=octets,
            acknowledged=None,
            text=tuple(line for _, reply, segment in several for line in _lines(reply, segment["octets"])),
            note="" if index is not None else "a reply that no command asked for",
            exchange=index,
            findings=_codes(place, marks),
        )


def _codes(place: Place, marks: Mapping[Place, list[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(marks.get(place, ())))


def _lines(reply: Mapping[str, Any], octets: Iterable[int]) -> Iterator[str]:
    """The part of each line of a reply that lies in a segment."""
    start, end = octets
    for words, line in zip(reply["text"], reply["lines"], strict=False):
        first, last = line["octets"]
        if last <= start or first >= end:
            continue
        yield _part(words, (first, last), (start, end), terminated=line["terminated"])


def _part(words: str, line: Range, octets: Range, *, terminated: bool) -> str:
    """Cut a line where a segment ends, if each of its octets stands in its text."""
    whole = words + ("\r\n" if terminated else "")
    raw = whole.encode("utf-8", "surrogatepass")
    if len(raw) != line[1] - line[0]:
        ended = terminated and line[1] <= octets[1]
        return f"{words}{'' if ended or words.endswith('>') else CUT}"
    part = raw[max(octets[0] - line[0], 0) : max(octets[1] - line[0], 0)].decode("utf-8", "backslashreplace")
    ended = part.endswith("\n")
    return part.replace("\r", "\\r").replace("\n", "\\n") + ("" if ended else CUT)

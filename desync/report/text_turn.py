"""Show both pairings side by side: what each reply truly answered, and what the client believed.

May know the document's exchanges; must not know how a belief was found out.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from desync.report.beliefs import Exchange, Pairings, exchange_at, prompt_name, reply_name
from desync.report.text_groups import Connection
from desync.report.text_reply import reply_lines
from desync.report.text_sheet import GUTTER, Part, Sheet
from desync.report.text_words import CAUSE, MODEL, clip, plural

AROUND: Final = 4
"""Exchanges that are shown of a drift, unless all are asked for: the turn where it went wrong."""

NARROW: Final = 72
"""Columns below which the two pairings stand below each other."""

MOST_LINES: Final = 6
LINE_LIMIT: Final = 200

TRUE, BELIEVED, WRONG, UNKNOWN = "green", "", "bold red", "dim"


def reader_words(reader: Mapping[str, Any] | None) -> str:
    """Say how a client reads, with what cannot be told from it."""
    if reader is None or reader["model"] is None:
        return "cannot be told from this connection"
    words = MODEL.get(reader["model"], str(reader["model"]))
    exception = f", {reader['exception']}" if reader["exception"] else ""
    others = [MODEL.get(one, one) for one in reader["candidates"]]
    return words + exception + (f"; or it {' or '.join(others)}: cannot be told apart" if others else "")


def drift_words(connection: Connection) -> str:
    """Say from where to where a client was out of step, and what set it off."""
    drift = connection["drift"]
    since = _named(connection, drift["onset"])
    until = "to the end of the connection"
    if drift["recovered"] is not None:
        until = f"until {_named(connection, drift['recovered'])}, where it was in step again"
    return f"from {since} {until}; set off by {CAUSE.get(drift['cause'], str(drift['cause']))}"


def write_turn(sheet: Sheet, connection: Connection, *, whole: bool, indent: int = 2) -> None:
    """Write both pairings of a connection that drifted, from the exchange before the onset on.

    Args:
        sheet: Where to.
        connection: The connection as the document holds it.
        whole: Write all, not only the turn where it went wrong.
        indent: Columns to leave free.
    """
    pairings = Pairings(connection)
    if pairings.drift is None:
        return
    wide = sheet.width >= NARROW
    split = (min(sheet.width, 140) - indent - len(GUTTER)) // 2
    if wide:
        titles: tuple[list[Part], list[Part]] = (
            [("what was true", "bold")],
            [("what the client believed", "bold")],
        )
        sheet.beside(*titles, split=split, hang=indent)
    last = pairings.last if whole else min(pairings.last, pairings.first + AROUND - 1)
    following = pairings.first
    for one in pairings.concerned:
        if one["index"] > last:
            break
        _write_left_out(sheet, indent, one["index"] - following)
        following = one["index"] + 1
        mark = "  here it lost step" if one["index"] == pairings.drift["onset"] else ""
        mark = "  in step again" if one["index"] == pairings.drift["recovered"] else mark
        sheet.row(" " * indent, (_prompt(one), "bold"), (mark, "bold"), hang=indent + 2)
        true, believed = list(_true(sheet, one)), list(_believed(sheet, pairings, one))
        if wide:
            sheet.beside(true, believed, split=split - 2, hang=indent + 2)
        else:
            _write_stacked(sheet, indent + 2, (("true", true), ("believed", believed)))
    _write_left_out(sheet, indent, last + 1 - following)
    if last < pairings.last:
        sheet.row(" " * indent, f"and {plural(pairings.last - last, 'more exchange')} out of step")


def _write_left_out(sheet: Sheet, indent: int, count: int) -> None:
    """Say how many exchanges the document leaves out here."""
    if count > 0:
        sheet.row(" " * indent, f"{plural(count, 'exchange')} left out: the connection is very long")


def _write_stacked(sheet: Sheet, indent: int, cells: tuple[tuple[str, list[Part]], ...]) -> None:
    for label, parts in cells:
        for number, part in enumerate(parts):
            sheet.row(" " * indent, (f"{'' if number else label:<10}", "dim"), part, hang=indent + 10)


def _named(connection: Connection, index: int) -> str:
    one = exchange_at(connection, index)
    name = prompt_name(one) if one is not None else "the end"
    return f"{name} (exchange {index})"


def _prompt(one: Exchange) -> str:
    if one["prompt"] == "connection":
        return "0  (the connection is open; the client waits for the greeting)"
    text = one["text"] or ""
    name = f"message {text}" if one["prompt"] == "mail-data" else text or prompt_name(one)
    return f"{one['index']}  {clip(name, LINE_LIMIT)}"


def _true(sheet: Sheet, one: Exchange) -> Iterator[Part]:
    reply = one["reply"]
    if reply is None:
        yield ("no reply", UNKNOWN)
        return
    lines = [line if line.endswith("\r\n") else line + sheet.open_end for line in reply_lines(reply)]
    for line in _cut(lines):
        yield (line, TRUE)
    start, end = reply["octets"]
    yield (f"octets {start}-{end}", "dim")


def _believed(sheet: Sheet, pairings: Pairings, one: Exchange) -> Iterator[Part]:
    taken = one["believed"]
    if taken is None:
        yield ("not known", UNKNOWN)
        return
    start, end = taken["octets"]
    if start == end:
        yield ("nothing: it did not wait", UNKNOWN)
        return
    same = one["reply"] is not None and one["reply"]["octets"] == taken["octets"]
    lines = [f"{line}\r\n" for line in taken["text"]]
    if lines and not pairings.ends_a_line(end):
        lines[-1] = lines[-1][:-2] + sheet.open_end
    for line in _cut(lines):
        yield (line, BELIEVED if same else WRONG)
    where = [reply_name(other) for other in pairings.true((start, end))]
    whose = "" if same or not where else f": {_part_of(pairings, taken)}{' and '.join(where)}"
    yield (f"octets {start}-{end}{whose}{_behind(one)}", "dim")


def _part_of(pairings: Pairings, taken: Mapping[str, Any]) -> str:
    """Say that it took a part of a reply, where it took one reply's and not all of it."""
    true = pairings.true(tuple(taken["octets"]))
    return "part of " if len(true) == 1 and true[0]["reply"]["octets"] != taken["octets"] else ""


def _behind(one: Exchange) -> str:
    shift = one["drift"]
    if not shift:
        return ""
    return f", {plural(abs(shift), 'reply', 'replies')} {'behind' if shift > 0 else 'ahead'}"


def _cut(lines: list[str]) -> Iterator[str]:
    for line in lines[:MOST_LINES]:
        yield clip(line, LINE_LIMIT)
    if len(lines) > MOST_LINES:
        yield f"and {plural(len(lines) - MOST_LINES, 'more line')}"

"""The timeline of an archive: change points, then each server's banners, then the clients, over time.

Its rows are made when they are asked for, so that they need not all be in memory. May know sessions in
columns and their change points; must not know how rows are drawn.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import numpy as np

from desync.analysis.plain import Plain
from desync.analysis.record import Brief
from desync.capture.frames import Integers
from desync.report.timeline.periods import Counted, counted, period_length
from desync.report.timeline.sessions import ANY, Columns, Sessions
from desync.report.timeline.shifts import Part, Shift, shifts_of
from desync.report.times import rfc3339
from desync.tcp.addresses import address_text
from desync.units import UNKNOWN_TIME

NOBODY: Final = -1


class Timeline:
    """The timeline while sessions come in, and then its rows; iterating makes them anew each time.

    Args:
        digits: For each capture the decimals of its times.
        everybody: Whether clients that never misread have rows too.
    """

    def __init__(self, digits: Mapping[int, int], *, everybody: bool = False) -> None:
        self._digits = digits
        self._everybody = everybody
        self._sessions = Sessions()

    def add(self, brief: Brief) -> None:
        """Take one session, before the rows are asked for."""
        self._sessions.add(brief)

    def add_plain(self, plain: Plain) -> None:
        """Take textbook sessions, before the rows are asked for."""
        self._sessions.add_plain(plain)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the rows as the report prints them."""
        for shift in self._shifts:
            yield self._change(shift)
        columns = self._columns
        length = period_length(columns)
        # By address, then by the banner's first session.
        yield from self._seen("server", columns.server * len(columns.keys) + columns.banner, length)
        clients = columns.client
        if not self._everybody:
            clients = np.where(np.isin(clients, clients[columns.misread]), clients, NOBODY)
        yield from self._seen("client", clients, length)

    @cached_property
    def _columns(self) -> Columns:
        columns = self._sessions.columns()
        # They are not needed twice.
        self._sessions = Sessions()
        return columns

    @cached_property
    def _shifts(self) -> list[Shift]:
        return shifts_of(self._columns)

    def _seen(self, kind: str, groups: Integers, length: int) -> Iterator[dict[str, Any]]:
        for one in counted(self._columns, groups, length):
            yield self._row(kind, one, length)

    def _row(self, kind: str, one: Counted, length: int) -> dict[str, Any]:
        """A server with one banner, or a client."""
        columns, rows = self._columns, one.rows
        some = int(rows[0])
        end = int((columns.server if kind == "server" else columns.client)[some])
        known = columns.first[rows] != UNKNOWN_TIME
        last = int(rows[np.argmax(columns.last[rows])])
        return {
            "kind": kind,
            "address": self._address(end),
            "port": self._port(end),
            "banner": columns.keys[int(columns.banner[some])] if kind == "server" else None,
            "sessions": len(rows),
            "split": int(columns.split[rows].sum()),
            "misread": int(columns.misread[rows].sum()),
            "first_time": self._time(columns.first, int(rows[np.argmax(known)])),
            "last_time": self._time(columns.last, last),
            "period_ns": length,
            "periods": [{**each._asdict(), "time": rfc3339(each.time, 0)} for each in one.periods],
        }

    def _change(self, shift: Shift) -> dict[str, Any]:
        columns = self._columns
        return {
            "kind": "change",
            "side": shift.side,
            "address": self._address(shift.end),
            "port": self._port(shift.end),
            "time": self._time(columns.first, shift.first),
            "capture": int(columns.capture[shift.first]),
            "frame": int(columns.frame[shift.first]),
            "last_before": self._time(columns.first, shift.last),
            "before": self._part(shift.before),
            "after": self._part(shift.after),
            "began": sorted(self._address(one) for one in shift.began),
            "ceased": sorted(self._address(one) for one in shift.ceased),
        }

    def _part(self, part: Part) -> dict[str, Any]:
        return {
            "banner": None if part.banner is None else self._columns.keys[part.banner],
            "sessions": part.sessions,
            "split": part.split,
            "misread": part.misread,
        }

    def _address(self, number: int) -> str:
        return address_text(self._columns.ends[number][0])

    def _port(self, number: int) -> int | None:
        port = self._columns.ends[number][1]
        return None if port == ANY else port

    def _time(self, times: Integers, row: int) -> str | None:
        time = int(times[row])
        digits = self._digits[int(self._columns.capture[row])]
        return None if time == UNKNOWN_TIME else rfc3339(time, digits)

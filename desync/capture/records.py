"""Walk the records of a pcap or snoop capture, in order, damaged or not.

May know layouts, odd headers and how to find the next record; must not know which file header
the layout came from, nor what is in a frame.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np

from desync.capture.chain import continues
from desync.capture.doubt import Doubt, describe
from desync.capture.enclosed import HEAD_OCTETS as PACKET_OCTETS
from desync.capture.enclosed import holds_packet
from desync.capture.follow import follow
from desync.capture.frames import Integers
from desync.capture.headers import Headers, read_headers
from desync.capture.magic import HEAD_OCTETS, format_of
from desync.capture.notes import Notes
from desync.capture.plausible import EMPTY, JUMP, ODDITIES, oddities
from desync.capture.rest import report_rest
from desync.capture.resync import LARGEST, Search, find_record, is_contradicted
from desync.capture.run import NO_PLACES, Run
from desync.capture.snoop import cumulative_drops
from desync.capture.state import RecordState
from desync.capture.window import REACH_OCTETS, WINDOW_OCTETS, Window

PARDONS: Final = 16
PARDONED_SHARE: Final = 64
"""So many odd headers that proved to be records, and one in so many of all records, and the oddity
is the writer's habit."""

RECENT: Final = 5
"""Records whose times tell about when the next one must be."""

RESTART_OCTETS: Final = 1 << 13
"""Octets to follow records for behind an odd header: the next may be near, and time must not be
wasted on what is then followed again."""


class RecordWalk:
    """Walks records until the capture ends or another file header begins.

    A record is accepted when the header behind it has been looked at: a wrong length shows
    there. Which records are accepted does not depend on how much is in memory at a time.

    Args:
        window: Octets of the capture.
        notes: Takes problems and counts frames.
        state: How the records are read.
        at: Offset of the first record.

    Attributes:
        at: Where the walk stands; behind it the offset of the file header that it stopped at.
        ended: The walk is over.
        met_header: It is over because another file header begins.
    """

    def __init__(self, window: Window, notes: Notes, state: RecordState, at: int) -> None:
        self.at = at
        self.ended = False
        self.met_header = False
        self._window = window
        self._notes = notes
        self._state = state
        self.layout = self._layout = state.layout
        self._frames_before = notes.frames
        self._interface = len(notes.interfaces) - 1
        self._previous: int | None = None
        self._recent = NO_PLACES
        self._drops: Integers | None = None
        self._reach = REACH_OCTETS
        self._pardoned = -1
        self._largest = 0
        self._tolerated = 0
        self._pardons: Counter[int] = Counter()

    def runs(self) -> Iterator[Run]:
        """Yield the records, run by run."""
        while not self.ended:
            self._window.drop(self.at)
            self._window.fill(self.at + WINDOW_OCTETS)
            places, after = follow(self._window, self.at, self._layout, self._reach)
            self._reach = min(4 * self._reach, REACH_OCTETS)
            if not places.size:
                self.ended = True
                what = f"record header of frame {self._notes.frames + 1}"
                report_rest(self._notes, self._window, self.at, self._layout.header, what)
                return
            rows = places - self._window.base
            headers = read_headers(self._window.array(), rows, self._layout)
            if self._layout.format == "snoop":
                self._drops = cumulative_drops(self._window.array(), rows)
            odd = oddities(headers, self._layout, self._previous) & np.uint8(0xFF ^ self._tolerated)
            if places[0] == self._pardoned:
                odd[0] = 0
            wrong = np.flatnonzero(odd)
            if wrong.size:
                yield from self._doubtful(places, headers, int(wrong[0]))
            else:
                yield from self._good(places, after, headers)

    def _good(self, places: Integers, after: int, headers: Headers) -> Iterator[Run]:
        """Accept the records of a window in which nothing is odd, but for one not yet proven."""
        last = self._window.ended and after + self._layout.header > self._window.end
        if last and after <= self._window.end:
            yield self._accept(self._run(places, after), headers, places.size)
            self.at = after
        elif places.size > 1:
            yield self._accept(self._run(places[:-1], int(places[-1])), headers, places.size - 1)
            self.at = int(places[-1])
        elif last:
            self._overrun(after)
        else:
            self._window.fill(after + self._layout.header)
            self._reach = after + 1 - self.at

    def _doubtful(self, places: Integers, headers: Headers, row: int) -> Iterator[Run]:
        """Accept what lies before an odd header, then decide what the header is."""
        if row > 1:
            yield self._accept(self._run(places[: row - 1], int(places[row - 1])), headers, row - 1)
        due = int(places[row])
        before = self._run(places[row - 1 : row], due) if row else None
        doubt = Doubt(due, headers, row, before)
        previous = int(headers.seconds[row - 1]) if row else self._previous
        self.at = due
        self._reach = RESTART_OCTETS
        self._window.fill(due + HEAD_OCTETS)
        if format_of(self._window.piece(due, due + HEAD_OCTETS)):
            self.ended = self.met_header = True
            yield from self._accept_before(doubt)
            return
        habit = continues(self._window, due, self._layout, previous, self._tolerated)
        if habit is not None and not self._is_contradicted(doubt, habit):
            yield from self._accept_before(doubt)
            self._pardon(due, habit)
        else:
            yield from self._search(doubt)

    def _is_contradicted(self, doubt: Doubt, habit: int) -> bool:
        if not habit & JUMP & ~self._tolerated:
            return False
        terms = self._search_terms(doubt.headers.seconds[: doubt.row])
        return is_contradicted(self._window, self._earliest(doubt), doubt.offset, terms)

    def _earliest(self, doubt: Doubt) -> int:
        """Say where another record could begin: inside the record before, if its length is wrong."""
        if doubt.before is None:
            return doubt.offset + 1
        data = doubt.before.start + self._layout.header
        room = doubt.offset - data
        head = self._window.piece(data, data + min(room, PACKET_OCTETS))
        return doubt.offset + 1 if holds_packet(head, room) else data

    def _in_spite(self, doubt: Doubt) -> dict[int, Run]:
        """Give the runs that a record makes whose record length alone is wrong (snoop), by their end."""
        if self._layout.format != "snoop" or not 0 < doubt.captured <= self._layout.limit:
            return {}
        least = doubt.offset + self._layout.header + doubt.captured
        self._window.fill(least + 4)
        place = np.array([doubt.offset])
        return {stop: self._run(place, stop) for stop in (least, least + -doubt.captured % 4)}

    def _search(self, doubt: Doubt) -> Iterator[Run]:
        """Look for a sound chain behind damage, and in the record before it, which may be too long."""
        window, due = self._window, doubt.offset
        what = describe(doubt, window, self._layout)
        in_spite = self._in_spite(doubt)
        found = find_record(
            window, self._earliest(doubt), self._search_terms(doubt.headers.seconds[: doubt.row])
        )
        if found is not None and doubt.before is not None and found < due:
            wrong = doubt.before.start
            message = (
                f"record of frame {self._notes.frames + 1} at offset {wrong} says that it ends at offset "
                f"{due}, where {what}; reading went on at offset {found}, inside it"
            )
            self._notes.problem("damaged", wrong, found - wrong, message)
            self.at = self._pardoned = found
            return
        yield from self._accept_before(doubt)
        if found in in_spite:
            message = (
                f"record of frame {self._notes.frames + 1} at offset {due} has a wrong length, {doubt.step}"
            )
            self._notes.problem("damaged", due, 0, message)
            yield self._accept(in_spite[found], doubt.headers, doubt.row + 1)
            self.at = self._pardoned = found
        elif found is None:
            cut = doubt.is_possible(self._layout) and due + doubt.step > window.end
            self._notes.problem(
                "truncated" if cut else "damaged", due, window.end - due, f"{what}; no record follows"
            )
            self.ended = True
        else:
            self._notes.problem("damaged", due, found - due, f"{what}; reading went on at offset {found}")
            self.at = self._pardoned = found

    def _overrun(self, after: int) -> None:
        """Say that the last record is cut off, or that its length is wrong and others follow."""
        at, window = self.at, self._window
        message = (
            f"record of frame {self._notes.frames + 1} at offset {at} needs {after - at} octets, "
            f"the file has {window.end - at} left"
        )
        data = at + self._layout.header
        truthful = holds_packet(window.piece(data, data + PACKET_OCTETS), after - data)
        found = None if truthful else find_record(window, data, self._search_terms(NO_PLACES))
        if found is None:
            self._notes.problem("truncated", at, after - window.end, message)
            self.ended = True
        else:
            self._notes.problem("damaged", at, found - at, f"{message}; reading went on at offset {found}")
            self.at = self._pardoned = found

    def _search_terms(self, unaccepted: Integers) -> Search:
        # The median of the last few: one of them may be damaged in its time alone, and a search
        # around a wrong time finds nothing more.
        recent = np.append(self._recent, unaccepted)[-RECENT:]
        usual = int(np.sort(recent)[recent.size // 2]) if recent.size else None
        return Search(self._layout, usual, self._tolerated, max(self._largest, LARGEST))

    def _run(self, places: Integers, stop: int) -> Run:
        start = int(places[0])
        octets = self._window.piece(start, stop) if self._window.keep else None
        return Run(start, stop, places, np.append(places[1:], stop), self._state, octets)

    def _accept(self, run: Run, headers: Headers, rows: int) -> Run:
        """Count a run whose last record is row ``rows - 1`` of ``headers``."""
        self._previous = int(headers.seconds[rows - 1])
        accepted = headers.seconds[max(0, rows - min(RECENT, run.places.size)) : rows]
        self._recent = np.append(self._recent, accepted)[-RECENT:]
        # The last one's length may be what is wrong.
        proven = (run.ends - run.places)[:-1]
        self._largest = max(self._largest, int(proven.max(initial=0)))
        self._notes.frames += run.places.size
        if self._drops is not None:
            self._notes.interface_dropped(self._interface, int(self._drops[rows - 1]))
        return run

    def _accept_before(self, doubt: Doubt) -> Iterator[Run]:
        if doubt.before is not None:
            yield self._accept(doubt.before, doubt.headers, doubt.row)

    def _pardon(self, at: int, odd: int) -> None:
        self._pardoned = at
        if odd & EMPTY:
            self._notes.problem("damaged", at, 0, f"the record at offset {at} holds no octet of a frame")
        self._pardons.update(bit for bit in ODDITIES if odd & bit)
        records = self._notes.frames - self._frames_before
        self._tolerated = sum(
            bit
            for bit, count in self._pardons.items()
            if count >= PARDONS and count * PARDONED_SHARE >= records
        )

"""Captures that are done, to and from a case.

May know captures' entries, the spool and the tables of work; must not know what a report looks like.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from typing import Any, Final

from desync.analysis.kept import Kept
from desync.analysis.options import Options
from desync.archive.captures import CaptureEntry, SliceEntry
from desync.archive.case.codec import Damaged, decode, encode
from desync.archive.case.database import Writing, told
from desync.archive.case.error import CaseError
from desync.archive.hashes import hash_of
from desync.archive.spool import Spool
from desync.archive.store import Stamp
from desync.capture.member import Member
from desync.capture.url import Url
from desync.version import VERSION

FORM: Final = 2
"""How entries are written; one of another form is not read."""

_SPOOLED: Final = ("pieces", "outcomes", "plain", "kept", "identities", "events")
"""Members of a slice's entry that say where something lies in the spool."""

_NOT_DECIDING: Final = frozenset({"jobs", "cluster", "slice_octets", "hash"})
"""Options that change nothing of what is found."""

_OWN: Final = frozenset({"index", "path", "slices"})
"""Members of a capture's entry that belong to the run, or have rows of their own."""

_MEMBERS: Final = tuple(each.name for each in fields(CaptureEntry) if each.name not in _OWN)

_FORGET_JOINED: Final = """
DELETE FROM work_joined WHERE joined IN (
  SELECT joined FROM work_joined_captures JOIN work_captures USING (work) WHERE path = ?)
"""


class Work:
    """The store of one run (``archive.store.Store``).

    Attributes:
        analysed, recalled: How many captures were analysed, and how many were known.

    Args:
        case: The case, open.
        options: What decides the analysis.
        verify: Whether the contents of a file have to be the same, not only its size and time.
    """

    def __init__(self, case: Writing, options: Options, *, verify: bool = False) -> None:
        self._case = case
        self._verify = verify
        self._own: set[tuple[int, int]] = set()
        self._numbers: dict[int, int] = {}
        """The row of each capture, by its number in this run."""
        self.program = f"desync {VERSION}, form {FORM}"
        self.options = deciding(options)
        self.analysed = self.recalled = 0

    def take_stock(self) -> None:
        """See which files are the case's own, once it has been written to."""
        self._own = self._case.identities()

    def owns(self, path: str) -> bool:
        """Whether a file belongs to the case: see ``archive.store.Store``."""
        try:
            status = os.stat(path)  # noqa: PTH116 - a text, as the caller wrote it
        except OSError:
            return False
        return (status.st_dev, status.st_ino) in self._own

    def known(self, path: str, stamp: Stamp, index: int, spool: Spool) -> CaptureEntry | None:
        """Recall a capture: see ``archive.store.Store``.

        Raises:
            CaseError: The case cannot be read, or is damaged.
        """
        with told(self._case.path):
            found = self._case.database.execute(
                "SELECT work, sha256, entry FROM work_captures"
                " WHERE path = ? AND size = ? AND modified = ? AND program = ? AND options = ?",
                (_key(path), *stamp, self.program, self.options),
            ).fetchone()
            if found is None or (self._verify and hash_of(path) != found[1]):
                return None
            try:
                members = dict(zip(_MEMBERS, decode(found[2], [index]), strict=True))
                slices = [_recalled(each, path, spool) for each in self._slices(found[0], index)]
                entry = CaptureEntry(index=index, path=path, slices=slices, **members)
            except (Damaged, TypeError, ValueError) as error:
                raise CaseError(self._case.path, f"the case is damaged, at {path}: {error}") from error
        self._numbers[index] = found[0]
        self.recalled += 1
        return entry

    def done(self, entry: CaptureEntry, stamp: Stamp, spool: Spool) -> None:
        """Remember a capture: see ``archive.store.Store``.

        Raises:
            CaseError: It could not be written.
        """
        self.analysed += 1
        if entry.sha256 is None:
            return
        members = encode(tuple(getattr(entry, name) for name in _MEMBERS), [entry.index])
        key = _key(entry.path)
        with self._case.transaction() as database:
            database.execute(_FORGET_JOINED, (key,))
            database.execute("DELETE FROM work_captures WHERE path = ?", (key,))
            number = database.execute(
                "INSERT INTO work_captures (path, size, modified, sha256, program, options, entry)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, *stamp, entry.sha256, self.program, self.options, members),
            ).lastrowid
            # One by one: those of a large capture need not be in memory together.
            for position, one in enumerate(entry.slices):
                octets = encode(_written(one, spool), [entry.index])
                database.execute("INSERT INTO work_slices VALUES (?, ?, ?)", (number, position, octets))
        if number is not None:
            self._numbers[entry.index] = number

    def joined(self, captures: Sequence[int], stages: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Recall what was found in pairs of these captures: see ``archive.store.Store``.

        Raises:
            CaseError: The case cannot be read, or is damaged.
        """
        numbers = self._rows(captures)
        if numbers is None:
            return
        text = json.dumps(numbers)
        query = "SELECT entry FROM work_joined WHERE captures = ? AND stage = ? ORDER BY joined"
        with told(self._case.path):
            execute = self._case.database.execute
            rows = [row for stage in stages for row in execute(query, (text, stage))]
        for (octets,) in rows:
            try:
                found: tuple[Any, ...] = decode(octets, captures)
            except Damaged as error:
                reason = f"the case is damaged, at connections of several captures: {error}"
                raise CaseError(self._case.path, reason) from error
            yield found

    def joining(self) -> AbstractContextManager[object]:
        """Remember all at once: see ``archive.store.Store``."""
        return self._case.transaction()

    def join(self, captures: Sequence[int], stage: str, found: tuple[Any, ...]) -> None:
        """Remember pairs: see ``archive.store.Store``."""
        numbers = self._rows(captures)
        if numbers is None:
            return
        row = self._case.database.execute(
            "INSERT INTO work_joined (stage, captures, entry) VALUES (?, ?, ?)",
            (stage, json.dumps(numbers), encode(tuple(found), captures)),
        ).lastrowid
        self._case.database.executemany(
            "INSERT INTO work_joined_captures VALUES (?, ?)", [(number, row) for number in sorted(numbers)]
        )

    def _rows(self, captures: Sequence[int]) -> list[int] | None:
        """The rows of captures, or None where one was not remembered."""
        numbers = [self._numbers.get(index) for index in captures]
        known = [number for number in numbers if number is not None]
        return known if len(known) == len(numbers) else None

    def _slices(self, number: int, index: int) -> Iterator[dict[str, Any]]:
        rows = self._case.database.execute(
            "SELECT entry FROM work_slices WHERE work = ? ORDER BY position", (number,)
        )
        for (octets,) in rows:
            members: dict[str, Any] = decode(octets, [index])
            yield members


def deciding(options: Options) -> str:
    """The options that decide what is found, as JSON."""
    members = {each.name: getattr(options, each.name) for each in fields(options)}
    return json.dumps(
        {name: each for name, each in members.items() if name not in _NOT_DECIDING}, sort_keys=True
    )


def _written(one: SliceEntry, spool: Spool) -> dict[str, Any]:
    """A slice without any octets of mail."""
    members: dict[str, Any] = {each.name: getattr(one, each.name) for each in fields(one)}
    for name in _SPOOLED:
        if members[name] is not None:
            members[name] = spool.get(members[name])
    kept: Kept = members["kept"]
    return {**members, "kept": replace(kept, octets=kept.octets[:0])}


def _recalled(members: dict[str, Any], path: str, spool: Spool) -> SliceEntry:
    if members["pieces"] is not None:
        members["pieces"] = tuple(replace(each, path=path) for each in members["pieces"])
    for name in _SPOOLED:
        if members[name] is not None:
            members[name] = spool.put(members[name])
    return SliceEntry(**members)


def _key(path: str) -> bytes:
    """A path, the same from whatever directory it is named, its octets those of the file system."""
    if isinstance(path, Url):
        return os.fsencode(path.identity)
    if isinstance(path, Member):
        # A member's name is a name: ".." in it leads nowhere.
        return _key(path.archive) + b"/" + path.name.encode("utf-8", "surrogatepass")
    return os.fsencode(os.path.abspath(path))  # noqa: PTH100 - a text, as the caller wrote it

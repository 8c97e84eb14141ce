"""Open a case: for one run that writes it, or for reading.

May know SQLite, files and locks; must not know what is in the tables.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Final
from urllib.parse import quote

from desync.archive.case.error import CaseError
from desync.archive.case.schema import APPLICATION, VERSION, statements

MAGIC: Final = b"SQLite format 3\0"
COMPANIONS: Final = ("", "-wal", "-shm", "-journal")
"""What SQLite puts behind the name of a database."""

_KEPT: Final = "what is done is kept; the next run goes on from there"
_DAMAGED: Final = "the case is damaged; name another file to begin anew"
_HINTS: Final = {
    "SQLITE_FULL": f"the disk is full; {_KEPT}",
    "SQLITE_IOERR_WRITE": f"the case cannot be written any further; {_KEPT}",
    "SQLITE_READONLY_DIRECTORY": "files cannot be made beside the case, and SQLite needs some",
    "SQLITE_READONLY": "files cannot be made beside the case, and SQLite needs some",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
}
"""What SQLite's errors come from, by their names."""

_held: Final[set[int]] = set()
"""Descriptors that hold a lock: a worker process must not keep it when the one that forked it is killed."""


class Writing:
    """A case open for one run; everybody else may read it meanwhile.

    The lock dies with this process, whatever kills it. It is not of the kind that SQLite takes
    (``fcntl``), as SQLite gives all of those up at once. Closing any descriptor of the file would give
    up SQLite's: nothing else in this process may open the file (``identities``).

    Args:
        path: The file; made where there is none.

    Raises:
        CaseError: It is no case, of another version, in use, or cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._descriptor = _open(path)
        try:
            _lock(path, self._descriptor)
            _check_magic(path, self._descriptor)
            with told(path):
                self.database = connect(path)
        except BaseException:
            _release(self._descriptor)
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write everything or nothing.

        Raises:
            CaseError: It could not be written; what was there before is there still.
        """
        with told(self.path):
            self.database.execute("BEGIN IMMEDIATE")
            try:
                yield self.database
                self.database.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self.database.execute("ROLLBACK")
                raise

    def identities(self) -> set[tuple[int, int]]:
        """The files that belong to the case, by device and inode."""
        found = set()
        for end in COMPANIONS:
            with suppress(OSError):
                status = os.stat(self.path + end)  # noqa: PTH116 - a text, as the caller wrote it
                found.add((status.st_dev, status.st_ino))
        return found

    def close(self) -> None:
        """Give it up."""
        try:
            with suppress(sqlite3.Error):
                self.database.close()
        finally:
            _release(self._descriptor)


@contextmanager
def reading(path: str) -> Iterator[sqlite3.Connection]:
    """Open a case for reading; what is read belongs to one moment.

    Raises:
        CaseError: It is no case, of another version, or cannot be read.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a text, as the caller wrote it
            _check_magic(path, file.fileno())
    except OSError as error:
        raise CaseError(path, error.strerror or str(error)) from error
    with told(path), closing(_connect_to_read(path)) as database:
        _check_version(path, database)
        database.execute("BEGIN")
        yield database


@contextmanager
def told(path: str) -> Iterator[None]:
    """Turn SQLite's errors into ours.

    Raises:
        CaseError: Whatever SQLite had to say.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise CaseError(path, _reason(error)) from error


def _reason(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name in _HINTS:
        return f"{_HINTS[name]} ({error})"
    return f"the case cannot be used: {error}"


def _open(path: str) -> int:
    # A pipe would wait for somebody to read from it, a device is none.
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - a text
        raise CaseError(path, "the case cannot be written: it is no regular file")
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CaseError(path, f"the case cannot be written: {error.strerror or error}") from error


def _lock(path: str, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CaseError(path, "another run is writing this case; wait until it has ended") from error
    except OSError as error:
        raise CaseError(path, f"the case cannot be locked: {error.strerror or error}") from error
    _held.add(descriptor)


def _release(descriptor: int) -> None:
    _held.discard(descriptor)
    # A process that was forked a moment ago may not have closed its copy yet: the lock must not wait for it.
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def _let_go() -> None:
    """Close what a forked process has inherited; the lock stays with the one that took it."""
    for descriptor in _held:
        with suppress(OSError):
            os.close(descriptor)
    _held.clear()


# Not undone: it does nothing where nothing is held.
os.register_at_fork(after_in_child=_let_go)


def _check_magic(path: str, descriptor: int) -> None:
    """Refuse to touch what is something else, before SQLite writes into it."""
    try:
        begin = os.pread(descriptor, len(MAGIC), 0)
    except OSError as error:
        raise CaseError(path, error.strerror or str(error)) from error
    if begin not in {b"", MAGIC}:
        raise CaseError(path, "this file is no case")


def connect(path: str) -> sqlite3.Connection:
    """Connect to a case to write it, and make it one where it is empty."""
    # Forked workers have a copy of the connection; they never use it, and leave without closing it.
    database = sqlite3.connect(os.path.abspath(path), isolation_level=None)  # noqa: PTH100 - a text
    try:
        _check_version(path, database)
        database.execute("PRAGMA foreign_keys = ON")
        # A killed process loses nothing; a machine that loses power may lose the last captures, whole.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        if _is_empty(database):
            database.executescript(f"BEGIN;\n{statements()}\nCOMMIT;")
    except BaseException:
        database.close()
        raise
    return database


def _connect_to_read(path: str) -> sqlite3.Connection:
    where = "file:" + quote(os.fsencode(os.path.abspath(path)))  # noqa: PTH100 - a text
    database = sqlite3.connect(f"{where}?mode=ro", uri=True, isolation_level=None)
    try:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # Nobody can put a log beside a file in a directory that cannot be written: then nobody writes it.
        database.close()
        if os.path.exists(path + "-wal"):  # noqa: PTH110 - a text
            raise
        return sqlite3.connect(f"{where}?immutable=1", uri=True, isolation_level=None)
    return database


def _check_version(path: str, database: sqlite3.Connection) -> None:
    application, version = (
        database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if application != APPLICATION and not _is_empty(database):
        raise CaseError(path, "this file is an SQLite database, but no case")
    if application == APPLICATION and version != VERSION:
        raise CaseError(path, f"the case has schema version {version}, this desync knows {VERSION}")


def _is_empty(database: sqlite3.Connection) -> bool:
    return not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]

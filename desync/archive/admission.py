"""Take what paths stand for: file by file, archives member by member, each capture once it is opened.

May know files, archives of captures and the store; must not know how captures are stitched.
"""

from collections.abc import Iterable
from functools import partial

from desync.archive.archive import Archive, Refused
from desync.archive.captures import CaptureEntry, Progress
from desync.archive.discovery import Found, discover
from desync.archive.store import Stamp, stamp_of
from desync.archive.taking import take_capture
from desync.archive.unchanged import settle
from desync.archive.workers import Workers
from desync.capture.archives import open_members
from desync.capture.member import Member
from desync.capture.open import CaptureReader
from desync.capture.opened import Opened
from desync.errors import CaptureError, NotACapture


def admit(
    archive: Archive,
    paths: Iterable[str],
    workers: Workers,
    progress: Progress | None,
) -> None:
    """Analyse all captures; slices of one may be with the workers while the next is being cut.

    Args:
        archive: Takes the captures, and what could not be analysed.
        paths: Files, directories, patterns, members of archives, or ``-``.
        workers: Who analyses.
        progress: Told how far it has come.
    """
    store = archive.store
    taking = _Taking(archive, workers, progress)
    for found in discover(paths):
        if store is not None and store.owns(found.path):
            continue
        taking.take(found)
    workers.drain()


class _Taking:
    """Takes what is found, capture by capture, and numbers them."""

    def __init__(self, archive: Archive, workers: Workers, progress: Progress | None) -> None:
        self._archive = archive
        self._workers = workers
        self._progress = progress
        self._opened = 0

    def take(self, found: Found) -> None:
        """Take a file, or the captures in an archive."""
        stamp = stamp_of(found.path)
        if self._recalled(found.path, stamp):
            return
        before, inside = self._opened, False
        errors: list[CaptureError] = []
        try:
            for one in open_members(found.path, hashed=self._archive.options.hash):
                inside = inside or one.path != found.path
                error = one if isinstance(one, CaptureError) else self._take(one, stamp)
                if error is not None:
                    errors.append(error)
        except CaptureError as error:
            errors.append(error)
        self._refuse(found, errors, inside=inside, captures=self._opened - before)

    def _take(self, one: Opened, stamp: Stamp | None) -> CaptureError | None:
        """Take a capture, unless it is known; say why where it is none."""
        archive = self._archive
        if isinstance(one.path, Member) and self._recalled(one.path, stamp):
            return None
        try:
            capture = CaptureReader(one)
        except CaptureError as error:
            # Of very many: what its frames hold must not stay in memory.
            return error.with_traceback(None)
        with capture:
            take_capture(
                capture,
                self._opened,
                options=archive.options,
                facts=archive.facts,
                spool=archive.spool,
                workers=self._workers,
                done=partial(_done, archive, stamp),
                progress=self._progress,
            )
        self._opened += 1
        return None

    def _refuse(self, found: Found, errors: list[CaptureError], *, inside: bool, captures: int) -> None:
        """Note what could not be analysed of a file; of an archive without any capture nothing but that."""
        if inside and not captures:
            errors = [error for error in errors if not isinstance(error, NotACapture)]
            errors.append(NotACapture(found.path, "is an archive without a capture that can be read"))
        for error in errors:
            if isinstance(error, NotACapture):
                named = found.named and error.path == found.path
            else:
                # A damaged or encrypted archive that was only met, nothing in it a capture, is any file.
                named = found.named or not inside or captures > 0
            self._archive.refused.append(Refused(error.path, error.reason, named))
        if errors or inside:
            self._workers.then(partial(self._told, found.path))

    def _recalled(self, path: str, stamp: Stamp | None) -> bool:
        """Whether an earlier run has analysed a capture, and it is as it was."""
        archive = self._archive
        if archive.store is None or stamp is None:
            return False
        known = archive.store.known(path, stamp, self._opened, archive.spool)
        if known is None:
            return False
        archive.note(self._opened, stamp)
        self._workers.then(partial(archive.recall, known, self._progress))
        self._opened += 1
        return True

    def _told(self, path: str) -> None:
        if self._progress is not None:
            self._progress(path, 0, 0)


def _done(archive: Archive, before: Stamp | None, entry: CaptureEntry) -> None:
    if before is not None:
        archive.note(entry.index, before)
    remark = settle(entry, before, archive.store, archive.spool)
    if remark is not None:
        archive.remarks.append((entry.path, remark))
    archive.captures.append(entry)

"""Whether a capture stayed the same while it was read; what changed is said, and not remembered.

May know captures' entries and stores; must not know slices.
"""

from dataclasses import replace

from desync.archive.captures import CaptureEntry
from desync.archive.spool import Spool
from desync.archive.store import Stamp, Store, stamp_of
from desync.capture.problems import Problem


def settle(entry: CaptureEntry, before: Stamp | None, store: Store | None, spool: Spool) -> None:
    """Remember a capture that has been analysed, or say that it changed meanwhile.

    Args:
        entry: The capture.
        before: What its file was like before it was opened; None: no regular file.
        store: What remembers captures, if anything does.
        spool: Where its slices' results are.
    """
    if before is None:
        return
    after = stamp_of(entry.path)
    if after != before:
        entry.quality = replace(entry.quality, problems=(*entry.quality.problems, _changed(before, after)))
        return
    # What the operating system would not hand over this time it may hand over the next.
    if store is not None and not any(one.kind == "unreadable" for one in entry.quality.problems):
        store.done(entry, before, spool)


def _changed(before: Stamp, after: Stamp | None) -> Problem:
    if after is None:
        how = "it is gone"
    elif after.size == before.size:
        how = "it was written to, its size is the same"
    else:
        how = f"it had {before.size} octets and has {after.size}"
    return Problem("unreadable", 0, 0, 0, f"the file changed while it was read: {how}")

"""Whether a capture stayed the same while it was read; what changed is said, and not remembered.

A file that only grew (its tcpdump still writes) was read as far as it went when it was opened: nothing
that was there is missing, so it is remarked, no more. Where that was in the midst of a record the
capture is truncated besides, as a copy made at that moment would be.

May know captures' entries and stores; must not know slices.
"""

from dataclasses import replace

from desync.archive.captures import CaptureEntry
from desync.archive.spool import Spool
from desync.archive.store import Stamp, Store, stamp_of
from desync.capture.member import Member
from desync.capture.problems import Problem


def settle(entry: CaptureEntry, before: Stamp | None, store: Store | None, spool: Spool) -> str | None:
    """Remember a capture that has been analysed, or say that it changed meanwhile.

    Args:
        entry: The capture.
        before: What its file was like before it was opened; None: no regular file.
        store: What remembers captures, if anything does.
        spool: Where its slices' results are.

    Returns:
        What is to be remarked, if anything is.
    """
    if before is None:
        return None
    after = stamp_of(entry.path)
    if _grew(before, after):
        octets = before.size if isinstance(entry.path, Member) else entry.size
        return f"grew while it was read; it was analysed as far as its first {octets:,} octets"
    if after != before:
        entry.quality = replace(entry.quality, problems=(*entry.quality.problems, _changed(before, after)))
        return None
    # What the operating system would not hand over this time it may hand over the next.
    if store is not None and not any(one.kind == "unreadable" for one in entry.quality.problems):
        store.done(entry, before, spool)
    return None


class ChangedMeanwhile(Exception):  # noqa: N818 - what happened, said as such
    """Captures are not what they were when they were analysed: what was read again is not remembered."""


def change(path: str, before: Stamp) -> Problem | None:
    """Say how a file changed since it was analysed; None where all that was read of it is as it was."""
    after = stamp_of(path)
    return None if after == before or _grew(before, after) else _changed(before, after)


def _grew(before: Stamp, after: Stamp | None) -> bool:
    return after is not None and after.size > before.size


def _changed(before: Stamp, after: Stamp | None) -> Problem:
    if after is None:
        how = "it is gone"
    elif after.size == before.size:
        how = "it was written to, its size is the same"
    else:
        how = f"it had {before.size} octets and has {after.size}"
    return Problem("unreadable", 0, 0, 0, f"the file changed while it was read: {how}")

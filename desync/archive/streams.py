"""How many TCP connections captures hold, those counted once that go on from one file to the next.

May know captures and the numbering of streams; must not know which of them are mail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from desync.archive.captures import CaptureEntry, events_of
from desync.archive.spool import Spool
from desync.tcp.numbering import StreamEvents, number


def count_streams(sets: Iterable[Sequence[int]], captures: Sequence[CaptureEntry], spool: Spool) -> int:
    """Count connections as Wireshark would if the files of each set were one file.

    Args:
        sets: Which captures are files of one rotation, in the order of time.
        captures: All captures, by index.
        spool: Where their slices' events are.
    """
    return sum(
        len(number(_one_behind_the_other([captures[index] for index in members], spool))) for members in sets
    )


def _one_behind_the_other(captures: Iterable[CaptureEntry], spool: Spool) -> list[StreamEvents]:
    """The events of captures, their frames numbered through."""
    found: list[StreamEvents] = []
    before = 0
    for capture in captures:
        found += [
            StreamEvents(one.keys, replace(one.epochs, frame=one.epochs.frame + before))
            for one in events_of(capture, spool)
        ]
        before += capture.frames
    return found

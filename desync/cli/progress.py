"""Show on standard error how far a scan has come, in octets and frames.

May know the terminal; must not know what is done with the octets.
"""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from desync.archive.discovery import discover
from desync.cli.library import Progress
from desync.report.escape import escape

REFRESH: Final = 0.1
"""Seconds between two drawings."""


@contextmanager
def scan_progress(paths: Iterable[str], *, wanted: bool) -> Iterator[Progress | None]:
    """Draw a bar while captures are read; it is gone afterwards.

    Args:
        paths: Files, directories, patterns; a bar has an end only where all their sizes are known.
        wanted: Whether the caller wants a bar at all.

    Yields:
        What is to be called as reading goes on, or None where nobody looks: standard error
        is no terminal.
    """
    if not (wanted and sys.stderr is not None and sys.stderr.isatty()):
        yield None
        return
    # Only where there is a terminal to draw on: rich takes a while to import.
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - see above
    from rich.progress import Progress as Bar  # noqa: PLC0415 - see above

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TextColumn("{task.fields[frames]:,} frames", markup=False),
        TimeRemainingColumn(),
    )
    # Drawn as results come in, not by a thread of its own: with one, processes could not be forked.
    with Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("reading", total=_size(paths), frames=0)
        frames, drawn = 0, -REFRESH

        def advance(path: str, octets: int, more_frames: int) -> None:
            nonlocal frames, drawn
            frames += more_frames
            name = escape(os.path.basename(path))[:30]  # noqa: PTH119 - a text, as the caller wrote it
            bar.update(task, advance=octets, description=name, frames=frames)
            if time.monotonic() - drawn >= REFRESH:
                bar.refresh()
                drawn = time.monotonic()

        bar.refresh()

        yield advance


def _size(paths: Iterable[str]) -> int | None:
    """Add up the sizes of the files; None where one has no size beforehand."""
    total = 0
    for found in discover(paths):
        try:
            total += os.stat(found.path).st_size  # noqa: PTH116 - a text, as the caller wrote it
        except OSError:
            return None
    return total

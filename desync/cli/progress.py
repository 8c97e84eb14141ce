"""Show on standard error how far a scan has come: files, octets, frames, and what time is left.

May know the terminal; must not know what is done with the octets.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import click

from desync.cli.library import Progress
from desync.cli.tally import FileDone, Tally, tally_of
from desync.report.escape import escape

REFRESH: Final = 0.1
"""Seconds between two drawings."""

NAME_LENGTH: Final = 30

MEGABYTE: Final = 1_000_000
"""Octets from which on megabytes say enough."""


@contextmanager
def scan_progress(paths: Iterable[str], *, wanted: bool, verbose: bool = False) -> Iterator[Progress | None]:
    """Draw a bar while captures are read; it is gone afterwards.

    Args:
        paths: Files, directories, patterns; a bar has an end only where all their sizes are known.
        wanted: Whether the caller wants to be told anything at all.
        verbose: Whether to log a line for each file, terminal or not.

    Yields:
        What is to be called as reading goes on, or None where nobody looks: standard error
        is no terminal, and no log is wanted.
    """
    drawn = wanted and on_terminal()
    if not drawn and not (wanted and verbose):
        yield None
        return
    tally = tally_of(paths)
    log = _log if verbose else _log_nothing
    if not drawn:
        yield _logger(tally, log)
        return
    with _bar(tally, log) as advance:
        yield advance


def on_terminal() -> bool:
    """Whether somebody looks at standard error."""
    return sys.stderr is not None and sys.stderr.isatty()


def say_summary(document: Mapping[str, Any], seconds: float) -> None:
    """Say on standard error what a batch came to.

    Args:
        document: The report's document.
        seconds: How long it took.
    """
    captures, summary = document["captures"], document["summary"]
    parts = (
        _count(len(captures), "capture"),
        _octets(sum(one["size"] or 0 for one in captures)),
        _count(sum(one["frames"] for one in captures), "frame"),
        _count(summary["mail"], "mail connection"),
        _count(sum(summary["by_code"].values()), "finding"),
    )
    click.echo(f"desync: {', '.join(parts)}, in {seconds:,.1f} s", err=True)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _octets(number: int) -> str:
    return f"{number / 1e6:,.1f} MB" if number >= MEGABYTE else f"{number / 1e3:,.1f} kB"


def _log(file: FileDone) -> None:
    frames = _count(file.frames, "frame")
    click.echo(f"desync: {escape(file.path)}: {frames}, {file.seconds:.3f} s", err=True)


def _log_nothing(_file: FileDone) -> None:
    """Nobody asked."""


def _logger(tally: Tally, log: Callable[[FileDone], None]) -> Progress:
    def advance(path: str, octets: int, frames: int) -> None:
        file = tally.advance(path, octets, frames)
        if file is not None:
            log(file)

    return advance


@contextmanager
def _bar(tally: Tally, log: Callable[[FileDone], None]) -> Iterator[Progress]:
    # Only where there is a terminal to draw on: rich takes a while to import.
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - see above
    from rich.progress import Progress as Bar  # noqa: PLC0415 - see above
    from rich.table import Column  # noqa: PLC0415 - see above

    # One line, however narrow the terminal: the name gives way first.
    columns = (
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, min_width=8)),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[files]}", markup=False, table_column=Column(no_wrap=True)),
        DownloadColumn(binary_units=True, table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[frames]:,} frames", markup=False, table_column=Column(no_wrap=True)),
        TimeRemainingColumn(compact=True, table_column=Column(no_wrap=True)),
    )
    # Drawn as results come in, not by a thread of its own: with one, processes could not be forked.
    with Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        count = len(tally.sizes)
        task = bar.add_task("reading", total=tally.total, files=f"0/{count:,} files", frames=0)
        last = -REFRESH

        def advance(path: str, octets: int, frames: int) -> None:
            nonlocal last
            file = tally.advance(path, octets, frames)
            if file is not None:
                log(file)
            bar.update(
                task,
                completed=tally.octets,
                description=_name(path) if tally.files < count else "putting together",
                files=f"{tally.files:,}/{count:,} files",
                frames=tally.frames,
            )
            if time.monotonic() - last >= REFRESH or tally.files == count:
                bar.refresh()
                last = time.monotonic()

        bar.refresh()

        yield advance


def _name(path: str) -> str:
    return escape(os.path.basename(path))[:NAME_LENGTH]  # noqa: PTH119 - a text, as the caller wrote it

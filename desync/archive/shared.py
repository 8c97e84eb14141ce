"""What workers on other machines need to find a capture, and what is said of work that nobody could do.

May know paths, slices and captures' entries; must not open files.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from desync.analysis.kept import Kept
from desync.analysis.options import Options
from desync.archive.captures import CaptureEntry
from desync.archive.executor import WorkLost
from desync.capture.problems import Problem
from desync.capture.slices import Slice
from desync.capture.url import Url

ELSEWHERE: Final = "; each worker of the cluster has to find the file under the same path"


def shared_path(path: str, options: Options) -> str:
    """A path that is the same from whatever directory a worker was started in.

    Args:
        path: As the caller named it.
        options: What the caller asked for; without a cluster every worker was started here.
    """
    if options.cluster is None or isinstance(path, Url):
        return path
    # Not normalised: `..` behind a symbolic link is the file system's business.
    return os.path.join(os.getcwd(), path)  # noqa: PTH109, PTH118 - a text, as the caller wrote it


def shared_slice(piece: Slice, options: Options) -> Slice:
    """A slice that any worker finds."""
    if options.cluster is None or piece.octets is not None:
        return piece
    return replace(piece, path=shared_path(piece.path, options))


def unread(piece: Slice, reason: str, options: Options) -> Problem:
    """Say that a slice could not be read by whoever was to analyse it."""
    where = ELSEWHERE if options.cluster is not None and piece.octets is None else ""
    return _problem(piece, f"octets {piece.start} to {piece.stop} could not be read again: {reason}{where}")


def given_up(piece: Slice, error: WorkLost) -> Problem:
    """Say that nobody could analyse a slice."""
    return _problem(piece, f"octets {piece.start} to {piece.stop} were not analysed: {error}")


def shorter(pieces: Sequence[Slice], frames: int) -> list[Problem]:
    """Say where workers saw fewer frames of slices than whoever cut them: their file is not the same."""
    wanted = sum(len(piece.records) for piece in pieces)
    if frames >= wanted:
        return []
    message = (
        f"of {wanted} frames in octets {pieces[0].start} to {pieces[-1].stop} a worker of the cluster saw "
        f"{frames}: its file is shorter{ELSEWHERE}"
    )
    return [_problem(pieces[0], message)]


def not_joined(parts: Sequence[tuple[Kept, str]], error: WorkLost) -> dict[int, Problem]:
    """Say, for each capture, that connections in several slices of it could not be examined."""
    pairs: dict[int, int] = {}
    for kept, _ in parts:
        pairs[kept.capture] = max(pairs.get(kept.capture, 0), len(kept))
    return {
        capture: Problem(
            "unreadable", 0, 0, 0, f"{count} connections or more of several slices were left out: {error}"
        )
        for capture, count in pairs.items()
    }


def not_kept(error: WorkLost) -> Problem:
    """Say that what goes on from earlier slices could not be put aside."""
    return Problem("unreadable", 0, 0, 0, f"connections of several slices are not whole: {error}")


def add_problem(entry: CaptureEntry, problem: Problem) -> None:
    """Say of a capture, once more, what was wrong."""
    entry.quality = replace(entry.quality, problems=(*entry.quality.problems, problem))


def _problem(piece: Slice, message: str) -> Problem:
    return Problem("unreadable", piece.start, piece.stop - piece.start, piece.first_frame - 1, message)

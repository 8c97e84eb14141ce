"""Two captures laid over each other, as the library hands it out.

May know archives and documents; must not know how a document is printed.
"""

from dataclasses import dataclass
from typing import Any

from desync.analysis.options import Options
from desync.archive.points.points import Points, look
from desync.archive.points.sighting import View
from desync.report.points.document import points_document


@dataclass(frozen=True, slots=True)
class Side:
    """What reading the captures of one point came to.

    Attributes:
        unreadable: Paths that could not be analysed though they were named, each with the reason.
        damaged: Whether a capture was truncated or damaged.
        analysed: Captures that were analysed.
    """

    unreadable: tuple[tuple[str, str], ...]
    damaged: bool
    analysed: int


class PointsReport:
    """What two points say of the same connections.

    Args:
        paths: A and B as the caller named them.
        points: The two views.
    """

    def __init__(self, paths: tuple[str, str], points: Points) -> None:
        self._paths = paths
        self._points = points

    @property
    def sides(self) -> tuple[Side, Side]:
        """A and B."""
        return _side(self._points.a), _side(self._points.b)

    def document(self, *, everything: bool = False) -> dict[str, Any]:
        """Build the document: what ``desync compare --points --format json`` prints.

        Args:
            everything: Whether connections that are the same at both points are listed too.
        """
        return points_document(self._paths, self._points, everything=everything)


def compare_points(a: str, b: str, options: Options | None = None) -> PointsReport:
    """Lay two captures of the same connections over each other.

    Args:
        a: A capture, a directory or a pattern, from the point nearer the client.
        b: The same from the other point.
        options: What is mail, and how many processes work.
    """
    return PointsReport((a, b), look((a, b), options or Options()))


def _side(view: View) -> Side:
    archive = view.archive
    return Side(
        tuple((one.path, one.reason) for one in archive.refused if one.named),
        any(one.quality.problems for one in archive.captures),
        len(archive.captures),
    )

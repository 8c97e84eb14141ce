"""What a walk through a capture collects beside its frames.

May know problems, comments, interfaces and drop counts; must not know any format.
"""

from dataclasses import dataclass
from typing import Final

from desync.capture.frames import Interface
from desync.capture.problems import Problem, ProblemKind

MOST_PROBLEMS: Final = 1_000
"""Problems kept one by one; a file of garbage must not fill memory with them."""

MOST_COMMENTS: Final = 100_000
"""Comments kept, for the same reason."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that the capture carries.

    Attributes:
        text: The comment, octets that are no UTF-8 replaced.
        frame: Number of the frame that it belongs to, else None.
        interface: Row of the capture's interfaces that it belongs to, else None. A comment with
            neither belongs to a section.
    """

    text: str
    frame: int | None = None
    interface: int | None = None


class Notes:
    """Collects what a capture says of itself, and what was wrong with it.

    Attributes:
        frames: Frames delivered so far.
        problems: In the order in which they were met, at most ``MOST_PROBLEMS`` and one that
            counts the rest.
        interfaces: Of all sections, in order.
        comments: In order, at most ``MOST_COMMENTS``.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.problems: list[Problem] = []
        self.interfaces: list[Interface] = []
        self.comments: list[Comment] = []
        self._unlisted = 0
        self._dropped_by_interface: dict[int, int] = {}
        self._dropped_between: int | None = None

    def problem(
        self, kind: ProblemKind, offset: int, octets: int, message: str, *, frame: int | None = None
    ) -> None:
        """Record a problem, behind the frames delivered so far unless ``frame`` says otherwise."""
        at = self.frames if frame is None else frame
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(kind, offset, octets, at, message))
            return
        if not self._unlisted:
            self.problems.append(Problem(kind, offset, 0, at, ""))
        self._unlisted += 1
        first = self.problems[-1]
        message = f"{self._unlisted} further problems, the first at offset {first.offset}"
        self.problems[-1] = first._replace(octets=first.octets + octets, message=message)

    def comment(self, text: str, *, frame: int | None = None, interface: int | None = None) -> None:
        """Keep a comment."""
        if len(self.comments) < MOST_COMMENTS:
            self.comments.append(Comment(text, frame, interface))

    def interface_dropped(self, interface: int, count: int) -> None:
        """Note a running total: what an interface has dropped since the capture began."""
        self._dropped_by_interface[interface] = max(count, self._dropped_by_interface.get(interface, 0))

    def dropped_between(self, count: int) -> None:
        """Note frames dropped between two that were kept."""
        self._dropped_between = (self._dropped_between or 0) + count

    @property
    def dropped(self) -> int | None:
        """Frames that the capture says were dropped; None where it does not say.

        Totals and single counts describe the same losses, so the larger stands.
        """
        if not self._dropped_by_interface:
            return self._dropped_between
        return max(sum(self._dropped_by_interface.values()), self._dropped_between or 0)

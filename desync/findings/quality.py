"""What a capture's readers recorded of the capture as a whole.

May know problems, times and link types; must not judge them.
"""

from dataclasses import dataclass
from typing import NamedTuple

from desync.capture.problems import Problem


class Clock(NamedTuple):
    """What the times of a capture's frames did.

    Attributes:
        known: Frames that have a time.
        first_step: Frame whose time lies more than a second before that of the frame before it, or
            None; ``steps`` says how many there are and ``largest`` by how much the worst, in nanoseconds.
        still: Whether two or more frames all have the same time.
    """

    known: int
    first_step: int | None
    steps: int
    largest: int
    still: bool

    @property
    def sound(self) -> bool:
        """Whether times may serve as evidence."""
        return self.known > 0 and not self.steps and not self.still


@dataclass(frozen=True, slots=True)
class CaptureQuality:
    """What was recorded of a capture.

    Attributes:
        index: The capture's number in the report.
        frames: How many frames it has.
        problems: What was wrong with its octets.
        clock: What its times did.
        opaque: Frames that could not be decoded, by link type (None: unknown) and reason.
    """

    index: int
    frames: int
    problems: tuple[Problem, ...]
    clock: Clock
    opaque: tuple[tuple[int | None, str, int], ...]

    @property
    def unremarkable(self) -> bool:
        """Whether nothing was recorded that a rule might say anything of."""
        return not self.problems and not self.opaque and self.clock.sound

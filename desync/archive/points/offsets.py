"""Where an octet of one point's stream lies in the other's, once octets were put in or taken out between.

May know differences; must not know segments.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from desync.archive.points.alignment import Difference, Span


class Offsets(NamedTuple):
    """Turns offsets of one stream into those of the other.

    Attributes:
        begins: Where the differences begin, in the one.
        spans: Each difference in the one and in the other.
        shift: What is added before the first difference.
    """

    begins: list[int]
    spans: list[tuple[Span, Span]]
    shift: int

    def there(self, offset: int) -> int:
        """The offset in the other stream; inside octets that it has not, where they would begin or end."""
        index = bisect_right(self.begins, offset) - 1
        if index < 0:
            return offset + self.shift
        (start, end), (other, other_end) = self.spans[index]
        if offset >= end:
            return offset - end + other_end
        return min(other + offset - start, other_end)


def to_sent(differences: Sequence[Difference], shift: int = 0) -> Offsets:
    """From where octets arrived to where they were sent.

    Args:
        differences: What was changed, in order.
        shift: What is added to an offset where they arrived.
    """
    moving = [one for one in differences if one.kind != "changed"]
    return Offsets(
        [one.arrived[0] for one in moving], [(one.arrived, one.sent) for one in moving], shift
    )


def to_arrived(differences: Sequence[Difference], shift: int = 0) -> Offsets:
    """From where octets were sent to where they arrived; ``shift`` as for ``to_sent``."""
    moving = [one for one in differences if one.kind != "changed"]
    return Offsets([one.sent[0] for one in moving], [(one.sent, one.arrived) for one in moving], -shift)

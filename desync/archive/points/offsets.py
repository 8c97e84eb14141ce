"""Where an octet of one point's stream lies in the other's, once octets were put in or taken out between.

May know differences; must not know segments.
"""

from bisect import bisect_left, bisect_right
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

    def there(self, offset: int, *, end: bool = False) -> int:
        """The offset in the other stream; inside octets that it has not, where they would begin or end.

        Args:
            offset: The offset in the one.
            end: Whether it is one behind octets, not one at which octets begin: what was put in right
                there lies behind it then.
        """
        index = (bisect_left if end else bisect_right)(self.begins, offset) - 1
        if index < 0:
            return offset + self.shift
        (start, stop), (other, other_stop) = self.spans[index]
        if offset >= stop:
            return offset - stop + other_stop
        return min(other + offset - start, other_stop)


def both_ways(differences: Sequence[Difference], lengths: Span, shift: int = 0) -> tuple[Offsets, Offsets]:
    """From where octets were sent to where they arrived, and back.

    What is missing or new at the very end moves nothing: nothing comes behind it.

    Args:
        differences: What was changed, in order.
        lengths: How long the stream is where it was sent, and where it arrived.
        shift: What is to be added to an offset where it arrived.
    """
    moving = [
        (one.sent, one.arrived)
        for one in differences
        if one.kind != "changed"
        and not (one.kind == "missing" and one.sent[1] >= lengths[0])
        and not (one.kind == "inserted" and one.arrived[1] >= lengths[1])
    ]
    forth = Offsets([sent[0] for sent, _ in moving], moving, -shift)
    back = [(arrived, sent) for sent, arrived in moving]
    return forth, Offsets([arrived[0] for arrived, _ in back], back, shift)

"""What the server said, as ranges of its stream: its replies and their lines.

May know replies and which exchange each answers; must not know how the client reads.
"""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from desync.exchanges.exchange import Exchange
from desync.smtp.reply import Reply


class Said(NamedTuple):
    """The server's words.

    Attributes:
        replies: All its replies, in stream order, up to the first hole.
        starts: Where each begins.
        stray: The offsets of those without a code that stand where none was due: an empty line.
    """

    replies: list[Reply]
    starts: list[int]
    stray: frozenset[int]

    def lines(self) -> tuple[list[int], list[int]]:
        """Where each line that has ended begins and ends."""
        found = [line.line for reply in self.replies for line in reply.lines if line.line.terminated]
        return [line.start for line in found], [line.end for line in found]

    def wholes(self) -> tuple[list[int], list[int]]:
        """Where each reply that is complete begins and ends; a stray line is read over."""
        found = [
            reply.octets for reply in self.replies if reply.complete and reply.octets[0] not in self.stray
        ]
        return [start for start, _ in found], [end for _, end in found]

    def number_at(self, offset: int) -> int:
        """Which reply holds an offset, by its number among ``replies``; behind the last one: one more."""
        index = bisect_right(self.starts, offset) - 1
        if index >= 0 and offset >= self.replies[index].octets[1]:
            return index + 1
        return max(index, 0)

    def ends_reply(self, end: int) -> bool:
        """Whether a reply ends at an offset."""
        index = bisect_left(self.starts, end) - 1
        return index >= 0 and self.replies[index].octets[1] == end

    def is_inside(self, offset: int) -> bool:
        """Whether an offset lies within a reply, not at its end."""
        index = bisect_right(self.starts, offset) - 1
        return index >= 0 and self.replies[index].octets[0] < offset < self.replies[index].octets[1]

    def is_whole(self, start: int, end: int) -> bool:
        """Whether a range is one reply and nothing else."""
        index = bisect_right(self.starts, start) - 1
        return index >= 0 and self.replies[index].octets == (start, end)


def said(exchanges: tuple[Exchange, ...], unpaired: tuple[Reply, ...], until: int) -> Said:
    """Collect the server's words up to an offset of its stream."""
    found = [one.reply for one in exchanges if one.reply is not None]
    found = [reply for reply in (*found, *unpaired) if reply.octets[1] <= until and reply.whole]
    found.sort(key=lambda reply: reply.octets[0])
    answered = max((one.index for one in exchanges if one.reply is not None), default=0)
    # Where a prompt has no answer, a line without a code may have been meant for it, and is taken so.
    due = any(one.reply is None for one in exchanges[:answered])
    stray = frozenset() if due else frozenset(reply.octets[0] for reply in unpaired if reply.code is None)
    return Said(found, [reply.octets[0] for reply in found], stray)

"""Which of two differing copies of some octets a receiver keeps: the policies that TCPs have.

May know where segments lie in a stream; must not know what they carry.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

Policy: TypeAlias = Literal["first", "bsd", "linux", "old-linux", "solaris", "last"]

POLICIES: Final[tuple[Policy, ...]] = ("first", "bsd", "linux", "old-linux", "solaris", "last")
"""All of them; ``first`` is the one that streams are read by.

``first`` is Windows since Vista; ``bsd`` also macOS, AIX, IRIX, HP-UX 10 and the Windows before Vista;
``linux`` since 2.4, ``old-linux`` before; ``solaris`` also HP-UX 11; ``last`` some routers, and any TCP
to which the earlier copy never came.
"""


class Span(NamedTuple):
    """A segment's half-open range of stream offsets."""

    start: int
    end: int


def favours_later(policy: Policy, earlier: Span, later: Span) -> bool:
    """Whether a receiver takes the later segment's octets where two segments that wait behind a hole overlap.

    Source:
        J. Novak, S. Sturges, "Target-Based TCP Stream Reassembly", Sourcefire 2007; RFC 9293,
        section 3.10.7.4, leaves it open.
    """
    before, same = later.start < earlier.start, later.start == earlier.start
    if policy == "bsd":
        return before
    if policy == "linux":
        return before or (same and later.end > earlier.end)
    if policy == "old-linux":
        return before or (same and later.end >= earlier.end)
    if policy == "solaris":
        return later.end >= earlier.end if before or same else later.end > earlier.end
    return policy == "last"

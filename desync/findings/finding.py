"""A finding: what a rule says of a connection or a capture.

May know rules and places; must not know how anything is printed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from desync.findings.rule import Blame, Certainty, Rule, Severity

Evidence: TypeAlias = Literal["ack", "same-segment", "content", "repeat"]
Detail: TypeAlias = "str | int | bool | Sequence[Detail] | Mapping[str, Detail] | None"


class Place(NamedTuple):
    """A frame: the index of its capture and ``frame.number``."""

    capture: int
    frame: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says.

    Attributes:
        rule: The rule.
        severity, certainty, blame: Where this case stands on the three scales.
        evidence: What it rests on.
        frames: The frames to look at, the first of them that of the deed itself first in
            ``frame``; in order, without repetition.
        frame: The frame of the deed, or None.
        time: Nanoseconds since 1970 UTC of that frame, or None.
        exchanges: First and last exchange that it holds for, or None.
        message: One sentence, without octets of the capture but addresses and names.
        details: More, by name; see the rule's page.
    """

    rule: Rule
    severity: Severity
    certainty: Certainty
    blame: Blame
    evidence: tuple[Evidence, ...]
    frame: Place | None
    frames: tuple[Place, ...]
    time: int | None
    exchanges: tuple[int, int] | None
    message: str
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a verdict needs to know of the rest of the archive.

    Attributes:
        early_pipelining: Addresses of servers that offered PIPE_CONNECT in any EHLO reply.
        repeats: Where a message whose client may not know of its acceptance was sent again, on
            another connection: the frame of its MAIL, and those of the later MAILs.
        beyond: For such a message, how many later connections of its client were not looked through
            because they are too many.
    """

    early_pipelining: frozenset[str] = frozenset()
    repeats: Mapping[Place, tuple[Place, ...]] = field(default_factory=dict)
    beyond: Mapping[Place, int] = field(default_factory=dict)

"""What a rule of the catalogue is, and the words that findings are weighed in.

May know the three scales that a finding is placed on; must not know any single rule.
"""

from typing import Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["note", "warning", "error"]
"""A MUST broken is an error, a SHOULD a warning, what is allowed but worth knowing a note."""

Certainty: TypeAlias = Literal["proved", "consistent", "inconclusive"]
"""How sure one finding is. A field of the finding: the same rule may come with each."""

Blame: TypeAlias = Literal["client", "server", "path", "capture", "configuration", "nobody"]
"""Whose doing it is, for as much as the capture shows."""


class Rule(NamedTuple):
    """One entry of the catalogue of findings.

    Attributes:
        code: Fixed for ever, ``SYNC102``; the code of a retired rule is never used again.
        name: The same in words, ``command-on-reply-fragment``.
        severity: The usual severity of its findings.
        blame: The usual blame of its findings.
    """

    code: str
    name: str
    severity: Severity
    blame: Blame

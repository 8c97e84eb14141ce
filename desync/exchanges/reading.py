"""How a client read its server's replies, and what it therefore believed.

May know offsets and codes; must not know how it was found out. Records; judges nothing.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

Model: TypeAlias = Literal["whole-reply", "line", "segment", "blind"]
"""What a client takes for the reply to each thing it sent (DESIGN.md, section 3.3)."""

Cause: TypeAlias = Literal[
    "split-reply",
    "multiline-reply",
    "late-reply",
    "surplus-reply",
    "unsolicited-reply",
    "missing-reply",
    "mail-data-as-commands",
    "chunk-as-commands",
]
"""What set a drift off."""


class Belief(NamedTuple):
    """What a client took for the reply to a prompt.

    Attributes:
        code: The three digits it begins with, or None.
        start, end: Half-open range of the server's stream.
    """

    code: int | None
    start: int
    end: int


class Reader(NamedTuple):
    """How a client reads.

    Attributes:
        model: The verdict; None where the capture does not tell.
        candidates: Models that cannot be told from it, itself left out.
        support: Share of the sends that fit the model's timing, from 0 to 1; None without a verdict.
        exception: In words, where a ``whole-reply`` reader sent some things ahead; else None.
    """

    model: Model | None
    candidates: tuple[Model, ...]
    support: float | None
    exception: str | None


class Drift(NamedTuple):
    """From where to where a client was out of step with what its server meant.

    Attributes:
        onset: Index of the first exchange whose reply it took from another one's octets.
        recovered: Index of the first later one that it took right again, or None.
        cause: What set it off.
        trigger: Index of the exchange whose reply was split, late, surplus or missing, or None.
        agreed: Whether all models that explain the connection as well say the same onset.
    """

    onset: int
    recovered: int | None
    cause: Cause
    trigger: int | None
    agreed: bool = True


class Reading(NamedTuple):
    """How a client read a connection.

    Attributes:
        reader: The model.
        drift: The drift, or None.
        shifts: For each exchange by how many replies it was off, or None where that is not known;
            empty where the client did not drift.
        beliefs: For each exchange what the client took for its reply, or None where that is not
            known; empty where the client did not drift.
    """

    reader: Reader
    drift: Drift | None = None
    shifts: tuple[int | None, ...] = ()
    beliefs: tuple[Belief | None, ...] = ()


UNREAD: Final = Reading(Reader(None, (), None, None))
"""Of a connection that does not tell how it was read."""

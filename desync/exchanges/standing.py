"""What an exchange rests on: how sure its pairing is, and what the client held when it spoke.

Values only, which travel without the exchange. Units: octets.
"""

from typing import Literal, NamedTuple, TypeAlias

Certainty: TypeAlias = Literal["forced", "aligned", "ambiguous"]
"""How sure it is which reply answers a prompt."""

Held: TypeAlias = Literal["nothing", "fragment", "lines", "unknown"]


class Standing(NamedTuple):
    """What the client held of the first reply that it should have waited for.

    Attributes:
        exchange: Index of the exchange whose reply that is.
        held: ``nothing``; a ``fragment`` (part of a line, the CR without the LF included);
            whole ``lines`` but not the last; ``unknown`` where the reply was not captured.
        octets: Octets of that reply that the command's segment acknowledged.
        missing: Octets of it still to come; None where its end is not known.
    """

    exchange: int
    held: Held
    octets: int
    missing: int | None

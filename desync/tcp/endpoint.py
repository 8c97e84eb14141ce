"""The ends of a TCP connection, and how it ended.

May know addresses and ports; must not know segments.
"""

from typing import Literal, NamedTuple, TypeAlias

Closing: TypeAlias = Literal["fin", "rst", "half-closed"]


class Endpoint(NamedTuple):
    """One end of a connection: a textual address and a port."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

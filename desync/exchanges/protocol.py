"""What is spoken on a mail connection: SMTP or LMTP, and from where on TLS.

May know offsets; must not know what was said.
"""

from typing import Literal, NamedTuple, TypeAlias

Protocol: TypeAlias = Literal["smtp", "lmtp"]


class Encryption(NamedTuple):
    """Where TLS begins.

    Attributes:
        exchange: Index of the STARTTLS exchange; None where TLS began with the connection.
        client, server: Offsets of the first encrypted octet of each stream, or None.
    """

    exchange: int | None
    client: int | None
    server: int | None

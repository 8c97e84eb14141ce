"""Find the reply that a finding is about, and show it with its line ends.

May know the document's connections, exchanges and replies; must not know what is wrong with them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from desync.report.beliefs import Exchange, exchange_at
from desync.report.text_groups import Connection, Finding

Reply: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Portions:
    """A reply cut in two: what the client held of it, and what was still to come."""

    held: str
    missing: str


def exchange_of(finding: Finding, connection: Connection | None) -> Exchange | None:
    """Give the first exchange that a finding holds for, if the document has it."""
    if connection is None or finding["exchanges"] is None:
        return None
    return exchange_at(connection, finding["exchanges"][0])


def reply_concerned(finding: Finding, connection: Connection | None) -> Reply | None:
    """Give the reply that the client should have waited for, or that came in pieces.

    Returns:
        For a command sent out of turn the reply that it owed a wait to, as the details name its
        exchange; for every other finding the reply of its own exchange; None where the document
        does not say.
    """
    exchange = exchange_of(finding, connection)
    if exchange is None or connection is None:
        return None
    if finding["code"].startswith("SYNC"):
        exchange = exchange_at(connection, finding["details"].get("reply_of"))
    found: Reply | None = exchange and exchange["reply"]
    return found


def reply_lines(reply: Reply) -> Iterator[str]:
    """Yield the lines of a reply, each with the CRLF that ends it, if one does."""
    for text, line in zip(reply["text"], reply["lines"], strict=False):
        yield text + ("\r\n" if line["terminated"] else "")


def portions(reply: Reply, held: int) -> Portions | None:
    """Cut a reply behind the octets that the client held.

    Args:
        reply: The reply, whole.
        held: Octets of it that the client had received.

    Returns:
        The two parts, or None where a letter is not an octet, so that
        the cut cannot be placed (text that is not US-ASCII, or hidden as ``<n octets>``).
    """
    octets = "".join(reply_lines(reply))
    start, stop = reply["octets"]
    if not octets.isascii() or len(octets) != stop - start:
        return None
    return Portions(octets[:held], octets[held:])

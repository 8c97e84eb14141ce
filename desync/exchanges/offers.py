"""What the server offered, and when the client could know.

    ehlo-line = ehlo-keyword *( SP ehlo-param )                  (RFC 5321, section 4.1.1.1)

May know hello commands and the replies to them; must not know what use was made of an offer.
"""

from typing import NamedTuple

from desync.exchanges.holes import is_holed
from desync.exchanges.pairing import Pair
from desync.tcp.stream import Stream


class Offer(NamedTuple):
    """What one reply says of the server's extensions.

    Attributes:
        start: Where in the client's stream it takes effect: the end of the command it answers.
        end: Where the reply ends in the server's stream: a client that acknowledges this much
            had received it.
        keywords: The keywords in capitals, in their order; empty after HELO, XCLIENT and STARTTLS.
        whole: False where a hole in the capture may hide keywords.
    """

    start: int
    end: int
    keywords: tuple[str, ...]
    whole: bool


def offers(pairs: tuple[Pair, ...]) -> list[Offer]:
    """Collect the offers of a connection, in the order of its commands.

    Source:
        RFC 5321, section 4.1.1.1; RFC 3207, section 4.2 and Postfix XCLIENT: after TLS or a
        change of identity the list starts anew.
    """
    found = []
    for pair in pairs:
        prompt, reply = pair.prompt, pair.reply
        if (
            prompt is None
            or prompt.verb not in ("EHLO", "LHLO", "HELO", "XCLIENT", "STARTTLS")
            or reply is None
            or not reply.is_positive
        ):
            continue
        keywords: tuple[str, ...] = ()
        if prompt.verb in ("EHLO", "LHLO"):
            keywords = tuple(
                line.text.split(b" ")[0].decode("ascii", "replace").strip().upper()
                for line in reply.lines[1:]
                if line.text.strip()
            )
        found.append(Offer(prompt.end, reply.octets[1], keywords, reply.whole and reply.complete))
    return found


def pipelining_offered(
    known: list[Offer], sent_at: int, acknowledged: int, client: Stream, server: Stream
) -> bool | None:
    """Whether the last offer that a client had received named PIPELINING.

    Args:
        known: The offers of the connection.
        sent_at: Where in the client's stream the command begins.
        acknowledged: How much of the server's stream the command's segment acknowledged.
        client: The client's stream.
        server: The server's stream.

    Returns:
        None where a hole or the start of the capture may hide an offer.
    """
    since = 0
    for offer in reversed(known):
        if offer.start <= sent_at and offer.end <= acknowledged:
            if "PIPELINING" in offer.keywords:
                return True
            if not offer.whole:
                return None
            since = offer.start
            break
    else:
        if "first-seen" in (client.origin, server.origin):
            return None
    if is_holed(client.gaps, since, sent_at) or is_holed(server.gaps, 0, acknowledged):
        return None
    return False

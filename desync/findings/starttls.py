"""What the rules about STARTTLS ask: where it was said, what stands around it, whether its offer was masked.

May know exchanges and streams; must not know which rule asks.
"""

import re
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.certainty import DIFFER, copies_differ
from desync.smtp.reply import Reply

MASK: Final = re.compile(rb"X{7}[A-Z]\s*\Z")
"""STARTTLS written over with X: boxes count what they mask with a last letter, or do not."""


def starttls(conversation: Conversation) -> list[Exchange]:
    """The exchanges in which the client asked for TLS, in order."""
    if conversation.foreign is not None:
        return []
    return [one for one in conversation.exchanges if one.prompt.verb == "STARTTLS"]


def keywords(reply: Reply) -> list[bytes]:
    """The keywords of an EHLO reply in capitals, one for each line behind the first."""
    return [line.text.split(b" ")[0].strip().upper() for line in reply.lines[1:]]


def masked_offers(reply: Reply) -> list[int]:
    """Which keywords of an EHLO reply stand where STARTTLS stood, by their numbers; none where it is offered.

    A server that offers BINARYMIME must offer CHUNKING (RFC 3030, section 3), which is as long: where that
    is not offered by its name, one of the masks is its, mostly the one behind BINARYMIME.
    """
    words = keywords(reply)
    masks = [number for number, line in enumerate(reply.lines[1:]) if MASK.match(line.text)]
    if not masks or b"STARTTLS" in words:
        return []
    if b"BINARYMIME" in words and b"CHUNKING" not in words:
        behind = words.index(b"BINARYMIME") + 1
        masks.remove(behind if behind in masks else masks[-1])
    return masks


def doubts(
    conversation: Conversation, asked: Exchange, *, client: int = 0, server: int | None = None
) -> list[str]:
    """What stands against a verdict on text around STARTTLS; empty where nothing does.

    Args:
        conversation: The connection.
        asked: The STARTTLS.
        client: Offset in the client's stream up to which the verdict needs its octets.
        server: The same of the server; None: to the end of the reply to STARTTLS.
    """
    streams = conversation.connection.client_stream, conversation.connection.server_stream
    reply = asked.reply
    needed = server if server is not None else reply.octets[1] if reply is not None else streams[1].length
    found = []
    if any(stream.origin == "first-seen" for stream in streams):
        found.append("the capture begins in mid-stream")
    if not streams[1].captured:
        found.append("the server's side was not captured")
    ends = max(client, asked.prompt.end), needed
    if any(stream.first_gap < end for stream, end in zip(streams, ends, strict=True)):
        found.append("octets that the verdict needs were not captured")
    if copies_differ(conversation, *ends):
        found.append(DIFFER)
    if not found and asked.pairing != "forced":
        found.append("which reply answers STARTTLS is not certain")
    return found

"""Which octets of a dialogue may be shown, and how they are written.

The only place that turns octets of a connection into text for people, besides what a record holds. May
know conversations and what is private in them; must not know segments, nor how text is printed.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.privacy import private_replies, shown_octets


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a stream, and whether its octets may be shown."""

    start: int
    end: int
    exchange: int | None
    shown: bool


def client_spans(conversation: Conversation) -> list[Span]:
    """What the client said, in stream order."""
    found: list[Span] = []
    for one in conversation.exchanges:
        if one.octets is None or one.again:
            continue
        start, end = one.octets
        shown, line = _shown_part(conversation, one)
        found.append(Span(start, start + shown, one.index, shown=True))
        found.append(Span(start + shown, start + line, one.index, shown=False))
        is_line = one.prompt.kind in ("command", "auth")
        found.append(Span(start + line, end, one.index, shown=is_line))
    return [span for span in found if span.start < span.end]


def _shown_part(conversation: Conversation, one: Exchange) -> tuple[int, int]:
    """How many octets of a prompt may be shown at its beginning, and where its line's text ends."""
    if one.prompt.kind == "mail-data":
        return 0, one.prompt.end - one.prompt.start
    if one.prompt.kind == "bdat":
        # Two octets of line ending belong to what may be shown: a BDAT line holds no text.
        return len(one.prompt.text) + 2, len(one.prompt.text) + 2
    return shown_octets(conversation, one), len(one.prompt.text)


def server_spans(conversation: Conversation) -> list[Span]:
    """What the server replied, in stream order."""
    hidden = private_replies(conversation)
    asked = {reply.index: one.index for one in conversation.exchanges if (reply := one.reply) is not None}
    return [
        Span(line.line.start, line.line.end, asked.get(reply.index), shown=reply not in hidden)
        for reply in conversation.replies
        for line in reply.lines
    ]


def span_at(spans: list[Span], offset: int) -> Span | None:
    """The span that holds an offset, or None."""
    index = bisect_left(spans, offset + 1, key=lambda span: span.start) - 1
    return spans[index] if index >= 0 and offset < spans[index].end else None


def written(octets: bytes) -> list[str]:
    """Octets as text, a piece for each line, CR and LF visible."""
    text = octets.decode("utf-8", "backslashreplace")
    pieces = [piece for piece in re.split("(?<=\n)", text) if piece]
    return [piece.replace("\r", "\\r").replace("\n", "\\n") for piece in pieces]

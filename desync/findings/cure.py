"""Whether one write for each reply would have spared a client that misread one.

A client that takes a segment for a reply is spared where the whole reply fits a segment; one
that takes a line for a reply is not, however the reply is written (DESIGN.md, section 3.7). May
know reader models, sizes and how a split came about; must not know who misread anything.
"""

from typing import Final, Literal, TypeAlias

from desync.exchanges.conversation import Conversation
from desync.exchanges.reading import Model
from desync.exchanges.standing import Held
from desync.findings.splits import How
from desync.smtp.reply import Reply

Cure: TypeAlias = Literal["yes", "no", "unknown"]

BUFFER: Final = 8192
"""Octets that a server's output buffer holds: the ``setvbuf`` of the 1999 patch."""

FIXED_HEADER: Final = 20
"""Octets of a TCP header without options (RFC 9293, section 3.1)."""

_NOT_CURED: Final[dict[Model, str]] = {
    "line": "a client that takes each line for a reply misreads a whole reply too",
    "blind": "the client waits for no reply, whole or not",
    "whole-reply": "the client reads replies whole; this one it did not wait for",
}

_TAKES: Final[dict[Model, str]] = {
    "segment": "takes each segment for a reply",
    "line": "takes each line for one",
    "blind": "waits for no reply",
    "whole-reply": "reads replies whole and only did not wait",
}


def cure_of_misread(conversation: Conversation, reply: Reply, how: How, held: Held) -> tuple[Cure, str]:
    """Whether one write per reply would have prevented a misread, and why.

    Args:
        conversation: The connection.
        reply: The reply of which the client took a part for all of it.
        how: How the split came about at which the client stood.
        held: What it held of the reply. Where nothing else tells how the client reads, that does.
    """
    fit, why = _fits(conversation, reply, how)
    if fit == "no":
        return fit, why
    models = _models(conversation, held)
    if models == {"segment"}:
        return fit, why
    if "segment" not in models:
        return "no", _NOT_CURED[min(models)]
    ways = [_TAKES[model] for model in sorted(models - {"segment"})]
    return "unknown", f"it would have if the client {_TAKES['segment']}, not if it {' or '.join(ways)}"


def cure_of_split(conversation: Conversation, reply: Reply, how: How) -> tuple[Cure, str]:
    """Whether one write per reply would have kept a reply whole, to its client's good, and why."""
    fit, why = _fits(conversation, reply, how)
    model = conversation.reading.reader.model
    if fit != "no" and model in ("line", "blind"):
        return "no", _NOT_CURED[model]
    return fit, why


def _models(conversation: Conversation, held: Held) -> set[Model]:
    """The models that explain how the client reads, or else those that explain what it held."""
    reader = conversation.reading.reader
    if reader.model is not None:
        return {reader.model, *reader.candidates}
    return {"segment"} if held == "fragment" else {"segment", "line"}


def _fits(conversation: Conversation, reply: Reply, how: How) -> tuple[Cure, str]:
    """Whether a reply, with those that were written together with it, fits one segment and one buffer."""
    start, end = written_together(conversation, reply)
    what = "the reply" if (start, end) == reply.octets else "the group of replies"
    size = _room(conversation, start)
    if end - start > BUFFER:
        return "no", f"{what} is longer than a buffer of {BUFFER} octets"
    if how == "mss" or (size is not None and end - start > size):
        return "no", f"{what} is longer than one segment"
    if size is None:
        return "unknown", "the capture does not show how large a segment may be"
    return "yes", f"{what} has {end - start} octets, a segment holds {size}"


def _room(conversation: Conversation, offset: int) -> int | None:
    """How many octets the segment that carries an octet of the server may hold, its options counted."""
    connection = conversation.connection
    size, sent = connection.handshake.client_mss, connection.server_stream.sent(offset)
    if size is None or sent is None:
        return size
    rows = connection.rows
    return size - (rows.payload[sent.row] - rows.transport[sent.row] - FIXED_HEADER)


def written_together(conversation: Conversation, reply: Reply) -> tuple[int, int]:
    """The octets of a reply and of its neighbours in a pipelined group that share segments with it.

    Source:
        RFC 2920, section 3.2: the replies to a group may be sent together.
    """
    exchanges, stream = conversation.exchanges, conversation.connection.server_stream
    asked = conversation.asked(reply)
    start, end = reply.octets
    if asked is None:
        return start, end
    at = asked.index
    for index in range(at, 0, -1):
        before = exchanges[index - 1].reply
        if not _is_grouped(conversation, index) or before is None or before.octets[1] != start:
            break
        if stream.sent(start - 1) is not stream.sent(start):
            break
        start = before.octets[0]
    for index in range(at + 1, len(exchanges)):
        after = exchanges[index].reply
        if not _is_grouped(conversation, index) or after is None or after.octets[0] != end:
            break
        if stream.sent(end - 1) is not stream.sent(end):
            break
        end = after.octets[1]
    return start, end


def _is_grouped(conversation: Conversation, index: int) -> bool:
    """Whether a prompt was sent in a group, before the reply to the one before had come."""
    one = conversation.exchanges[index]
    return one.pipelining is True and one.lead > 0

"""Ends of mail data that are none by the standard, and what the server made of them.

    present     the mail data holds such a mark, and the server read on to the standard end
    accepted    the server took the message there
    answered    it read as commands what stood behind the mark in the client's mail data

May know the dialogue; must not know how a finding is made.
"""

from bisect import bisect_right
from typing import Literal, NamedTuple, TypeAlias

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.plausible import is_plausible
from desync.findings.certainty import DIFFER, copies_differ
from desync.smtp.client import standard_end
from desync.smtp.marks import BEHIND, Mark, marks_between
from desync.smtp.reply import Reply

Stage: TypeAlias = Literal["present", "accepted", "answered"]


class DataEnd(NamedTuple):
    """A message that holds a non-standard end.

    Attributes:
        exchange: Its mail data, as the server took it.
        marks: The marks in it, in order; the last is where the server ended it, if it did.
        stage: What the server made of them.
        taken: The mark that the server took for the end; None where it took none, or may have taken several.
        reply: The reply to the message, or None.
        standard: Where the standard end lies; None where none was sent.
        lines: The exchanges that lie in what the client sent as mail data; only where ``answered``.
        early: Whether a reply to the message, or to what stood behind it, left before the server had the
            standard end, or the client's FIN where none was sent.
    """

    exchange: Exchange
    marks: tuple[Mark, ...]
    stage: Stage
    taken: Mark | None
    reply: Reply | None
    standard: int | None
    lines: tuple[Exchange, ...] = ()
    early: bool = False


def data_ends(conversation: Conversation) -> list[DataEnd]:
    """The messages that hold non-standard ends, in order; what lies inside another is not one of its own."""
    return conversation.once(_data_ends)


def inside_data(conversation: Conversation, index: int) -> DataEnd | None:
    """The message whose text was answered as commands that an exchange is, or is a part of."""
    found = [one for one in data_ends(conversation) if one.lines]
    at = bisect_right(found, index, key=lambda one: one.exchange.index) - 1
    return found[at] if at >= 0 and index <= found[at].lines[-1].index else None


def _data_ends(conversation: Conversation) -> list[DataEnd]:
    found: list[DataEnd] = []
    if conversation.foreign is not None:
        return found
    unasked = [reply for reply in conversation.unpaired if reply.code in (250, 251, 252)]
    behind = 0
    for one in conversation.exchanges:
        prompt = one.prompt
        if prompt.kind != "mail-data" or one.again or one.index < behind:
            continue
        end = _taken(conversation, one) if prompt.text else _standard(conversation, one, unasked)
        if end is not None:
            found.append(end)
            behind = end.lines[-1].index + 1 if end.lines else behind
    return found


def _taken(conversation: Conversation, one: Exchange) -> DataEnd:
    """A message that the server ended at a mark."""
    client, prompt = conversation.connection.client_stream, one.prompt
    marks = tuple(marks_between(client, prompt.start, prompt.end + BEHIND))
    standard = standard_end(client, prompt.start)
    lines = _lines_inside(conversation, one, standard)
    # The end of a message in several replies (LMTP) is no line.
    answered = [each for each in lines if each.reply is not None]
    replies = [each.reply for each in (one, *answered) if each.reply is not None]
    return DataEnd(
        one,
        marks,
        "answered" if answered else "accepted",
        marks[-1] if marks else None,
        one.reply,
        standard,
        tuple(lines) if answered else (),
        early=any(_left_before(conversation, reply, prompt.end, standard) for reply in replies),
    )


def _standard(conversation: Conversation, one: Exchange, unasked: list[Reply]) -> DataEnd | None:
    """A message that the server read to its standard end, as far as the pairing goes."""
    client, prompt = conversation.connection.client_stream, one.prompt
    limit = prompt.end if prompt.terminated else client.length + BEHIND
    marks = tuple(marks_between(client, prompt.start, limit))
    if not marks:
        return None
    standard = prompt.end if prompt.terminated else None
    taking = [
        reply for reply in unasked if _left_before(conversation, reply, marks[0].end, standard, prompt.start)
    ]
    if one.reply is not None and not prompt.terminated and is_plausible(prompt, one.reply.code):
        taking += [one.reply] if one.reply.is_positive else []
    if not taking:
        return DataEnd(one, marks, "present", None, one.reply, standard)
    had = _had(conversation, taking[0])
    reached = [mark for mark in marks if had is not None and mark.end <= had]
    alone = reached[-1] if len({mark.octets for mark in reached}) == 1 else None
    early = _left_before(conversation, taking[0], marks[0].end, standard)
    return DataEnd(one, marks, "accepted", alone, taking[0], standard, early=early)


def _lines_inside(conversation: Conversation, one: Exchange, standard: int | None) -> list[Exchange]:
    """The exchanges behind a mark that lie in what the client sent as mail data.

    None where the client itself goes on with commands there: what it sent behind the mark, or behind a
    DATA there, begins a segment and acknowledges the reply that it had to wait for.
    """
    if standard is None:
        return []
    found: list[Exchange] = []
    for index in range(one.index + 1, len(conversation.exchanges)):
        each = conversation.exchanges[index]
        if each.prompt.start >= standard:
            break
        if each.prompt is one.prompt:
            continue
        if _spoke_in_turn(conversation.exchanges[index - 1], each):
            return []
        found.append(each)
    return found


def _spoke_in_turn(before: Exchange, one: Exchange) -> bool:
    """Whether something was sent by itself, with the reply to what came before in hand."""
    begins = bool(one.sent) and one.sent[0].start == one.prompt.start
    reply = before.reply
    if not begins or reply is None or not reply.complete or one.acknowledged is None:
        return False
    return one.acknowledged >= reply.octets[1]


def _left_before(
    conversation: Conversation, reply: Reply, mark: int, standard: int | None, start: int = 0
) -> bool:
    """Whether the server had a mark, and neither the standard end nor the client's FIN, when a reply left."""
    had = _had(conversation, reply)
    if had is None or had < mark or had <= start:
        return False
    return had <= conversation.connection.client_stream.length if standard is None else had < standard


def _had(conversation: Conversation, reply: Reply) -> int | None:
    sent = conversation.connection.server_stream.sent(reply.octets[0])
    return None if sent is None else sent.acknowledged


def octet_doubts(conversation: Conversation, client_end: int, server_end: int) -> list[str]:
    """What stands against a verdict on the octets up to these offsets; empty where nothing does."""
    connection = conversation.connection
    client, server = connection.client_stream, connection.server_stream
    found = []
    if "first-seen" in (client.origin, server.origin):
        found.append("the capture begins in mid-stream")
    if client.first_gap < client_end:
        found.append("octets of the client that the verdict needs were not captured")
    if not server.captured:
        found.append("the server's side was not captured")
    elif server.first_gap < server_end:
        found.append("octets of the server that the verdict needs were not captured")
    if copies_differ(conversation, client_end, server_end):
        found.append(DIFFER)
    return found

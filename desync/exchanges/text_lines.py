"""Lines of a message that the server read as commands, those too that read like commands.

    Subject: the plan
    VRFY it with her        a command in full syntax, and nobody's business

What is private is decided here on the side of caution: a line that follows a line which is no command, in
the same segment or without a look at the reply to it, is text. May know exchanges and the look of a
message; must not judge.
"""

from collections.abc import Iterable, Sequence

from desync.exchanges.exchange import Exchange
from desync.exchanges.mail_text import END, MailText, goes_on
from desync.smtp.command import looks_like_command


def text_lines(exchanges: Sequence[Exchange], texts: Iterable[MailText]) -> frozenset[int]:
    """The exchanges whose lines are, or may be, lines of a message.

    Args:
        exchanges: The dialogue.
        texts: The messages in it that are known to have run as commands.

    Returns:
        Their indices. Of these lines only the verb may be shown.
    """
    found = {index for text in texts for index in range(text.first, text.last + 1)}
    inside = False
    before: Exchange | None = None
    for one in exchanges:
        if one.prompt.kind != "command":
            inside = False
        else:
            inside = inside and before is not None and _follows(before, one) and not goes_on(one)
            if inside:
                found.add(one.index)
            if one.prompt.text == END:
                inside = False
            elif one.prompt.text.strip() and not looks_like_command(one.prompt.text):
                inside = True
        before = one
    return frozenset(found)


def _follows(before: Exchange, one: Exchange) -> bool:
    """Whether a line was sent without a look at the reply to the line before it."""
    if before.sent and one.sent and before.sent[-1] == one.sent[0]:
        return True
    reply = before.reply
    if reply is None or not reply.complete or one.acknowledged is None:
        return True
    return one.acknowledged < reply.octets[1]

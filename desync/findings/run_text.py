"""Where a line of a dialogue is message text that ran as a command.

May know transactions; must not know which rule asks.
"""

from bisect import bisect_right

from desync.exchanges.conversation import Conversation
from desync.exchanges.mail_text import MailText


def texts_run(conversation: Conversation) -> list[MailText]:
    """The message texts that ran as commands, in the order of the dialogue."""
    return [text for one in conversation.transactions for text in one.texts]


def is_chunk_text(conversation: Conversation, text: MailText) -> bool:
    """Whether message text that ran as commands was the chunk of a BDAT: then it is DATA404, not SYNC202."""
    return conversation.exchanges[text.data].prompt.verb == "BDAT"


def text_at(conversation: Conversation, index: int) -> MailText | None:
    """The message text that an exchange is a line of, or None where it is a command."""
    found = conversation.transactions
    at = bisect_right(found, index, key=lambda one: one.exchanges[0]) - 1
    texts = found[at].texts if at >= 0 else ()
    number = bisect_right(texts, index, key=lambda one: one.first) - 1
    return texts[number] if number >= 0 and index <= texts[number].last else None

"""Where a line of a dialogue is message text that ran as a command.

May know transactions; must not know which rule asks.
"""

from bisect import bisect_right

from desync.exchanges.conversation import Conversation
from desync.exchanges.mail_text import MailText


def texts_run(conversation: Conversation) -> list[MailText]:
    """The message texts that ran as commands, in the order of the dialogue."""
    return [one.text for one in conversation.transactions if one.text is not None]


def text_at(conversation: Conversation, index: int) -> MailText | None:
    """The message text that an exchange is a line of, or None where it is a command."""
    found = conversation.transactions
    at = bisect_right(found, index, key=lambda one: one.exchanges[0]) - 1
    text = found[at].text if at >= 0 else None
    return text if text is not None and text.first <= index <= text.last else None

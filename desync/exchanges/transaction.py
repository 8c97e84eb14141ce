"""Mail transactions: what became of each message, and what the client believed became of it.

May know exchanges and beliefs; must not know models or times. Records; judges nothing.
"""

from dataclasses import dataclass
from typing import NamedTuple

from desync.exchanges.fates import TrueOutcome, Verdict
from desync.exchanges.mail_text import MailText


class Recipient(NamedTuple):
    """A recipient, and the code that truly answered its RCPT.

    Attributes:
        address: The forward-path as sent, without its brackets; None where it is no path, or in a line of a
            message.
        code: The code, or None.
    """

    address: bytes | None
    code: int | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One mail transaction (RFC 5321, section 3.3).

    Attributes:
        sender: The reverse-path as sent, without its brackets; empty for the null one; None where
            MAIL is not in the capture, names no path, or is a line of a message.
        recipients: The forward-paths in the order sent.
        final: Index of the exchange of the end of mail data (the last one in LMTP), or None.
        final_code: The true code of its reply, or None.
        queue_id: What the server named the message in that reply, or None.
        octets: Octets of mail data with its end, or None.
        outcome: The true outcome.
        believed: What the client believed it to be.
        verdict: What became of the message.
        because: Why, in a few words; None where the verdict says it all.
        exchanges: First and last exchange, inclusive.
        texts: What was sent as the message's text and run as commands: one for each time.
    """

    sender: bytes | None
    recipients: tuple[Recipient, ...]
    final: int | None
    final_code: int | None
    queue_id: bytes | None
    octets: int | None
    outcome: TrueOutcome
    believed: TrueOutcome
    verdict: Verdict
    because: str | None
    exchanges: tuple[int, int]
    texts: tuple[MailText, ...] = ()

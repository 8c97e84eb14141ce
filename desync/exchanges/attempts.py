"""What was said for each message, from MAIL to what ended it.

As the server had it: a command counts where the server read it as one. May know exchanges; must
not know what became of the message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from desync.exchanges.exchange import Exchange
from desync.exchanges.mail_text import MailText, mail_texts
from desync.smtp.command import HELLOS

MAIL_VERBS: Final = frozenset({"MAIL", "SEND", "SOML", "SAML"})

_RESETS: Final = frozenset({"RSET", "STARTTLS"} | HELLOS)
"""What ends a transaction without a message (RFC 5321, section 4.1.1.5 and 4.1.4; RFC 3207, section 4.2)."""


@dataclass(slots=True)
class Attempt:
    """What was said for one message.

    Attributes:
        first, last: First and last exchange, inclusive.
        mail: Its MAIL; None where that is not in the capture.
        recipients: Its RCPTs.
        refusal: The last DATA or BDAT that was refused, or None.
        finals: The exchanges of the end of mail data: several in LMTP and PRDR; else at most one.
        octets: Octets of mail data, or of BDAT chunks.
        said: How much of the server's stream the replies before the end of mail data take.
        left: The command with which the client left it, or None.
        texts: What was sent as its text and run as commands: one for each time.
    """

    first: int
    last: int
    mail: Exchange | None = None
    recipients: list[Exchange] = field(default_factory=list)
    refusal: Exchange | None = None
    finals: list[Exchange] = field(default_factory=list)
    octets: int = 0
    said: int = 0
    left: str | None = None
    texts: list[MailText] = field(default_factory=list)


def attempts(exchanges: Sequence[Exchange]) -> list[Attempt]:
    """Collect what was said for each message, in the order of the dialogue."""
    texts = {text.data: text for text in mail_texts(exchanges)}
    found: list[Attempt] = []
    current: Attempt | None = None
    said = 0
    for one in exchanges:
        if one.again:
            if found and found[-1].finals and found[-1].finals[-1].prompt is one.prompt:
                found[-1].finals.append(one)
                found[-1].last = one.index
            continue
        current = _take(found, current, one, texts.get(one.index))
        if found and found[-1].finals and found[-1].finals[0] is one:
            found[-1].said = said
        said = max(said, one.reply.octets[1] if one.reply is not None else 0)
    if current is not None:
        found.append(current)
    return found


def _take(
    found: list[Attempt], current: Attempt | None, one: Exchange, text: MailText | None
) -> Attempt | None:
    """Take one exchange into the attempt that is open; what it ends goes to ``found``."""
    verb = one.prompt.verb
    if one.prompt.kind == "mail-data" or verb in ("RCPT", "DATA", "BDAT") or verb in MAIL_VERBS:
        if verb in MAIL_VERBS and (current is None or not _is_nested(current, one)):
            if current is not None:
                current.left = current.left or verb
                found.append(current)
            return Attempt(one.index, one.index, mail=one)
        if current is None and (verb == "RCPT" or one.prompt.kind == "mail-data" or text is not None):
            current = Attempt(one.index, one.index)
        if current is not None:
            return _add(found, current, one, text)
    elif current is not None and (verb == "QUIT" or (verb in _RESETS and not _is_refused(one))):
        current.left = verb
        current.last = one.index
        found.append(current)
        return None
    return current


def _is_nested(current: Attempt, one: Exchange) -> bool:
    """Whether a MAIL is refused because a transaction is open: the open one goes on (section 4.1.4)."""
    return current.mail is not None and _is_positive(current.mail) and _is_refused(one)


def _add(found: list[Attempt], current: Attempt, one: Exchange, text: MailText | None) -> Attempt | None:
    current.last = one.index
    prompt = one.prompt
    if prompt.verb == "RCPT":
        current.recipients.append(one)
    elif prompt.verb == "DATA":
        current.refusal = one if not _is_positive(one) and one.reply is not None else None
        if text is not None:
            current.texts.append(text)
            current.last, current.refusal = text.last, one
    elif prompt.kind == "mail-data":
        current.octets = prompt.end - prompt.start
        _finish(found, current, one)
        return None
    elif prompt.verb == "BDAT" and text is not None:
        # What the server read as commands is no message, whole or not.
        current.texts.append(text)
        current.last, current.refusal = text.last, one
    elif prompt.command is not None and prompt.command.chunk is not None:
        current.octets += prompt.command.chunk
        if prompt.command.last:
            _finish(found, current, one)
            return None
        current.refusal = one if _is_refused(one) else current.refusal
    return current


def _finish(found: list[Attempt], current: Attempt, one: Exchange) -> None:
    current.finals.append(one)
    found.append(current)


def _is_positive(one: Exchange) -> bool:
    return one.reply is not None and one.reply.is_positive


def _is_refused(one: Exchange) -> bool:
    return one.reply_code is not None and one.reply_code >= 400

"""Refusals that a client had received, and went on from as if it had been let.

    of the refusal's reply the client's next segment acknowledges all; what it sends makes sense
    only had the reply been positive

May know the dialogue; must not know how a finding is made. A command that was sent before its
client could know of the refusal is lawful in a group, and another matter where it is not (SYNC104).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from desync.exchanges.attempts import MAIL_VERBS
from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.run_text import text_at
from desync.smtp.command import HELLOS

_OPENING: Final = frozenset({"MAIL", "RCPT", "DATA", "BDAT", "AUTH", "STARTTLS"} | MAIL_VERBS | HELLOS)
"""What a client says that takes a refused connection for an accepted one (RFC 5321, section 3.1)."""

_CREDENTIAL: Final = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}")


class Unheeded(NamedTuple):
    """A refusal, and what the client sent in spite of it.

    Attributes:
        refused: The exchange that was refused.
        sent: The exchange that should not have been.
        what: What was refused, in words.
        group: Which dealings with the server it belongs to: they end where something is accepted anew.
    """

    refused: Exchange
    sent: Exchange
    what: str
    group: int


@dataclass(slots=True)
class _Refused:
    """What stands refused at a point of the dialogue."""

    greeting: Exchange | None
    hello: Exchange | None = None
    greeted: bool = False
    mail: Exchange | None = None
    open: bool = False
    recipients: list[Exchange] = field(default_factory=list)
    data: Exchange | None = None
    chunk: Exchange | None = None
    auth: Exchange | None = None
    group: int = 0

    def clear(self) -> None:
        """Begin anew: what was refused for the message before does not matter any more."""
        self.mail, self.open, self.data, self.chunk = None, False, None, None
        self.recipients.clear()
        self.group += 1


def unheeded(conversation: Conversation) -> Iterator[Unheeded]:
    """Find what a client sent in spite of a refusal that it had received, in order."""
    exchanges = conversation.exchanges
    if conversation.foreign is not None or not any(_is_refused(one) for one in exchanges):
        return
    stands = _Refused(exchanges[0] if _is_refused(exchanges[0]) else None)
    lockstep = _is_lockstep(conversation)
    for one in exchanges[1:]:
        if conversation.quit is not None and one.index >= conversation.quit:
            return
        if one.again:
            continue
        found = _in_spite_of(conversation, stands, one, lockstep=lockstep)
        if found is not None and _had_taken(conversation, found[0], one):
            yield Unheeded(found[0], one, found[1], stands.group)
        _note(stands, one)


def _in_spite_of(
    conversation: Conversation, stands: _Refused, one: Exchange, *, lockstep: bool
) -> tuple[Exchange, str] | None:
    """The refusal that an exchange does not heed, with its name, or None."""
    verb = one.prompt.verb
    if stands.greeting is not None and verb in _OPENING:
        return stands.greeting, "the connection"
    if verb in MAIL_VERBS and stands.hello is not None and not stands.greeted:
        return stands.hello, str(stands.hello.prompt.verb)
    if stands.auth is not None and verb is None and _CREDENTIAL.fullmatch(one.prompt.text):
        return stands.auth, "AUTH"
    if stands.data is not None and stands.data.index == one.index - 1:
        text = text_at(conversation, one.index)
        if text is not None or one.prompt.text == b".":
            return stands.data, "DATA"
    if one.pipelining is not False and not lockstep:
        # A client that may send ahead need not have read what lay there when it did.
        return None
    if verb in ("RCPT", "DATA", "BDAT") and stands.mail is not None and not stands.open:
        return stands.mail, str(stands.mail.prompt.verb)
    if verb in ("DATA", "BDAT") and stands.recipients and all(map(_is_refused, stands.recipients)):
        several = len(stands.recipients) > 1
        return stands.recipients[-1], "every recipient" if several else "the only recipient"
    if verb == "BDAT" and stands.chunk is not None:
        return stands.chunk, "BDAT"
    return None


def _had_taken(conversation: Conversation, refused: Exchange, one: Exchange) -> bool:
    """Whether a client held a refusal in whole, and took it for what it was."""
    if one.in_step is not True or one.acknowledged is None or refused.reply is None:
        return False
    if not refused.reply.complete or one.acknowledged < refused.reply.octets[1]:
        return False
    reading = conversation.reading
    return reading.drift is None or (
        refused.index < len(reading.shifts) and reading.shifts[refused.index] == 0
    )


def _note(stands: _Refused, one: Exchange) -> None:
    """Note what an exchange leaves refused behind it."""
    verb, refused = one.prompt.verb, _is_refused(one)
    stands.auth = one if verb == "AUTH" and refused else None
    if verb in _OPENING:
        stands.greeting = None
    if verb in HELLOS:
        stands.hello = one if refused else None
        stands.greeted = stands.greeted or not refused
    if (verb in HELLOS or verb in ("RSET", "STARTTLS")) and not refused:
        stands.clear()
    elif verb in MAIL_VERBS and not (stands.open and refused):
        stands.clear()
        stands.mail, stands.open = (one, False) if refused else (None, True)
    elif verb == "RCPT":
        stands.recipients.append(one)
    elif verb == "DATA":
        # What another positive code leads to is not known.
        stands.data = one if refused else None
    elif one.prompt.kind == "mail-data" or (one.prompt.command is not None and one.prompt.command.last):
        stands.clear()
    elif verb == "BDAT":
        stands.chunk = one if refused else stands.chunk


def _is_lockstep(conversation: Conversation) -> bool:
    """Whether a client that may send ahead never did."""
    return not any(
        one.lead and text_at(conversation, max(one.index - 1, 0)) is None for one in conversation.exchanges
    )


def _is_refused(one: Exchange) -> bool:
    return one.reply_code is not None and one.reply_code >= 400

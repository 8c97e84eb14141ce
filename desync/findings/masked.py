"""What a box on the path writes over a dialogue: asterisks, X, NOOP, always as long as what stood there.

    such a box cannot change the length of a segment, so it overwrites octets in their place

From one capture this is known by its pattern alone. May know replies and commands; must not decide
how sure a finding is.
"""

import re
from typing import Literal, NamedTuple, TypeAlias

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.run_text import text_at
from desync.findings.starttls import masked_offers
from desync.smtp.reply import Reply

Mask: TypeAlias = Literal["keyword", "command", "noop", "quoted"]
"""An EHLO keyword; a command that arrives as X or as NOOP; a reply that quotes X where none was sent."""

_BANNER = re.compile(rb"[20* \t]*\*{3}[20* \t]*\Z")
_KEYWORD = re.compile(rb"(?=[A-Z]{4})X{3,}[A-Z]?\Z")
_COMMAND = re.compile(rb"X{4,}(?: |\Z)")
_QUOTED = re.compile(rb"(?<![A-Za-z0-9-])X{4,}(?![A-Za-z0-9-])")
_PATH = re.compile(rb"(?:FROM|TO) ?: ?<", re.IGNORECASE)
_MECHANISM = re.compile(rb"(?:LOGIN|PLAIN|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|XOAUTH2)(?: |\Z)", re.IGNORECASE)
_NAME = re.compile(rb"(?:[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9}\.?|\[[0-9A-Za-z:.]{2,60}\])\s*\Z")
_PADDING = re.compile(rb" {2,}\Z")


class Masked(NamedTuple):
    """Something that was overwritten.

    Attributes:
        exchange: Index of the exchange that shows it.
        kind: What it is.
        offset: Where it begins: of a command in the client's stream, else in the server's.
        octets: How long it is.
    """

    exchange: int
    kind: Mask
    offset: int
    octets: int


def asterisks(reply: Reply) -> int:
    """How many asterisks a greeting was overwritten with; 0 where it was not.

    Of its text nothing but 2, 0 and blanks is left on any line.

    Source:
        Postfix, smtp_pix_workarounds; Cisco document 113423.
    """
    if not reply.complete or not reply.whole or reply.code != 220:
        return 0
    texts = [line.text for line in reply.lines]
    if not any(_BANNER.match(text) for text in texts) or any(text.strip(b"20* \t") for text in texts):
        return 0
    return sum(text.count(b"*") for text in texts)


def masked(conversation: Conversation) -> list[Masked]:
    """What was overwritten in the commands of a dialogue and in the replies to them."""
    found: list[Masked] = []
    for one in conversation.exchanges:
        if one.prompt.kind == "command" and not one.again:
            found += _keywords(one) or _command(conversation, one) or _quoted(conversation, one)
    return found


def _keywords(one: Exchange) -> list[Masked]:
    """The keywords in the reply to EHLO that are overwritten with X, the last letter perhaps a counter.

    One that stands where STARTTLS stood is TLS503.
    """
    reply = one.reply
    if one.prompt.verb not in ("EHLO", "LHLO") or reply is None or reply.code != 250:
        return []
    words = [(line.line.start + 4, line.text.split(b" ")[0]) for line in reply.lines[1:]]
    offers = set(masked_offers(reply))
    return [
        Masked(one.index, "keyword", offset, len(word))
        for number, (offset, word) in enumerate(words)
        if _KEYWORD.match(word) and number not in offers
    ]


def _command(conversation: Conversation, one: Exchange) -> list[Masked]:
    """A command that arrives as X, and is refused; or one that arrives as a NOOP with what is not NOOP's."""
    text = one.prompt.text
    if text.startswith(b"NOOP "):
        kind: Mask | None = "noop" if _is_turned(one, text[5:]) else None
    else:
        refused = one.reply_code is None or one.reply_code >= 500
        kind = "command" if refused and _COMMAND.match(text) else None
    if kind is None or not one.prompt.whole or text_at(conversation, one.index) is not None:
        return []
    return [Masked(one.index, kind, one.prompt.start, one.prompt.end - one.prompt.start)]


def _is_turned(one: Exchange, argument: bytes) -> bool:
    """Whether what follows NOOP belongs to another verb: a path, a mechanism, a name at the beginning."""
    if _PATH.match(argument) or _MECHANISM.match(argument) or _PADDING.match(argument):
        return True
    return one.index == 1 and _NAME.match(argument) is not None


def _quoted(conversation: Conversation, one: Exchange) -> list[Masked]:
    """A refusal that quotes as many X as the command's verb, or all of it, has octets."""
    reply, text = one.reply, one.prompt.text
    if reply is None or reply.code is None or not 500 <= reply.code < 505 or b"XXXX" in text.upper():
        return []
    sizes = {len(text.partition(b" ")[0]), len(text)}
    for line in reply.lines:
        for match in _QUOTED.finditer(line.text):
            if len(match[0]) in sizes and text_at(conversation, one.index) is None:
                return [Masked(one.index, "quoted", line.line.start + 4 + match.start(), len(match[0]))]
    return []

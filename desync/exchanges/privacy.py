"""What must not be shown: credentials, and message text that ran as commands.

Private by default (DESIGN.md, section 5). May know what each side said; must not know how it
is printed: whoever prints asks here first.
"""

import base64
import binascii
import re
from typing import Final, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.quoted import SHORTEST, WORD, Words, words_of
from desync.smtp.reply import Reply
from desync.smtp.usual_words import USUAL_WORDS

MASK: Final = b"#"
"""Stands for each private octet in captures that are handed on (``report.evidence``)."""

_OVERWRITTEN = re.compile(rb"(?:\d{3}.)?[#X\0\r]*#[#X\0\r]*\Z", re.DOTALL)

CHALLENGE: Final = 334
"""The code of a challenge (RFC 4954, section 4): what it says is part of the authentication."""

QUOTING: Final = frozenset({500, 501, 502, 504, 535})
"""Codes of replies to what was not understood, or whom the server does not let in: they quote most."""

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}\s*")
_PROMPTS: Final = frozenset(
    {b"vxnlcm5hbwu6", b"ugfzc3dvcmq6", b"username:", b"password:", b"user", b"name", b"username", b"password"}
)
"""What LOGIN asks for with, encoded (in small letters) and not: it is the same for everybody."""


_USUAL: Final = frozenset(word.encode() for word in USUAL_WORDS)


class _Private(NamedTuple):
    """Words that must not be shown.

    Attributes:
        lines: Of lines that are no commands, or lines of a message.
        credentials: Of authentication, and what they decode to.
        after: How much of the server's stream had reached the client before it said the first of them.
    """

    lines: Words
    credentials: Words
    after: int


def shown_octets(conversation: Conversation, one: Exchange) -> int:
    """How many octets at the beginning of a prompt's line may be shown.

    Of a line of a message that reads like a command it is the verb.
    """
    command = one.prompt.command
    if command is None:
        return 0
    if command.verb is not None and one.index in conversation.text_lines:
        return min(command.shown, len(command.text) - len(command.argument))
    return command.shown


def private_replies(conversation: Conversation) -> frozenset[Reply]:
    """The replies that repeat something private.

    Many servers quote the line that they did not understand, and some greet by name whom they let
    in. Only what may quote is compared: refusals, replies without a code, and whatever follows AUTH.
    """
    return conversation.once(_private_replies)


def _private_replies(conversation: Conversation) -> frozenset[Reply]:
    found = {
        one
        for one in conversation.replies
        if _is_overwritten(one) or _is_challenge(one) or _quotes_unseen(conversation, one)
    }
    private = _private_words(conversation)
    if not private.lines and not private.credentials:
        return frozenset(found)
    quiet = private.lines.without(_USUAL | _public_words(conversation, private.after))
    # A server that refuses line after line says mostly the same.
    known: dict[tuple[bytes, bool], bool] = {}
    for reply in conversation.replies:
        text, quotes = b" ".join(line.text for line in reply.lines).lower(), _may_quote(reply)
        if (text, quotes) not in known:
            words = private.lines if quotes else quiet
            known[text, quotes] = private.credentials.are_in(text) or words.are_in(text)
        if known[text, quotes] and reply.octets[1] > private.after:
            found.add(reply)
    return frozenset(found)


def _is_challenge(reply: Reply) -> bool:
    """Whether a reply asks for an answer with something else than everybody asks for."""
    said = b" ".join(line.text for line in reply.lines).strip().lower()
    return reply.code == CHALLENGE and bool(said) and said not in _PROMPTS


def _quotes_unseen(conversation: Conversation, reply: Reply) -> bool:
    """Whether a reply may quote what the capture does not hold, and nobody knows to be private or not."""
    if reply.code not in QUOTING:
        return False
    client, asked = conversation.connection.client_stream, conversation.asked(reply)
    if client.captured and client.origin == "syn" and not client.gaps:
        return False
    return asked is None or not asked.prompt.whole or asked.prompt.inferred


def _is_overwritten(reply: Reply) -> bool:
    """Whether what a reply says was private before somebody handed the capture on."""
    return any(MASK in line.line.text and _OVERWRITTEN.match(line.line.text) for line in reply.lines)


def _may_quote(reply: Reply) -> bool:
    return reply.code is None or reply.code >= 400 or not reply.complete


def _private_words(conversation: Conversation) -> _Private:
    """Words of lines that must not be shown; and credentials, with what they decode to."""
    lines: set[bytes] = set()
    phrases: list[bytes] = []
    credentials: set[bytes] = set()
    after: int | None = None
    authenticates = False
    for one in conversation.exchanges:
        text = one.prompt.text
        hidden = text[shown_octets(conversation, one) :] if one.prompt.kind in ("command", "auth") else b""
        authenticates = authenticates or one.prompt.verb == "AUTH"
        if hidden and after is None:
            after = one.acknowledged or 0
        _take(hidden, lines, phrases)
        if (authenticates or one.prompt.kind == "auth") and _is_credential(one, hidden):
            credentials |= _decoded_words(hidden)
        if one.reply is not None and one.reply.code == CHALLENGE:
            said = b" ".join(line.text for line in one.reply.lines)
            credentials |= _decoded_words(said) - _PROMPTS
    return _Private(Words(lines, phrases), Words(credentials), after or 0)


def _is_credential(one: Exchange, hidden: bytes) -> bool:
    """Whether what is hidden of a line is one, behind an AUTH; the client may go on though it was refused."""
    if one.prompt.kind == "auth" or one.prompt.verb == "AUTH":
        return True
    return one.prompt.verb is None and _BASE64.fullmatch(hidden) is not None


def _take(hidden: bytes, words: set[bytes], phrases: list[bytes]) -> None:
    """Take the words of something private; of what has none, all of it."""
    found = words_of(hidden)
    words |= found
    if not found and len(hidden.strip()) >= SHORTEST:
        phrases.append(hidden.strip().lower())


def _decoded_words(hidden: bytes) -> set[bytes]:
    """What the words of a text are, or decode to."""
    # What base64 is padded with is no part of a word.
    return words_of(hidden).union(*(_decoded(word) for word in WORD.findall(hidden)))


def _public_words(conversation: Conversation, after: int) -> set[bytes]:
    """Words that both sides had said in what is shown, before anything private was said."""
    found: set[bytes] = set()
    for reply in conversation.replies:
        if reply.octets[1] <= after:
            for line in reply.lines:
                found |= words_of(line.text)
    for one in conversation.exchanges:
        shown = one.prompt.text[: shown_octets(conversation, one)]
        if shown and one.prompt.kind == "command":
            found |= words_of(shown)
    return found


def _decoded(word: bytes) -> set[bytes]:
    """The words within a base64 word (RFC 4954, section 4), its padding left off."""
    try:
        text = base64.b64decode(word + b"=" * (-len(word) % 4), validate=True)
    except (binascii.Error, ValueError):
        return set()
    return {part.lower() for part in re.split(rb"[\x00\x01\s]+", text) if len(part) >= SHORTEST}

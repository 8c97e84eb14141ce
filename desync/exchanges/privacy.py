"""What must not be shown: credentials, and message text that ran as commands.

Private by default (DESIGN.md, section 5). May know what each side said; must not know how it
is printed: whoever prints asks here first.
"""

import base64
import binascii
import re
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.smtp.reply import Reply

SHORTEST: Final = 4
"""Words shorter than this repeat by chance."""

_WORD = re.compile(rb"[^\s<>\"'(),;:=]{4,}")


def shown_octets(one: Exchange) -> int:
    """How many octets at the beginning of a prompt's line may be shown."""
    return one.prompt.command.shown if one.prompt.command is not None else 0


def private_replies(conversation: Conversation) -> frozenset[Reply]:
    """The replies that repeat something private.

    Many servers quote the line that they did not understand, and some greet by name whom they let
    in. Only what may quote is compared: refusals, replies without a code, and whatever follows AUTH.
    """
    return conversation.once(_private_replies)


def _private_replies(conversation: Conversation) -> frozenset[Reply]:
    words, credentials = _private_words(conversation)
    if not words and not credentials:
        return frozenset()
    found = set()
    # A server that refuses line after line says mostly the same.
    known: dict[tuple[bytes, bool], bool] = {}
    for reply in conversation.replies:
        text, quotes = b" ".join(line.text for line in reply.lines).lower(), _may_quote(reply)
        if (text, quotes) not in known:
            known[text, quotes] = _repeats(text, credentials) or (quotes and _repeats(text, words))
        if known[text, quotes]:
            found.add(reply)
    return frozenset(found)


def _may_quote(reply: Reply) -> bool:
    return reply.code is None or reply.code >= 400 or not reply.complete


def _private_words(conversation: Conversation) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """Words of lines that must not be shown; and credentials, with what they decode to."""
    lines: set[bytes] = set()
    credentials: set[bytes] = set()
    for one in conversation.exchanges:
        hidden = one.prompt.text[shown_octets(one) :] if one.prompt.kind in ("command", "auth") else b""
        is_auth = one.prompt.kind == "auth" or one.prompt.verb == "AUTH"
        found = credentials if is_auth else lines
        for word in _WORD.findall(hidden):
            found.add(word.lower())
            if is_auth:
                found |= _decoded(word)
        if len(hidden.strip()) >= SHORTEST:
            found.add(hidden.strip().lower())
    return frozenset(lines), frozenset(credentials)


def _decoded(word: bytes) -> set[bytes]:
    """The words within a base64 word (RFC 4954, section 4), its padding left off."""
    try:
        text = base64.b64decode(word + b"=" * (-len(word) % 4), validate=True)
    except (binascii.Error, ValueError):
        return set()
    return {part.lower() for part in re.split(rb"[\x00\x01\s]+", text) if len(part) >= SHORTEST}


def _repeats(text: bytes, words: frozenset[bytes]) -> bool:
    return any(word in words for word in _WORD.findall(text)) or any(
        b" " in word and word in text for word in words
    )

"""Make text from a capture safe to print: the one way from a capture to a terminal.

May know Unicode's categories; must not know what the text says or where it is printed.

A reply may hold anything: terminal controls, right-to-left overrides, NULs, octets that
are no text at all. What is not plainly printable is shown as an escape that names it.
"""

import re
from typing import Final

_NAMED: Final = {"\r": "\\r", "\n": "\\n", "\t": "\\t"}

_BLANK_LETTERS: Final = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters and marks by category, nothing to the eye (Unicode: default ignorable; braille blank)."""

_SELECTORS: Final = "\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors: marks by category, invisible by themselves."""

_INVISIBLE: Final = re.compile(f"[{_BLANK_LETTERS}{_SELECTORS}]")


def escape(text: str, *, ascii_only: bool = False) -> str:
    r"""Make every character that is not plainly printable a visible escape.

    Args:
        text: Text out of a capture or a file's name; may hold anything, lone surrogates too.
        ascii_only: Escape what is outside US-ASCII too, for terminals that cannot show it.

    Returns:
        Printable text of one line. Escapes are Python's (``\x1b``, ``\u202e``); an octet that
        was no text (``surrogateescape``) is ``\xNN``. A backslash stays as it is, so that
        escaping twice changes nothing. Never raises.
    """
    if text.isprintable() and (text.isascii() or not (ascii_only or _INVISIBLE.search(text))):
        return text
    return "".join(
        [character if _plain(character, ascii_only) else _escape_of(character) for character in text]
    )


def _plain(character: str, ascii_only: bool) -> bool:  # noqa: FBT001 - a filter on each character, private
    if character.isascii():
        return character.isprintable()
    return not ascii_only and character.isprintable() and not _INVISIBLE.match(character)


def _escape_of(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    point = ord(character)
    if 0xDC80 <= point <= 0xDCFF:  # PEP 383: an octet that could not be decoded
        point -= 0xDC00
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"

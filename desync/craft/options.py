"""The options in brackets: ``C[+250ms ack=17]:``.

May know each option's name and arguments; must not know what it does.
"""

import re
from collections.abc import Callable
from typing import Any

from desync.craft.script import Options
from desync.craft.words import duration, number, wrong

_WORD = re.compile(r'"([^"]*)"|([^\s="]+)')
_RANGE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")

_FLAGS = (
    "unprompted",
    "lost",
    "dropped",
    "duplicate",
    "coalesced",
    "hex",
    "fin",
    "octet",
    "reversed",
    "bad-checksum",
    "offload-checksum",
    "zero-length",
)


def _octets(word: str, line: int) -> int:
    return number(word, line, 1 << 20)


def _small(word: str, line: int) -> int:
    return number(word, line, 1 << 16)


def _positive(word: str, line: int) -> int:
    value = number(word, line, 1 << 16)
    if not value:
        raise wrong(line, "a number above 0", word)
    return value


def _eights(word: str, line: int) -> int:
    value = _positive(word, line)
    if value % 8:
        raise wrong(line, "a multiple of 8", word)
    return value


def _text(word: str, _line: int) -> str:
    return word


def _letters(word: str, line: int) -> str:
    if not set(word) <= set("FSRPAU"):
        raise wrong(line, "TCP flags out of F S R P A U", word)
    return word


def _tags(word: str, line: int) -> tuple[int, ...]:
    return tuple(number(tag, line, 1 << 12) for tag in word.split(","))


_ARGUMENTS: dict[str, Callable[[str, int], Any]] = {
    "after": _text,
    "ack": number,
    "of": _text,
    "at": _octets,
    "late": _positive,
    "detour": duration,
    "pieces": _positive,
    "every": duration,
    "repeat": _positive,
    "flags": _letters,
    "window": _small,
    "urgent": _small,
    "ttl": lambda word, line: number(word, line, 1 << 8),
    "id": _small,
    "vlan": _tags,
    "cut": _octets,
    "fragment": _eights,
    "lost-fragment": _positive,
}


def read_options(text: str, line: int) -> Options:
    """Read what stands between the brackets.

    Args:
        text: The words, without the brackets.
        line: Number of the line, for errors.

    Raises:
        DialogueError: An option is unknown, given twice, or its argument cannot be read.
    """
    words = [quoted or plain for quoted, plain in _WORD.findall(text)]
    found: dict[str, Any] = {}
    while words:
        name, value = _take(words, line)
        if name in found:
            raise wrong(line, "each option once", name)
        found[name] = value
    if isinstance(found.get("again"), tuple):
        found["again_range"] = found["again"]
        found["again"] = True
    return Options(**found)


def _take(words: list[str], line: int) -> tuple[str, Any]:
    """Take one option and its argument from the front of ``words``."""
    word = words.pop(0)
    if word.startswith("+"):
        return "delay", duration(word[1:], line)
    if word == "again":
        return word, _range(words)
    if word in _FLAGS:
        return word.replace("-", "_"), True
    if word not in _ARGUMENTS:
        raise wrong(line, f"a delay such as +40ms or one of {_names()}", word)
    if not words:
        raise wrong(line, f"an argument behind '{word}'", "]")
    return word.replace("-", "_"), _ARGUMENTS[word](words.pop(0), line)


def _range(words: list[str]) -> tuple[int, int] | bool:
    """Take the range of octets behind ``again``, where there is one."""
    match = _RANGE.fullmatch(words[0]) if words else None
    if match is None:
        return True
    words.pop(0)
    return int(match[1]), int(match[2])


def _names() -> str:
    return ", ".join(sorted({*_FLAGS, *_ARGUMENTS, "again"}))

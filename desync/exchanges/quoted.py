"""Whether a text repeats words that must not be shown.

May know octets; must not know who said them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 4
"""Words shorter than this repeat by chance."""

LONG: Final = 10
"""Words at least as long are recognised by their beginning too: who quotes may cut."""

WORD: Final = re.compile(rb"[^\s<>\"'(),;:=]{4,}")


def words_of(text: bytes) -> set[bytes]:
    """The words of a text in small letters, without the marks that end a sentence."""
    return {word for each in WORD.findall(text.lower()) if len(word := each.strip(b".?!*")) >= SHORTEST}


class Words:
    """Words to look for.

    Args:
        words: The words, in small letters.
        phrases: Texts that have no such word, to be looked for as they are.
    """

    def __init__(self, words: Iterable[bytes], phrases: Iterable[bytes] = ()) -> None:
        self._words = frozenset(words)
        self._phrases = tuple(dict.fromkeys(phrases))
        self._long = sorted(word for word in self._words if len(word) > LONG)

    def __bool__(self) -> bool:
        return bool(self._words or self._phrases)

    def without(self, usual: Iterable[bytes]) -> "Words":
        """All of them but some words."""
        return Words(self._words.difference(usual), self._phrases)

    def are_in(self, text: bytes) -> bool:
        """Whether a text, in small letters, repeats one of them, or the beginning of a long one."""
        said = words_of(text)
        return (
            not self._words.isdisjoint(said)
            or any(self._begins(word) for word in said if len(word) >= LONG)
            or any(phrase in text for phrase in self._phrases)
        )

    def _begins(self, word: bytes) -> bool:
        at = bisect_right(self._long, word)
        return at < len(self._long) and self._long[at].startswith(word)

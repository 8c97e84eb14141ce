"""Octets of a fuzzer as choices: a changed octet changes one choice, not all that follow."""

from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


class Feed:
    """Octets that are used up one after the other; behind the last one every choice is the first."""

    def __init__(self, octets: bytes) -> None:
        self._octets, self._at = octets, 0

    def __bool__(self) -> bool:
        """Whether any octet is left."""
        return self._at < len(self._octets)

    def take(self, count: int) -> bytes:
        found = self._octets[self._at : self._at + count]
        self._at += count
        return found

    def rest(self) -> bytes:
        return self.take(len(self._octets))

    def number(self, octets: int = 1) -> int:
        """A number of so many octets."""
        return int.from_bytes(self.take(octets), "big")

    def choice(self, options: Sequence[Choice]) -> Choice:
        return options[self.number(1 if len(options) <= 256 else 2) % len(options)]

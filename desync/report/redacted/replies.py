"""The replies of a connection with pseudonyms, and the parts of them that a client took for replies.

A part begins and ends anywhere, in the middle of a name too; so whole lines are replaced, and the part is
cut out of what came of them. May know the document's replies; must not know findings.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from desync.report.pseudonyms import Pseudonyms

Document = Mapping[str, Any]

HIDDEN: Final = re.compile(r"<\d+ octets?>")
_LETTER: Final = re.compile(rb"[^\x00-\x20\x7f]")


class _Line(NamedTuple):
    """A line of a reply: where it is in the server's stream, and its octets before and after."""

    start: int
    end: int
    said: bytes
    shown: bytes


class Replies:
    """The lines of a connection's replies.

    Args:
        words: The pseudonyms.
        replies: All replies of the connection that the document holds.
    """

    def __init__(self, words: Pseudonyms, replies: Iterable[Document]) -> None:
        self._words = words
        self._lines = sorted(line for reply in replies for line in _lines(words, reply))
        self._starts = [line.start for line in self._lines]

    def reply(self, reply: Document | None) -> Document | None:
        """A reply, its text replaced."""
        return reply and {**reply, "text": [self._words.text(line) for line in reply["text"]]}

    def believed(self, belief: Document | None) -> Document | None:
        """What a client took for a reply, replaced alike."""
        if belief is None:
            return None
        start, end = belief["octets"]
        texts, at = [], start
        for piece in belief["text"]:
            if HIDDEN.fullmatch(piece):
                texts.append(piece)
                continue
            line = self._line_at(at)
            size = len(piece.encode("utf-8", "surrogatepass"))
            shown = self._cut(piece.encode("utf-8", "surrogatepass"), at, at + size)
            texts.append(_hidden(size) if shown is None else shown.decode("utf-8", "backslashreplace"))
            at = min(line.end, end) if line is not None else end
        return {**belief, "text": texts}

    def held(self, digits: str, start: int, held: int) -> str:
        """The last octets that a client held of a reply, in hex, replaced alike.

        Args:
            digits: The octets.
            start: Where the reply begins in the server's stream.
            held: How many octets of it the client held.
        """
        try:
            said = bytes.fromhex(digits)
        except ValueError:
            return ""
        shown = self._cut(said, start + held - len(said), start + held)
        return (_LETTER.sub(b"x", said) if shown is None else shown).hex()

    def _line_at(self, offset: int) -> _Line | None:
        index = bisect_right(self._starts, offset) - 1
        return self._lines[index] if index >= 0 and offset < self._lines[index].end else None

    def _cut(self, said: bytes, start: int, end: int) -> bytes | None:
        """The octets of a range as they are shown; None where they are not as they were said."""
        before, after, at = b"", b"", start
        while at < end:
            line = self._line_at(at)
            if line is None:
                return None
            upto = min(end, line.end)
            before += line.said[at - line.start : upto - line.start]
            after += line.shown[at - line.start : upto - line.start]
            at = upto
        return after if before == said and len(after) == len(said) else None


def _lines(words: Pseudonyms, reply: Document) -> Iterator[_Line]:
    """The lines of a reply whose octets are known from their text."""
    for text, line in zip(reply["text"], reply["lines"], strict=False):
        start, end = line["octets"]
        said = text.encode("utf-8", "surrogatepass") + (b"\r\n" if line["terminated"] else b"")
        if len(said) == end - start and not HIDDEN.fullmatch(text):
            yield _Line(start, end, said, words.octets(said))


def _hidden(count: int) -> str:
    return f"<{count} octet{'' if count == 1 else 's'}>"

"""The reply reader. Nobody else reads a reply.

    Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
    Reply-code = %x32-35 %x30-35 %x30-39                        (RFC 5321, section 4.2)

May know lines; must not know which command a reply answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from desync.smtp.lines import Line


class ReplyLine(NamedTuple):
    """One line of a reply.

    Attributes:
        line: The line as it was sent.
        code: Its three digits, or None.
        separator: What stands behind the code: ``" "``, ``"-"``, nothing (the line is the code
            alone), or whatever octet it was, as one character.
        text: What stands behind the separator; the whole line where there is no code.
    """

    line: Line
    code: int | None
    separator: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as it was sent.

    Attributes:
        index: Its number among the replies of the stream, from 0.
        lines: Its lines.
        complete: Whether its last line has ended.
        code: The code of the last line that has one; None where no line has.
        octets: Where it lies in the server's stream: a half-open range of offsets.
    """

    index: int
    lines: tuple[ReplyLine, ...]
    complete: bool
    code: int | None
    octets: tuple[int, int]

    @property
    def codes_agree(self) -> bool:
        """Whether all lines that have a code have the same one."""
        return all(line.code in (None, self.code) for line in self.lines)

    @property
    def whole(self) -> bool:
        """False where a hole in the capture took a part of it."""
        if len(self.lines) == 1:
            return self.lines[0].line.whole
        return all(line.line.whole for line in self.lines) and all(
            later.line.start == earlier.line.end for earlier, later in pairwise(self.lines)
        )

    @property
    def is_positive(self) -> bool:
        """Whether the code is 2yz or 3yz (RFC 5321, section 4.2.1)."""
        return self.code is not None and 200 <= self.code < 400


def read_reply(lines: Sequence[Line], start: int, *, index: int = 0, closed: bool = False) -> Reply | None:
    """Read the reply that begins at ``lines[start]``.

    The only function in desync that reads a reply: the greeting, the reply to a command, the
    reply to the end of mail data, and replies that nobody asked for.

    Args:
        lines: Lines of the server's stream, in stream order.
        start: Index of the reply's first line.
        index: The number that the reply gets.
        closed: Whether no more lines will come: then what there is of an unfinished reply is
            returned, with ``complete`` False.

    Returns:
        The reply as it was sent, or None while its last line has not ended. A malformed reply
        is returned, not repaired: ``codes_agree`` is False where its lines carry different
        codes, ``code`` is None where no line has one. A line without a code is a reply of its
        own, unless it stands inside a multi-line reply; there it is one of its lines.

    Units:
        ``Reply.octets`` is a half-open range of stream offsets, in octets from the first
        octet after the server's SYN.

    Raises:
        IndexError: ``start`` is not an index of ``lines``. Nothing in the capture can make
            this function raise.

    Source:
        RFC 5321, sections 4.2 (``Reply-line``) and 4.2.1 (multi-line). A code alone, without
        space and text, is accepted: section 4.2 asks receivers to.
    """
    found: list[ReplyLine] = []
    lines[start]  # an index that is none is the caller's mistake, not the capture's
    for at in range(start, len(lines)):
        line = lines[at]
        if found and line.start != found[-1].line.end:
            # What lies in the hole may have ended this reply and begun others.
            return _reply(index, found, complete=False)
        part = _read_line(line)
        found.append(part)
        if line.ending == "none":
            lost = not line.whole
            return _reply(index, found, complete=False) if closed or lost else None
        if part.separator != "-" and (part.code is not None or len(found) == 1):
            return _reply(index, found, complete=True)
    return _reply(index, found, complete=False) if closed else None


def _reply(index: int, found: list[ReplyLine], *, complete: bool) -> Reply:
    first, last = found[0], found[-1]
    code = last.code
    if code is None and last is not first:
        code = next((line.code for line in reversed(found) if line.code is not None), None)
    return Reply(index, tuple(found), complete, code, (first.line.start, last.line.end))


def _read_line(line: Line) -> ReplyLine:
    text = line.text
    # Three digits, not the code's full grammar: 600 or 099 is a code that cannot be, not text.
    # An unterminated line may still grow, a line cut at its head may begin anywhere.
    code = _CODES.get(text[:3])
    if code is not None:
        separator = text[3:4].decode("latin-1")
        if not separator or not separator.isalnum():
            return ReplyLine(line, code, separator, text[4:])
    return ReplyLine(line, None, "", text)


_CODES: Final = {b"%03d" % code: code for code in range(1000)}

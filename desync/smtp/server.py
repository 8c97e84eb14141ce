"""The server's stream as replies, up to where TLS begins.

May know lines and the reply reader; must not know which command a reply answers.
"""

from dataclasses import dataclass, field
from typing import Final

from desync.smtp.foreign import TLS_RECORDS, is_tls
from desync.smtp.lines import Line, line_at
from desync.smtp.reply import Reply, read_reply
from desync.tcp.stream import Stream

LONGEST_REPLY: Final = 100_000
"""Lines of one reply that are looked at: far above any, it bounds what a hostile server costs."""


@dataclass(slots=True)
class Replies:
    """The replies of a server's stream, read as far as they are asked for.

    Attributes:
        stream: The server's stream.
        offset: Where the dialogue begins in it.
        encrypted_from: Offset at which TLS records begin, once that point is reached.
    """

    stream: Stream
    offset: int = 0
    encrypted_from: int | None = None
    _read: list[Reply] = field(default_factory=list)
    _done: bool = False

    def get(self, index: int) -> Reply | None:
        """The reply of this number, or None where the stream has no more."""
        read = self._read
        while len(read) <= index and not self._done:
            self._read_one()
        return read[index] if index < len(read) else None

    def all(self) -> list[Reply]:
        """All replies; the last one may be unfinished."""
        while not self._done:
            self._read_one()
        return self._read

    def _read_one(self) -> None:
        lines: list[Line] = []
        at = self._read[-1].octets[1] if self._read else self.offset
        while len(lines) < LONGEST_REPLY:
            line = line_at(self.stream, at)
            if line is not None and line.text[:2] in TLS_RECORDS and is_tls(line.text[:3]):
                self.encrypted_from = line.start
                line = None
            if line is None:
                break
            lines.append(line)
            at = line.end
            reply = read_reply(lines, 0, index=len(self._read)) if _may_end(line, len(lines)) else None
            if reply is not None:
                self._read.append(reply)
                return
        self._done = True
        if lines and (reply := read_reply(lines, 0, index=len(self._read), closed=True)) is not None:
            self._read.append(reply)
            # A hole may have cut it short; behind the hole there may be more.
            self._done = (
                reply.octets[1] >= self.stream.length or self.encrypted_from is not None or reply.complete
            )


def _may_end(line: Line, number: int) -> bool:
    """Whether a line may be the last of a reply: spares reading a long one over and over.

    Args:
        line: The line.
        number: Which of the reply's lines it is, from 1.
    """
    text = line.text
    if not line.whole or line.ending == "none":
        return True
    return text[3:4] != b"-" and (number == 1 or text[:3].isdigit())

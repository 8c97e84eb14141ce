"""The client's stream as prompts, one at a time, in the phase that the replies have set.

May know lines, commands and where mail data ends; must not know replies: whoever asks says
which phase it is.
"""

from collections.abc import Iterator
from typing import Final

from desync.smtp.command import looks_like_command, read_command
from desync.smtp.foreign import handshake_at
from desync.smtp.lines import Line, line_at
from desync.smtp.marks import marks_between
from desync.smtp.prompt import Phase, Prompt
from desync.tcp.stream import Stream

END_OF_DATA: Final = b"\r\n.\r\n"
"""RFC 5321, section 4.1.1.4; the first CRLF may be the one that ended the DATA command."""


def read_prompt(stream: Stream, offset: int, phase: Phase) -> Prompt | None:
    """Read what the client sends from ``offset`` on, as the server in this phase takes it.

    Returns:
        The prompt; None where the client sends nothing more.

    Units:
        Offsets count octets of the client's stream.
    """
    line = line_at(stream, offset)
    if line is None:
        return None
    if phase is Phase.MAIL_DATA:
        return _read_mail_data(stream, offset, line.start)
    if phase is Phase.AUTH:
        return Prompt("auth", line.start, line.end, None, line.text, line.terminated, line.whole)
    line = _before_handshake(line)
    lost_head = line.start > offset or not line.whole or (stream.origin == "first-seen" and offset == 0)
    if lost_head and not looks_like_command(line.text) and _is_mail_data(stream, line):
        return _read_mail_data(stream, line.start, line.start, whole=False)
    return _command(stream, line, lost_head=lost_head)


def _before_handshake(line: Line) -> Line:
    """The part of a line in front of a TLS handshake: who put text there need not have ended it."""
    at = handshake_at(line.text) if b"\x03" in line.text else None
    if not at:
        return line
    return line._replace(end=line.start + at, text=line.text[:at], ending="none")


def first_verb(stream: Stream, offset: int) -> str | None:
    """The first known verb that a client says, if it says one within its first lines."""
    at = offset
    for _ in range(3):
        line = line_at(stream, at)
        if line is None or line.start > at:
            return None
        command = read_command(line.text[:600])
        if command.verb is not None:
            return command.verb
        at = line.end
    return None


def nonstandard_ends(stream: Stream, offset: int, end: int) -> Iterator[Prompt]:
    """The prompts that mail data from ``offset`` on would be with a non-standard end.

    One for each kind of end, the first of its kind, and only what ends before ``end``
    (``marks.marks_between``).
    """
    seen = set()
    if stream.run_at(offset) is None:
        return
    for mark in marks_between(stream, offset, end):
        if mark.octets not in seen:
            seen.add(mark.octets)
            yield Prompt("mail-data", offset, mark.end, text=mark.octets)


def without_chunk(stream: Stream, prompt: Prompt) -> Prompt | None:
    """A BDAT as a command alone: so a server has it that reads the octets of its chunk as commands.

    None where the BDAT has no chunk.
    """
    line = line_at(stream, prompt.start)
    if prompt.kind != "bdat" or line is None or line.end >= prompt.end:
        return None
    return prompt._replace(kind="command", end=line.end, terminated=True)


def standard_end(stream: Stream, offset: int) -> int | None:
    """The offset behind the standard end of mail data from ``offset`` on; None where none is captured."""
    return _end_of_data(stream, offset)[0]


def _command(stream: Stream, line: Line, *, lost_head: bool) -> Prompt:
    command = read_command(line.text)
    whole = line.whole and (not lost_head or looks_like_command(line.text))
    if command.chunk is None or not line.terminated:
        # A line that a hole cuts went on in the hole: it was sent whole, as far as anybody can tell.
        terminated = line.terminated or line.end < stream.length
        return Prompt("command", line.start, line.end, command, line.text, terminated, whole)
    # RFC 3030, section 2: the chunk follows the command's line at once, whatever the reply.
    end = line.end + command.chunk
    return Prompt(
        "bdat",
        line.start,
        min(end, max(stream.length, line.end)),
        command,
        line.text,
        end <= stream.length,
        whole,
    )


def _read_mail_data(stream: Stream, offset: int, start: int, *, whole: bool = True) -> Prompt:
    end, inferred = _end_of_data(stream, offset)
    if end is None:
        return Prompt("mail-data", start, stream.length, terminated=False, whole=whole)
    return Prompt("mail-data", min(start, end), end, whole=whole, inferred=inferred)


def _end_of_data(stream: Stream, offset: int) -> tuple[int | None, bool]:
    """The offset behind the end of mail data, and whether a hole hides it.

    Where the text behind a hole goes on with a command in full syntax, the end of data is taken
    to lie in the hole: message text hardly looks so.
    """
    for start, octets in stream.runs_from(offset):
        at = max(offset - start, 0)
        begins = start + at == offset or (at == 0 and not stream.is_passed_before(start))
        if begins and octets.startswith(b".\r\n", at):
            return start + at + 3, start + at != offset
        if start > offset and not stream.is_passed_before(start):
            # The line ending behind the dot may still have been captured.
            behind = start + (2 if octets.startswith(b"\r\n") else 1 if octets.startswith(b"\n") else 0)
            line = line_at(stream, behind)
            if line is not None and line.terminated and looks_like_command(line.text):
                return behind, True
            if octets.startswith(b"\n.\r\n"):
                return start + 4, True
        found = octets.find(END_OF_DATA, at)
        if found >= 0:
            return start + found + len(END_OF_DATA), False
    return None, False


def _is_mail_data(stream: Stream, line: Line) -> bool:
    """Whether the text behind a hole is mail data rather than commands.

    By the next whole lines: commands look like commands.
    """
    at = line.end
    for _ in range(3):
        following = line_at(stream, at)
        if following is None:
            break
        if following.text == b"." and following.terminated:
            return True
        if looks_like_command(following.text):
            return False
        at = following.end
    end, _ = _end_of_data(stream, line.start)
    return end is not None or at > line.end

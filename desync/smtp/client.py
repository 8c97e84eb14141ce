"""The client's stream as prompts, one at a time, in the phase that the replies have set.

May know lines, commands and where mail data ends; must not know replies: whoever asks says
which phase it is.
"""

from collections.abc import Iterator
from typing import Final

from desync.smtp.command import looks_like_command, read_command
from desync.smtp.lines import Line, line_at
from desync.smtp.prompt import Phase, Prompt
from desync.tcp.stream import Stream

END_OF_DATA: Final = b"\r\n.\r\n"
"""RFC 5321, section 4.1.1.4; the first CRLF may be the one that ended the DATA command."""

NONSTANDARD_ENDS: Final = (b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r.\r")
"""What some servers take for the end of mail data besides (CVE-2023-51764 and its kin)."""


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
    lost_head = line.start > offset or not line.whole or (stream.origin == "first-seen" and offset == 0)
    if lost_head and not looks_like_command(line.text) and _is_mail_data(stream, line):
        return _read_mail_data(stream, line.start, line.start, whole=False)
    return _command(stream, line, lost_head=lost_head)


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


def nonstandard_ends(stream: Stream, offset: int) -> Iterator[Prompt]:
    """The prompts that mail data from ``offset`` on would be with a non-standard end.

    One for each kind of end, the first of its kind, and only what lies before the standard end.
    """
    standard, _ = _end_of_data(stream, offset)
    seen = set()
    if stream.run_at(offset) is None:
        return
    for mark in NONSTANDARD_ENDS:
        end = _first_end(stream, offset, mark, stream.length if standard is None else standard - 1)
        if end is None or end in seen:
            continue
        seen.add(end)
        yield Prompt("mail-data", offset, end, text=mark)


def _first_end(stream: Stream, offset: int, mark: bytes, last: int) -> int | None:
    """Where the first non-standard end of its kind is, before any hole and not behind ``last``."""
    for start, octets in stream.runs_from(offset):
        if start > last or (start > offset and not stream.is_passed_before(start)):
            return None
        end = _nonstandard_end(octets, offset - start, mark, last - start)
        if end is not None:
            return start + end
    return None


def _nonstandard_end(octets: bytes, at: int, mark: bytes, last: int) -> int | None:
    """Where a non-standard end of data is, from ``at`` to ``last``; the DATA line's end counts as its LF."""
    begins = at >= 0 and octets.startswith(mark[1:], at)
    if begins and mark.startswith(b"\n") and mark[1:] != END_OF_DATA[2:]:
        end = at + len(mark) - 1
        return end if end <= last else None
    at = max(at, 0)
    found = octets.find(mark, at, last)
    while found > at and mark.startswith(b"\n") and octets[found - 1] == 0x0D:
        # CRLF . LF and CRLF . CRLF are other marks.
        found = octets.find(mark, found + 1, last)
    return None if found < 0 else found + len(mark)


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

r"""Single words of a written dialogue: durations, addresses, instants, escaped text.

May know how one value is written; must not know which line or option it belongs to,
save the line's number for the error.
"""

import ipaddress
import re
from datetime import datetime

from desync.craft.script import Side
from desync.errors import DialogueError
from desync.units import MILLISECOND, SECOND

_UNITS = {"ns": 1, "us": 1000, "ms": MILLISECOND, "s": SECOND, "min": 60 * SECOND, "h": 3600 * SECOND}
_DURATION = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?(ns|us|ms|s|min|h)")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9])(?:\.([0-9]{1,9}))?Z"
)
_ENDPOINT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):([0-9]{1,5})")
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.|$)", re.DOTALL)
_ESCAPED = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}


def wrong(line: int, expected: str, found: str) -> DialogueError:
    """Make the error that refuses ``line``: it names the line, what was expected and what was found."""
    return DialogueError(f"line {line}: expected {expected}, found {found!r}")


def duration(word: str, line: int) -> int:
    """Read a length of time such as ``40ms`` or ``1.5s``.

    Units:
        Nanoseconds; digits below the nanosecond are dropped.
    """
    match = _DURATION.fullmatch(word)
    if match is None:
        raise wrong(line, "a length of time such as 40ms, 250us or 1.5s", word)
    whole, fraction, unit = match.groups(default="")
    return (int(whole) * SECOND + int(fraction.ljust(9, "0"))) * _UNITS[unit] // SECOND


def instant(word: str, line: int) -> int:
    """Read a point in time such as ``1999-11-16T11:05:11.000250Z``.

    Units:
        Nanoseconds since 1970 UTC.
    """
    match = _INSTANT.fullmatch(word)
    if match is None:
        raise wrong(line, "a time such as 1999-11-16T11:05:11Z", word)
    try:
        seconds = datetime.fromisoformat(f"{match[1]}+00:00").timestamp()
    except ValueError as error:
        raise wrong(line, "a date and a time that exist", word) from error
    return int(seconds) * SECOND + int((match[2] or "").ljust(9, "0"))


def number(word: str, line: int, limit: int = 1 << 32) -> int:
    """Read a whole number below ``limit``."""
    if not (word.isascii() and word.isdigit() and len(word) <= 10 and int(word) < limit):
        raise wrong(line, f"a whole number below {limit}", word)
    return int(word)


def endpoint(word: str, line: int) -> tuple[str, int]:
    """Read an address and a port: ``192.0.2.17:1042`` or ``[2001:db8::17]:1042``."""
    match = _ENDPOINT.fullmatch(word)
    if match is None:
        raise wrong(line, "an address and a port such as 192.0.2.17:1042 or [2001:db8::17]:1042", word)
    try:
        address = ipaddress.IPv6Address(match[1]) if match[1] else ipaddress.IPv4Address(match[2])
    except ValueError as error:
        raise wrong(line, "an IPv4 address, or an IPv6 address in brackets", word) from error
    return str(address), number(match[3], line, 1 << 16)


def by_side(value: str, line: int) -> dict[Side, str]:
    """Read a value for each side: ``40ms`` for both, or ``client 0ms server 40ms``."""
    words = value.split()
    if len(words) == 1:
        return {"client": words[0], "server": words[0]}
    sides: dict[Side, str] = {}
    for name, word in zip(words[::2], words[1::2], strict=False):
        sides[side(name, line)] = word
    if len(words) % 2 or not words:
        raise wrong(line, "one value for both sides, or 'client VALUE server VALUE'", value)
    return sides


def side(word: str, line: int) -> Side:
    """Read the name of a side."""
    if word == "client":
        return "client"
    if word == "server":
        return "server"
    raise wrong(line, "client or server", word)


def line_octets(text: str, line: int) -> bytes:
    r"""Turn one written line into its octets.

    CRLF is added, unless the text ends in a lone backslash. Characters beyond ASCII are UTF-8.
    """
    if text.endswith("\\") and (len(text) - len(text.rstrip("\\"))) % 2:
        return _unescape(text[:-1], line)
    return _unescape(text, line) + b"\r\n"


def hex_octets(text: str, line: int) -> bytes:
    """Read octets written as pairs of hexadecimal digits, blanks anywhere between the pairs."""
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise wrong(line, "pairs of hexadecimal digits", text) from error


def _unescape(text: str, line: int) -> bytes:
    octets = bytearray()
    done = 0
    for match in _ESCAPE.finditer(text):
        octets += text[done : match.start()].encode()
        octets += _escaped(match[1], line)
        done = match.end()
    return bytes(octets + text[done:].encode())


def _escaped(word: str, line: int) -> bytes:
    if len(word) == 3:
        return bytes((int(word[1:], 16),))
    if word not in _ESCAPED:
        raise wrong(line, r"one of \r \n \t \0 \\ \xNN", f"\\{word}")
    return _ESCAPED[word].encode()

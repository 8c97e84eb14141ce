"""Names and addresses replaced, consistently within one run, by ones that nobody has.

May know where names stand in SMTP; must not know a document or a capture.

A pseudonym is numbered in the order in which what it stands for first appeared. Within octets it is as
long as that: reply codes, verbs, keywords, enhanced status codes, line ends and every offset stay, so
that an analysis of the replaced octets finds the same.
"""

import ipaddress
import re
from collections.abc import Callable
from typing import Final

from desync.report.pseudonym_forms import host_text, ipv4, ipv4_text, ipv6, ipv6_text, user_text
from desync.report.pseudonym_words import (
    COMMAND,
    DOTTED,
    ENVELOPE,
    HOST_PARAMETERS,
    KEPT,
    LINE,
    MASK,
    NAMED_FIRST,
    PARAMETER,
    PATH_PIECE,
    PIECE,
    PLAIN_PARAMETERS,
    REPLY,
    SHORTEST,
    WORD,
)
from desync.smtp.command import HELLOS, VERBS

_ADDRESS: Final = re.compile(rb"(?i)(\[?(?:IPv6:)?)([0-9a-f:.]*)(\]?)\Z")
_ENVELOPES: Final = frozenset({"MAIL", "RCPT", "SEND", "SOML", "SAML"})
_FORWARDED: Final = frozenset({"XCLIENT", "XFORWARD"})
_NAMING: Final = frozenset({"VRFY", "EXPN", "ETRN", "ATRN"})


class Pseudonyms:
    """The pseudonyms of one run.

    What cannot be told from an ordinary word is no name: names are found where they hold a dot or an
    "@", where SMTP puts one (HELO, MAIL, RCPT, VRFY, a greeting), and wherever one that was found so
    stands as a word afterwards. Nothing in what is given makes a method raise.
    """

    def __init__(self) -> None:
        self._hosts: dict[bytes, int] = {}
        self._users: dict[bytes, int] = {}
        self._ipv4: dict[str, int] = {}
        self._ipv6: dict[str, int] = {}
        self._words: dict[bytes, bool] = {}
        """Names found, and whether they are a host's."""

    def address(self, text: str) -> str:
        """The pseudonym of an IP address, in its usual spelling; other text as ``name`` gives it.

        IPv4 addresses become ones of RFC 5737's networks, then of 198.18.0.0/15; IPv6 addresses ones of
        2001:db8::/32.
        """
        number = self._number(text)
        if number is None:
            return self.name(text) if text else text
        return ipv6(number) if ":" in text else ipv4(number)

    def name(self, text: str) -> str:
        """The pseudonym of a host's name or of a mail address, as long as it; addresses likewise."""
        return self._told(text, self._named)

    def mailbox(self, text: str) -> str:
        """The pseudonym of a sender or recipient, as long as it."""
        return self._told(text, self._path)

    def text(self, text: str) -> str:
        """Text that may hold names, as ``octets`` gives it."""
        return self._told(text, self.octets)

    def octets(self, data: bytes) -> bytes:
        """What a client or a server said, names and addresses replaced, as long as before.

        Args:
            data: Whole lines: a name that is cut by the edge of ``data`` is another name. Of a segment
                give the stream's lines around it, and cut what comes back.
        """
        return LINE.sub(lambda line: self._line(line[0]), data)

    def learn(self, data: bytes, *, host: bool) -> None:
        """Take a word for a name from here on, wherever it stands as a word of its own.

        Args:
            data: The word; one that is usual in SMTP, or very short, is no name.
            host: Whether it is a host's name.
        """
        word = data.lower()
        if len(word) >= SHORTEST and word.decode("latin-1") not in KEPT and not word.isdigit():
            self._words.setdefault(word, host)

    def _told(self, text: str, replace: Callable[[bytes], bytes]) -> str:
        octets = text.encode("utf-8", "surrogatepass")
        replaced = replace(octets)
        return text if replaced == octets else replaced.decode("utf-8", "backslashreplace")

    def _line(self, line: bytes) -> bytes:
        if REPLY.match(line):
            first = NAMED_FIRST.match(line)
            if first is None:
                return line[:4] + self._free(line[4:])
            start, end = first.span(1)
            return line[:start] + self._first(line[start:end]) + self._free(line[end:])
        command = COMMAND.match(line)
        if command is None or (verb := command[2].decode("ascii").upper()) not in VERBS:
            return self._free(line)
        blanks, word, between, argument = command.groups()
        return bytes(blanks + word + between + self._argument(verb, argument))

    def _argument(self, verb: str, argument: bytes) -> bytes:
        if verb in HELLOS:
            return self._named(argument)
        envelope = ENVELOPE.match(argument) if verb in _ENVELOPES else None
        if envelope is not None:
            start, path, rest = envelope.groups()
            return bytes(start + self._path(path) + PARAMETER.sub(self._parameter, rest))
        if verb in _FORWARDED:
            return PARAMETER.sub(self._parameter, argument)
        return (
            self._path(argument, hosts=verb in {"ETRN", "ATRN"}) if verb in _NAMING else self._free(argument)
        )

    def _named(self, argument: bytes) -> bytes:
        """What HELO says: a host's name or its address, or what else a client writes there."""
        if b"@" in argument:
            return self._path(argument)
        host = WORD.match(argument)
        return self._host(host[0]) + self._free(argument[host.end() :]) if host else self._free(argument)

    def _parameter(self, match: re.Match[bytes]) -> bytes:
        key, value = match.groups()
        if key.upper() in PLAIN_PARAMETERS or value.startswith((b"[UNAVAILABLE]", b"[TEMPUNAVAIL]")):
            return match[0]
        return key + b"=" + (self._host(value) if key.upper() in HOST_PARAMETERS else self._path(value))

    def _first(self, word: bytes) -> bytes:
        """The word that a reply begins with: its server's name, if it is none that is usual there."""
        usual = word.rstrip(b".,;:!").lower().decode("latin-1") in KEPT
        return word if usual or not word[:1].isalnum() else self._host(word)

    def _path(self, path: bytes, *, hosts: bool = False) -> bytes:
        """A path, each name in it replaced: what marks a way through several hosts stays."""

        def replaced(match: re.Match[bytes]) -> bytes:
            word = match["word"]
            if word is None:
                return self._host(match[0]) if match["literal"] else match[0]
            before, behind = path[match.start() - 1 : match.start()], path[match.end() : match.end() + 1]
            host = (
                hosts or before in {b"@", b"%"} or behind == b"!" or (before == b"=" and DOTTED.match(word))
            )
            return self._host(word) if host else self._user(word)

        return PATH_PIECE.sub(replaced, path)

    def _free(self, text: bytes) -> bytes:
        return PIECE.sub(self._piece, text)

    def _piece(self, match: re.Match[bytes]) -> bytes:
        piece = match[0]
        if match["mailbox"]:
            trail = b"" if piece.endswith(b"]") else piece[len(piece.rstrip(b".")) :]
            return self._path(piece[: len(piece) - len(trail)]) + trail
        if not match["word"]:
            return self._literal(piece)
        word = piece.rstrip(b".-")
        known = self._words.get(word.lower())
        if known is None and DOTTED.match(word):
            known = True
        if known is None:
            return piece
        return (self._host(word) if known else self._user(word)) + piece[len(word) :]

    def _host(self, name: bytes) -> bytes:
        """A host's name, or its address."""
        if not name or MASK.match(name):
            return name
        literal = self._literal(name)
        if literal != name or name.startswith(b"["):
            return literal
        name, dot = (name[:-1], name[-1:]) if name.endswith(b".") and name != b"." else (name, b"")
        number = self._hosts.setdefault(name.lower(), len(self._hosts) + 1)
        self.learn(name, host=True)
        return host_text(number, len(name), dotted=b"." in name).encode() + dot

    def _user(self, name: bytes) -> bytes:
        if name.lower() == b"postmaster":  # everybody has one (RFC 5321, section 4.5.1)
            return name
        number = self._users.setdefault(name.lower(), len(self._users) + 1)
        self.learn(name, host=False)
        return user_text(number, len(name)).encode()

    def _literal(self, text: bytes) -> bytes:
        """An address, in brackets or without; what is none stays, but for a name in brackets."""
        match = _ADDRESS.match(text)
        number = self._number(match[2].decode("ascii")) if match else None
        if match is None or number is None:
            inner = text.strip(b"[]")
            before, _, behind = text.partition(inner) if inner and text.startswith(b"[") else (text, b"", b"")
            return before + (self._host(inner) if before != text else b"") + behind
        form = ipv6_text if b":" in match[2] else ipv4_text
        return bytes(match[1] + form(number, len(match[2])).encode() + match[3])

    def _number(self, text: str) -> int | None:
        """The number of an IP address however it is spelled, None of what is none."""
        try:
            found = ipaddress.ip_address(text)
        except ValueError:
            return None
        known = self._ipv4 if found.version == 4 else self._ipv6
        return known.setdefault(found.compressed, len(known) + 1)

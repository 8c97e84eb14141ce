"""Let clients and servers talk: a mail delivery, sound or broken, and a fetch from the web.

May know SMTP and the ways to speak out of turn; must not know headers or files.
"""

from random import Random
from typing import Final

from servers import WORDS, Server, all_servers, reply
from wire import CLIENT, SEGMENT_OCTETS, SERVER, Connection, sum_of

BREAKS: Final = ("SYNC102", "SYNC102", "SYNC102", "SYNC101", "SYNC103", "SYNC104")
"""What broken clients do, by the code of the finding; half of them answer a fragment."""

_SHARE_SPLIT: Final = 0.1
_SHARE_PIPELINED: Final = 0.5  # of the clients of servers that offer it: a third of all
_SHARE_HELO: Final = 0.04
_SHARE_REFUSED: Final = 0.02
_SHARE_BARE_ACK: Final = 0.05
_MOST_RECIPIENTS: Final = 20
_POOL: Final = 256
_WEB_PORTS: Final = (80, 443, 8080)
_LOOK_UP: Final = 30_000
"""Microseconds that a server takes over an EHLO that came on a part of its greeting."""


class Traffic:
    """Writes connections, one after the other, from one source of chance.

    Attributes:
        chance: Decides everything.
    """

    __slots__ = ("_able", "_greeters", "_servers", "_strict", "_text", "chance")

    def __init__(self, seed: int) -> None:
        """Make up the servers and the texts of the messages."""
        self.chance = Random(seed)  # noqa: S311 - made-up mail, no secrets
        self._servers = all_servers()
        self._able = [one for one in self._servers if one.pipelining]
        self._strict = [one for one in self._servers if not one.pipelining]
        self._greeters = [one for one in self._servers if len(one.greeting) > 1]
        pool = [_text(self.chance) for _ in range(_POOL)]
        self._text = [(text, sum_of(text)) for text in pool] * 2

    def web(self, start: int, body: float) -> Connection:
        """Fetch a page of ``body`` full segments on average, from one of a few web servers."""
        port = _WEB_PORTS[self._below(len(_WEB_PORTS))]
        connection = Connection(self.chance, start, port, 100 + self._below(50))
        connection.open()
        connection.say(
            CLIENT, f"GET /{self._name()} HTTP/1.1\r\nHost: {self._name()}.example\r\n\r\n".encode()
        )
        connection.wait()
        connection.stream(SERVER, self._segments(body), 8)
        connection.acknowledge(CLIENT)
        connection.close()
        return connection

    def mail(self, start: int, body: float, broken: str | None) -> Connection:
        """Deliver a message of ``body`` full segments on average to some recipients.

        Args:
            start: The time of the first frame, in microseconds since 1970.
            body: Mean number of full segments.
            broken: How the client speaks out of turn, a code of BREAKS; None for a sound one.
        """
        server = self._server(broken)
        connection = Connection(self.chance, start, 25, server.number)
        split = self.chance.random() < _SHARE_SPLIT
        pipelined = server.pipelining and not broken and self.chance.random() < _SHARE_PIPELINED
        connection.open()
        self._greet(connection, server, broken, split=split)
        self._hello(connection, server, broken, split=split, old=not pipelined)
        self._envelope(connection, server, together=pipelined or broken == "SYNC104", split=split)
        connection.wait()
        connection.stream(CLIENT, self._segments(body), 2)
        self._finish(connection, server, pipelined=pipelined)
        connection.close()
        return connection

    def _server(self, broken: str | None) -> Server:
        fit = {"SYNC103": self._greeters, "SYNC104": self._strict}.get(broken or "", self._servers)
        return fit[self._below(len(fit))]

    def _greet(self, connection: Connection, server: Server, broken: str | None, *, split: bool) -> None:
        """Greet; a broken client says EHLO too soon, and acknowledges only what it has by then.

        That is all it does wrong: it waits for the answer to EHLO, however long the rest of the greeting
        lies there. A client that took the rest for that answer would go on at once; this one never drifts.
        """
        greeting = reply(220, server.greeting).encode()
        first_line = greeting.index(b"\n") + 1
        match broken:
            case "SYNC101":
                held = 0
            case "SYNC102":
                held = 4 + self._below(first_line - 5)
            case "SYNC103":
                held = first_line
            case _:
                connection.say(SERVER, greeting, self._cut(greeting) if split else None)
                return
        if held:
            connection.say(SERVER, greeting[:held])
        connection.say(CLIENT, f"EHLO {self._name()}.example.net\r\n".encode())
        connection.say(SERVER, greeting[held:])
        connection.time += _LOOK_UP if held else 0

    def _hello(
        self, connection: Connection, server: Server, broken: str | None, *, split: bool, old: bool
    ) -> None:
        """Say EHLO, where that has not been said, or at times HELO; answer it."""
        old = old and not broken and self.chance.random() < _SHARE_HELO
        if broken in {None, "SYNC104"}:
            verb = "HELO" if old else "EHLO"
            connection.say(CLIENT, f"{verb} {self._name()}.example.net\r\n".encode())
        offer = reply(250, (server.name,) if old else server.offers).encode()
        connection.say(SERVER, offer, self._cut(offer) if split else None)

    def _envelope(self, connection: Connection, server: Server, *, together: bool, split: bool) -> None:
        """Name sender and recipients and ask for DATA, one by one or as a group (RFC 2920)."""
        size = 500 + self._below(99_500)
        commands = [f"MAIL FROM:<{self._name()}@{self._name()}.example.net> SIZE={size}\r\n"]
        replies = [server.sender]
        for number in range(min(_MOST_RECIPIENTS, 1 + int(self.chance.expovariate(0.9)))):
            mailbox = self._name()
            commands.append(f"RCPT TO:<{mailbox}@{server.name}>\r\n")
            # The first is always taken, so that there is a message to send.
            refused = number and self.chance.random() < _SHARE_REFUSED
            replies.append(server.refused if refused else server.accepted.format(mailbox))
        commands.append("DATA\r\n")
        replies.append(server.go_ahead)
        answers = [f"{one}\r\n".encode() for one in replies]
        if together:
            answer = b"".join(answers)
            connection.say(CLIENT, "".join(commands).encode())
            connection.say(SERVER, answer, self._cut(answer) if split else None)
            return
        for command, answer in zip(commands, answers, strict=True):
            connection.say(CLIENT, command.encode())
            connection.say(SERVER, answer, self._cut(answer) if split else None)
            if self.chance.random() < _SHARE_BARE_ACK:
                connection.acknowledge(CLIENT)

    def _finish(self, connection: Connection, server: Server, *, pipelined: bool) -> None:
        """End the message and say QUIT, in one segment where that is allowed."""
        end = f"Kind regards, {self._name()}\r\n.\r\n".encode()
        queued = server.queued.format(f"{self.chance.getrandbits(40):010X}") + "\r\n"
        farewell = server.farewell + "\r\n"
        if pipelined:
            connection.say(CLIENT, end + b"QUIT\r\n")
            connection.say(SERVER, (queued + farewell).encode())
            return
        for octets, answer in ((end, queued), (b"QUIT\r\n", farewell)):
            connection.say(CLIENT, octets)
            connection.say(SERVER, answer.encode())

    def _segments(self, mean: float) -> list[tuple[bytes, int]]:
        """Take some text, in full segments with their sums."""
        length = min(_POOL, int(self.chance.expovariate(1 / mean)) if mean else 0)
        start = self._below(_POOL)
        return self._text[start : start + length]

    def _cut(self, octets: bytes) -> int | None:
        """Choose where a reply is cut in two."""
        return 1 + self._below(len(octets) - 1)

    def _name(self) -> str:
        return f"{WORDS[self._below(len(WORDS))]}{self._below(9999)}"

    def _below(self, limit: int) -> int:
        return int(self.chance.random() * limit)


def _text(chance: Random) -> bytes:
    """Write lines that fill one segment.

    It begins and ends inside a line, so that any two fit together and no line begins with a dot.
    """
    lines: list[str] = []
    while sum(len(line) for line in lines) < SEGMENT_OCTETS:
        lines.append(" ".join(chance.choices(WORDS, k=10)) + "\r\n")
    whole = "".join(lines)[: SEGMENT_OCTETS - 12].rstrip("\r\n")
    return whole.ljust(SEGMENT_OCTETS, "x").encode()

"""Make up the mail servers: eighty of them, each with texts of its own.

May know how servers word their replies; must not know connections or segments.
"""

from dataclasses import dataclass
from typing import Final

WORDS: Final = (
    *("amber", "basil", "cedar", "dune", "ember", "fjord", "grove", "heron", "inlet", "juniper", "kestrel"),
    *("larch", "meadow", "nettle", "otter", "pebble", "quartz", "raven", "spruce", "thistle", "umber"),
    *("violet", "willow", "yarrow"),
)
"""Names are made of these."""

SERVERS: Final = 80

_PRODUCTS: Final = (
    "ESMTP Postcart",
    "ESMTP Eximious 4.",
    "ESMTP Mailsend 8.",
    "Microserve ESMTP MAIL",
    "ESMTP",
)
_OPTIONAL: Final = ("SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING", "VRFY", "ETRN")
_ACCEPTED: Final = ("Ok", "OK", "Recipient ok", "Accepted", "recipient {} is fine")
_REFUSED: Final = ("User unknown in local recipient table", "no such user here", "Mailbox unavailable")
_QUEUED: Final = (
    "Ok: queued as {}",
    "OK id={}",
    "{} Message accepted for delivery",
    "<{}> Queued mail for delivery",
)
_SENDER: Final = ("Ok", "Sender ok", "noted")
_GO_AHEAD: Final = ("End data with <CR><LF>.<CR><LF>", "Enter message, ending with a dot", "go ahead")
_FAREWELL: Final = ("Bye", "closing connection", "Service closing transmission channel", "see you")


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how it words things; ``{}`` stands for what only the connection knows.

    Attributes:
        number: The last octet of its address, from 1.
        name: Its host name.
        greeting: The lines of its greeting, without code.
        offers: The lines of its EHLO reply, the first its name.
        pipelining: Whether PIPELINING is one of them.
        sender: The reply to MAIL, as the next four without line end.
        accepted: The reply to a good RCPT.
        refused: The reply to a bad RCPT.
        go_ahead: The reply to DATA.
        queued: The reply to the end of mail data.
        farewell: The reply to QUIT.
    """

    number: int
    name: str
    greeting: tuple[str, ...]
    offers: tuple[str, ...]
    pipelining: bool
    sender: str
    accepted: str
    refused: str
    go_ahead: str
    queued: str
    farewell: str


def reply(code: int, lines: tuple[str, ...]) -> str:
    """Write a reply (RFC 5321, section 4.2.1): a hyphen behind the code of each line but the last."""
    *others, last = lines
    return "".join(f"{code}-{line}\r\n" for line in others) + f"{code} {last}\r\n"


def all_servers() -> tuple[Server, ...]:
    """Make up all servers, always the same."""
    return tuple(_server(number) for number in range(1, SERVERS + 1))


def _server(number: int) -> Server:
    word = WORDS[number % len(WORDS)]
    name = f"mx{number}.{word}.example"
    product = f"{_PRODUCTS[number % 5]}{number % 7}"
    # A sixth of the servers greet in several lines.
    notice = (
        ("", f"{word.title()} accepts no unsolicited mail", "Access is logged") if number % 6 == 0 else ("",)
    )
    pipelining = number % 3 != 0
    offers = [name + (" greets you" if number % 4 == 0 else ""), f"SIZE {number}000000", "8BITMIME"]
    offers[1:1] = ["PIPELINING"] if pipelining else []
    offers += [keyword for place, keyword in enumerate(_OPTIONAL) if (number * 37 >> place) & 1]
    return Server(
        number=number,
        name=name,
        greeting=(f"{name} {product} ({WORDS[number * 7 % len(WORDS)]})", *notice[1:]),
        offers=tuple(offers),
        pipelining=pipelining,
        sender=f"250 2.1.0 {_SENDER[number % 3]}",
        accepted=f"250 2.1.5 {_ACCEPTED[number % 5]}",
        refused=f"550 5.1.1 {_REFUSED[number % 3]}",
        go_ahead=f"354 {_GO_AHEAD[number % 3]}",
        queued=f"250 2.0.0 {_QUEUED[number % 4]}",
        farewell=f"221 2.0.0 {name} {_FAREWELL[number % 4]}",
    )

"""Captures of connections on which nobody says anything, made by chance."""

from random import Random

from build import Sent
from chance import MS, START, Packets, capture_of, packed

SYN, ANSWER, BARE = ("client", 0, None, "S"), ("server", 0, 0, "S"), ("client", 0, 0, "")
OPENED = [SYN, ANSWER, BARE]
CLIENT_ENDS = [("client", 0, 0, "F"), ("server", 0, 1, ""), ("server", 0, 1, "F"), ("client", 1, 1, "")]
SERVER_ENDS = [("server", 0, 0, "F"), ("client", 0, 1, "F"), ("server", 1, 1, "")]
COURSES = (
    [SYN],
    [SYN, SYN, SYN],
    [SYN, ("server", -1, 0, "R")],
    [SYN, ("client", 0, None, "R")],
    [SYN, ANSWER],
    [SYN, ANSWER, ANSWER, ("client", 0, None, "R")],
    [SYN, ANSWER, ("client", 0, 0, "R")],
    OPENED,
    OPENED + CLIENT_ENDS,
    OPENED + SERVER_ENDS,
    OPENED + CLIENT_ENDS[:1],
    OPENED + CLIENT_ENDS[:2] + [("client", 1, None, "R")],
    [*OPENED, ("server", 0, 0, "R")],
    [*OPENED, ("client", -1, 0, ""), ("server", 0, 0, ""), ("client", 0, 0, "R")],
)


def silent_capture(random: Random, *, odd: float, count: int = 8) -> bytes:
    """A capture of several silent connections; ``odd`` is how likely each single oddity is."""
    return capture_of([
        record
        for number in range(count)
        for record in packed(random, _packets(random, odd), odd=0, number=number)
    ])  # fmt: skip


def _packets(random: Random, odd: float) -> Packets:
    """The segments of a connection, each after a while, some again, some otherwise than they should be."""
    time = START + random.randrange(100) * MS
    packets: Packets = []
    for number, (side, offset, acknowledged, flags) in enumerate(random.choice(COURSES), 1):
        time += random.choice((MS, 20 * MS, 100 * MS, 101 * MS, 1000 * MS))
        one = Sent(side, offset, b"", acknowledged, time, flags)
        if random.random() < odd:
            one = _otherwise(random, one)
        if random.random() > odd / 4:
            packets.append((one, random.choice((0, number))))
        if random.random() < odd:
            again = one._replace(time=one.time + random.choice((0, 50 * MS, 100 * MS, 101 * MS, 3000 * MS)))
            packets.append((again, random.choice((0, number, 5000 + number))))
    return packets


def _otherwise(random: Random, one: Sent) -> Sent:
    known = one.acknowledged or 0
    change = random.choice((
        {"flags": one.flags + random.choice("FSRU")}, {"flags": random.choice(("", "F", "R", "S", "SF"))},
        {"offset": one.offset + random.choice((-2, -1, 1, 2, 1 << 20, 1 << 31))},
        {"acknowledged": known + random.choice((-2, -1, 1, 2, 1 << 20, 1 << 31))},
        {"acknowledged": None}, {"acknowledged": 0}, {"time": 0}, {"octets": b"x"}, {"octets": b"EHLO a\r\n"},
        {"side": "server" if one.side == "client" else "client"},
    ))  # fmt: skip
    return one._replace(**change)

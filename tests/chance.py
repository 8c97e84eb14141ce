"""Captures of several connections at once, made by chance; the more goes wrong the higher ``odd`` is."""

from random import Random

from build import End, Sent, frame
from chance_words import chance_turns
from dialogues import repacked

START = 1_700_000_000_000_000_000
MS = 1_000_000
MAC = b"\x02\0\0\0\0\x01"

Packets = list[tuple[Sent, int]]
"""Segments with their IP identification."""


Records = list[tuple[int, bytes, int]]
"""Frames: time, octets, and the length on the wire."""


def chance_capture(random: Random, *, odd: float, count: int = 6) -> bytes:
    """A capture of several connections; ``odd`` is how likely each single oddity is in the worst of them."""
    return capture_of([
        record
        for number in range(count)
        for record in chance_frames(random, odd=random.choice((0, odd / 4, odd)), number=number)
    ])  # fmt: skip


def capture_of(records: Records) -> bytes:
    """A capture of frames, in the order of their times."""
    records = sorted(records, key=lambda record: record[0])
    return repacked([((*divmod(time, 10**9), length), octets) for time, octets, length in records])


def chance_frames(random: Random, *, odd: float, number: int) -> Records:
    """The frames of one connection."""
    packets = [(one, identification) for identification, one in enumerate(chance_segments(random, odd), 1)]
    for _ in range(3):
        if random.random() < odd:
            random.choice(ACCIDENTS)(random, packets)
    return packed(random, packets, odd=odd, number=number)


def packed(random: Random, packets: Packets, *, odd: float, number: int) -> Records:
    """Pack the segments of one connection into frames, between endpoints made by chance."""
    ends = {
        "client": End("192.0.2.17", 41025 + number, random.randrange(1 << 32), MAC),
        "server": End("198.51.100.25", random.choice((25, 25, 587, 4000)), random.randrange(1 << 32), MAC),
    }
    version_6, largest = random.random() < 0.2, random.choice((None, 1460, 1460, 1000, 536, 300))
    found = []
    for one, identification in packets:
        octets = frame(
            one, identification, ends[one.side], ends["server" if one.side == "client" else "client"]
        )
        if "S" in one.flags:
            octets = octets[:-4] + (b"\1\1\1\1" if largest is None else b"\2\4" + largest.to_bytes(2, "big"))
        octets = in_version_6(octets) if version_6 else octets
        held = random.randrange(54, len(octets) + 1) if random.random() < odd / 20 else len(octets)
        found.append((one.time, octets[:held], len(octets)))
    return found


def in_version_6(octets: bytes) -> bytes:
    """The same segment in an IPv6 packet (its checksum is not made anew)."""
    addresses = b"".join(bytes.fromhex("20010db8") + bytes(8) + octets[at : at + 4] for at in (26, 30))
    head = b"\x60\0\0\0" + (len(octets) - 34).to_bytes(2, "big") + b"\x06\x40"
    return octets[:12] + b"\x86\xdd" + head + addresses + octets[34:]


def chance_segments(random: Random, odd: float) -> list[Sent]:
    """A whole connection, its dialogue cut into segments."""
    talk = _Talk(random, odd)
    talk.say("client", flags="S")
    talk.sent[0] = talk.sent[0]._replace(acknowledged=None)
    talk.say("server", flags="S")
    talk.say("client", flags="")
    for side, octets in chance_turns(random, odd):
        talk.turn(side, octets)
    if random.random() < 0.7:
        first, second = random.sample(("client", "server"), 2)
        talk.say(first, flags="F")
        talk.say(second, flags="F")
        talk.say(first, flags="")
    return talk.sent


class _Talk:
    """What both sides have said so far."""

    def __init__(self, random: Random, odd: float) -> None:
        self.random, self.odd = random, odd
        self.cutting = random.choice((0, 0.03, 0.1, 0.4))
        self.sent: list[Sent] = []
        self.ends, self.known = {"client": 0, "server": 0}, {"client": 0, "server": 0}
        self.time = START + random.randrange(100) * MS

    def turn(self, side: str, octets: bytes) -> None:
        """Say something, in segments; one may leave before the other side's last words arrived."""
        random = self.random
        cuts = random.choice((1, 1, 2, 3)) if random.random() < self.cutting else 0
        places = sorted(random.randrange(len(octets) + 1) for _ in range(cuts))
        size = 1400 if random.random() > self.odd else 4000
        for first, last in zip([0, *places], [*places, len(octets)], strict=True):
            for at in range(first, last, size):
                self.say(side, octets[at : min(at + size, last)], stale=random.random() < self.odd / 4)
            if random.random() < 0.2:
                self.say("server" if side == "client" else "client", flags="")

    def say(self, side: str, octets: bytes = b"", *, flags: str = "P", stale: bool = False) -> None:
        if not stale:
            self.known[side] = self.ends["server" if side == "client" else "client"]
        self.time += self.random.choice((0, MS, 20 * MS, 400 * MS))
        self.sent.append(Sent(side, self.ends[side], octets, self.known[side], self.time, flags))
        self.ends[side] += len(octets) + ("F" in flags)


def _repeat(random: Random, packets: Packets) -> None:
    """Something is sent once more, as it was, otherwise cut, or with other content."""
    at = random.randrange(len(packets))
    later = min(at + random.choice((1, 1, 2, 5)), len(packets))
    one, identification = packets[at]
    octets = one.octets
    again = random.choice((
        {}, {}, {"flags": ""}, {"time": one.time + 300 * MS}, {"octets": octets[:-1] + b"?"},
        {"octets": octets[:-1]}, {"octets": octets + b"x"}, {"octets": octets[1:], "offset": one.offset + 1},
        {"octets": octets[-1:], "offset": one.offset + len(octets[1:])},
    ))  # fmt: skip
    copy = one._replace(**{"time": packets[later - 1][0].time, **again})
    packets.insert(later, (copy, random.choice((identification, 0, 5000, 5000))))
    if random.random() < 0.3:
        later = min(later + random.choice((0, 1, 2)), len(packets))
        packets.insert(later, random.choice((packets[at], packets[later - 1])))


def _swap(random: Random, packets: Packets) -> None:
    at = random.randrange(len(packets) - 1)
    (one, first), (other, second) = packets[at : at + 2]
    packets[at : at + 2] = [(other._replace(time=one.time), second), (one._replace(time=other.time), first)]


def _drop(random: Random, packets: Packets) -> None:
    del packets[random.choice((0, 1, 2, random.randrange(len(packets)), -1))]


def _change(random: Random, packets: Packets) -> None:
    at = random.randrange(len(packets))
    one, identification = packets[at]
    octets = bytearray(one.octets or b"?")
    octets[random.randrange(len(octets))] = random.randrange(256)
    change = random.choice((
        {"octets": bytes(octets)}, {"flags": one.flags + random.choice("FSRU")}, {"acknowledged": None},
        {"acknowledged": (one.acknowledged or 0) + random.choice((-3, -1, 1, 5))},
        {"offset": one.offset + random.choice((-1, 1, 7, 1 << 31))}, {"time": 0},
    ))  # fmt: skip
    packets[at] = one._replace(**change), identification


def _mirror(random: Random, packets: Packets) -> None:
    """Some packets are captured twice, all of them before the second copies come."""
    at, size = random.randrange(len(packets) - 1), random.choice((1, 2, 3))
    part = packets[at : at + size]
    packets[at + size : at + size] = [(one._replace(time=part[-1][0].time), number) for one, number in part]


def _keep_alive(random: Random, packets: Packets) -> None:
    at = random.randrange(len(packets))
    one, _ = packets[at]
    octets = random.choice((b"", b"\0", one.octets[-1:]))
    packets.insert(at + 1, (one._replace(offset=one.offset + len(one.octets) - 1, octets=octets), 6000))


ACCIDENTS = (_repeat, _repeat, _repeat, _swap, _drop, _change, _change, _mirror, _keep_alive)

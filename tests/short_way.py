"""Hold the short way (``analysis.quick``) against the general one, on captures made by chance.

``compare`` does it for one capture; ``chance_capture`` makes captures of several connections at once:
lawful dialogues, into which the more goes wrong the higher ``odd`` is.
"""

import tempfile
from random import Random

from build import End, Sent, frame
from dialogues import repacked

from desync.analysis.examine import examine
from desync.analysis.kept import keep
from desync.analysis.options import Options
from desync.analysis.quick import quick_outcomes
from desync.analysis.select import mail_flows, speaking_flows
from desync.capture.open import open_capture
from desync.capture.slices import read_frames
from desync.findings.finding import Facts
from desync.packets.decode import decode
from desync.tcp.flows import group
from desync.tcp.rows import take_rows

OPTIONS = Options()
START = 1_700_000_000_000_000_000
MS = 1_000_000
MAC = b"\x02\0\0\0\0\x01"


def compare(path) -> tuple[int, int]:
    """Analyse each pair of a capture both ways.

    Returns:
        How many pairs there are, and how many went the short way; all of these as the general way has them.
    """
    pairs = short = 0
    with open_capture(str(path)) as capture:
        for piece in capture.slices(1 << 26):
            segments = decode(read_frames(piece)).segments
            flows = group(segments)
            chosen = mail_flows(flows, OPTIONS.mail_ports) | speaking_flows(segments, flows)
            kept = keep(segments, flows, chosen, 0, rereadable=True)
            order = flows.rows[chosen[flows.flow[flows.rows]]]
            quick = quick_outcomes(segments, kept, order, OPTIONS)
            rows = take_rows(segments, flows.side, order, 0)
            starts = kept.starts.tolist()
            pairs += len(kept)
            short += len(quick)
            for pair, outcome in quick.items():
                part = rows.cut(starts[pair], starts[pair + 1])
                general = examine(part, kept.pairs.pair(pair), OPTIONS, Facts())
                assert [one.record for one in general] == [None]
                assert general[0].brief._replace(key=None) == outcome.brief._replace(key=None)
                assert bytes(general[0].brief.key) == bytes(outcome.brief.key)
    return pairs, short


def compare_octets(octets) -> tuple[int, int]:
    """Compare both ways on a capture that is in no file."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(octets)
        file.flush()
        return compare(file.name)


def chance_capture(random: Random, *, odd: float, count: int = 6) -> bytes:
    """A capture of several connections at once; ``odd`` is how likely each single oddity is."""
    records = [
        record
        for number in range(count)
        for record in chance_frames(random, odd=random.choice((0, odd / 4, odd)), number=number)
    ]
    records.sort(key=lambda record: record[0])
    return repacked([(divmod(time, 1_000_000_000) + (length,), octets) for time, octets, length in records])


def chance_frames(random: Random, *, odd: float, number: int) -> list[tuple[int, bytes, int]]:
    """The frames of one connection: time, octets, and the length on the wire."""
    sent = [(one, identification) for identification, one in enumerate(chance_segments(random, odd=odd), 1)]
    for _ in range(3):
        if random.random() < odd:
            random.choice(TRANSPORT)(random, sent)
    ends = {
        "client": End("192.0.2.17", 41025 + number, random.randrange(1 << 32), MAC),
        "server": End("198.51.100.25", random.choice((25, 25, 587, 4000)), random.randrange(1 << 32), MAC),
    }
    version_6, size = random.random() < 0.2, random.choice((1460, 1460, 1460, 1000, 536, 300))
    found = []
    for one, identification in sent:
        far = ends["server" if one.side == "client" else "client"]
        octets = frame(one, identification, ends[one.side], far)
        if "S" in one.flags:
            octets = octets[:-2] + size.to_bytes(2, "big")
        octets = in_version_6(octets) if version_6 else octets
        held = random.randrange(54, len(octets) + 1) if random.random() < odd / 20 else len(octets)
        found.append((one.time, octets[:held], len(octets)))
    return found


def in_version_6(octets: bytes) -> bytes:
    """The same segment in an IPv6 packet (its checksum is not made anew)."""
    addresses = b"".join(bytes.fromhex("20010db8") + bytes(8) + octets[at : at + 4] for at in (26, 30))
    head = b"\x60\0\0\0" + (len(octets) - 34).to_bytes(2, "big") + b"\x06\x40"
    return octets[:12] + b"\x86\xdd" + head + addresses + octets[34:]


def chance_segments(random: Random, *, odd: float) -> list[Sent]:
    """A whole connection, its dialogue cut into segments."""
    talk = _Talk(random, odd)
    talk.say("client", b"", flags="S", acknowledged=None)
    talk.say("server", b"", flags="S", acknowledged=0)
    talk.say("client", b"", flags="")
    for side, octets in chance_turns(random, odd):
        talk.turn(side, octets)
    if random.random() < 0.7:
        sides = random.sample(("client", "server"), 2)
        for side in sides:
            talk.say(side, b"", flags="F")
        talk.say(sides[0], b"", flags="", closing=2)
    return talk.sent


class _Talk:
    """What both sides have said so far."""

    def __init__(self, random: Random, odd: float) -> None:
        self.random, self.odd = random, odd
        self.cutting = random.choice((0, 0.03, 0.1, 0.4))
        self.sent: list[Sent] = []
        self.ends, self.acknowledged = {"client": 0, "server": 0}, {"client": 0, "server": 0}
        self.finished = {"client": 0, "server": 0}
        self.time = START + random.randrange(100) * MS

    def turn(self, side: str, octets: bytes) -> None:
        """Say something, in segments."""
        cuts = self.random.choice((1, 1, 2, 3)) if self.random.random() < self.cutting else 0
        places = sorted(self.random.randrange(len(octets) + 1) for _ in range(cuts))
        for first, last in zip([0, *places], [*places, len(octets)], strict=True):
            for at in range(first, last, 1400 if self.random.random() > self.odd else 4000):
                stale = self.random.random() < self.odd / 4
                self.say(side, octets[at : min(at + 1400, last)], stale=stale)
            if self.random.random() < 0.2:
                self.say("server" if side == "client" else "client", b"", flags="")

    def say(
        self,
        side: str,
        octets: bytes,
        *,
        flags: str = "P",
        stale: bool = False,
        closing: int = 0,
        **keys: None,
    ) -> None:
        other = "server" if side == "client" else "client"
        known = self.acknowledged[side] if stale else self.ends[other] + self.finished[other]
        self.time += self.random.choice((0, MS, 20 * MS, 400 * MS))
        acknowledged = keys.get("acknowledged", known)
        self.sent.append(
            Sent(side, self.ends[side] + self.finished[side], octets, acknowledged, self.time, flags)
        )
        self.acknowledged[side] = known
        self.ends[side] += len(octets)
        self.finished[side] |= "F" in flags
        del closing


def chance_turns(random: Random, odd: float) -> list[tuple[str, bytes]]:
    """Who says what, in turn."""
    offered, dialogue = chance_dialogue(random, odd)
    greeting = random.choice(
        (b"220 mx.example.org ESMTP\r\n", b"220-mx\r\n220-two\r\n220 three\r\n", b"220\r\n")
    )
    found, queue = [("server", spoilt_reply(random, odd, greeting))], []
    for place, (said, reply) in enumerate(dialogue):
        queue.append((said, reply))
        verb = said[:4].upper()
        barrier = verb in (b"EHLO", b"HELO", b"DATA", b"QUIT", b"NOOP", b"RSET"[:0])
        groups = offered and place and not barrier
        if place + 1 < len(dialogue) and ((groups and random.random() < 0.6) or random.random() < odd / 4):
            continue
        found.append(("client", b"".join(said for said, _ in queue)))
        if random.random() < 0.5:
            found.append(("server", b"".join(reply for _, reply in queue)))
        else:
            found += [("server", reply) for _, reply in queue]
        queue = []
    if random.random() < odd:
        found.pop()
    if random.random() < odd:
        found.insert(random.randrange(len(found)), random.choice(found))
    return found


def chance_dialogue(random: Random, odd: float) -> tuple[bool, list[tuple[bytes, bytes]]]:
    """Whether PIPELINING was offered, and what the client sends with the replies to it."""
    offered = random.random() < 0.6
    found: list[tuple[bytes, bytes]] = []
    if random.random() < 0.2:
        found.append((b"EHLO gw\r\n", b"502 5.5.1 what?\r\n"))
        offered = random.random() < odd
        found.append((b"HELO gw.example.net\r\n", b"250 mx\r\n"))
    else:
        words = [b"mx.example.org", b"SIZE 1000", b"8BITMIME"] + offered * [
            random.choice((b"PIPELINING", b"pipelining"))
        ]
        if random.random() < odd:
            words.append(
                random.choice((b"X_PIPE_CONNECT", b"\tPIPE_CONNECT", b"XYZ", b"PIPELINING\t", b" PIPELINING"))
            )
        lines = [b"250-" + word for word in words]
        lines[-1] = b"250 " + words[-1]
        found.append(
            (
                random.choice((b"EHLO gw.example.net\r\n", b"ehlo [192.0.2.17]\r\n")),
                b"\r\n".join(lines) + b"\r\n",
            )
        )
    for _ in range(random.choice((0, 1, 1, 2))):
        found += chance_mail(random, odd)
    if random.random() < 0.8:
        found.append((b"QUIT\r\n", random.choice((b"221 bye\r\n", b"221 2.0.0 bye\r\n", b"221\r\n"))))
    return offered, [
        (
            said if said[-3:] == b".\r\n" else spoilt_command(random, odd, said),
            spoilt_reply(random, odd, reply),
        )
        for said, reply in found
    ]


BODIES = (
    b"", b"\r\n", b"Subject: x\r\n\r\ntext\r\n", b"DATA\r\n", b"..\r\n", b"QUIT\r\n", b"250 ok\r\n", b"bare\nfeed\r\n",
    b"x" * 997 + b"\r\n", b"y" * 3000 + b"\r\n", b".. dot\r\n", b".x\r\n", b"RSET\r\nMAIL FROM:<a@b>\r\n", b"a\r\r\n",
    b"\n.\n", b"\r\n.\n", b"data\r\n", b"\n.\r\n\r\n", b".\n\r\n", b"\0\r\n", b"\xff\xfe\r\n",
)  # fmt: skip


def chance_mail(random: Random, odd: float) -> list[tuple[bytes, bytes]]:
    """One mail transaction."""
    refused = b"550 5.1.1 no\r\n", b"451 later\r\n", b"421 closing\r\n", b"452-so\r\n452 full\r\n"

    def answer(*accepted: bytes) -> bytes:
        return random.choice(refused) if random.random() < 0.1 else random.choice(accepted)

    found = [(b"MAIL FROM:<a@example.net> SIZE=100\r\n", answer(b"250 2.1.0 ok\r\n", b"250 ok\r\n"))]
    for _ in range(random.choice((1, 1, 2, 3))):
        found.append((b"RCPT TO:<b@example.org>\r\n", answer(b"250 ok\r\n", b"251 moved\r\n", b"252 hm\r\n")))
    if random.random() < 0.2:
        return [*found, (b"RSET\r\n", b"250 flushed\r\n")]
    found.append((b"DATA\r\n", answer(b"354 go\r\n", b"354 go ahead, end with .\r\n")))
    if found[-1][1].startswith(b"354") or random.random() < odd:
        body = b"".join(
            random.choice(BODIES[:3] if random.random() < 0.5 else BODIES) for _ in range(random.randrange(6))
        )
        ending = b".\r\n" if body[-2:] in (b"", b"\r\n") else b"\r\n.\r\n"
        found.append((body + ending, answer(b"250 2.0.0 kept as 7\r\n", b"250-two\r\n250 lines\r\n")))
    if random.random() < 0.2:
        found.append((random.choice((b"NOOP\r\n", b"RSET\r\n", b"noop x\r\n")), b"250 ok\r\n"))
    return found


def spoilt_command(random: Random, odd: float, octets: bytes) -> bytes:
    """A command with something wrong in it, now and then."""
    if random.random() > odd / 2:
        return octets
    at = random.randrange(len(octets))
    return random.choice((
        octets.lower(), b" " + octets, octets[:-2] + b" \r\n", octets[:-2] + b"\n", octets[:-2] + b"\r\r\n",
        octets[:at] + b"\0" + octets[at:], octets[:at] + b"\r" + octets[at:], octets[:at] + b"\n" + octets[at:],
        octets[:at] + bytes([random.randrange(256)]) + octets[at + 1 :], octets[:-2] + b"x" * 600 + b"\r\n",
        octets[:4] + b"\r" + octets[5:], octets[:5] + b"  \r\n", octets[:4] + b"  " + octets[4:], octets[:4] + b"\r\n",
        octets[:4] + b"\t" + octets[5:], b"AUTH PLAIN AGEAYg==\r\n", b"STARTTLS\r\n", b"VRFY a\r\n", b"LHLO gw\r\n",
        b"EHLO again\r\n", b"BDAT 4 LAST\r\nabcd", b"MAIL FROM:<a@b> PRDR\r\n", b".\r\n", b"DATA\r\n", b"\r\n", b"QUIT\r\n",
    ))  # fmt: skip


def spoilt_reply(random: Random, odd: float, octets: bytes) -> bytes:
    """A reply with something wrong in it, now and then."""
    if random.random() > odd / 2:
        return octets
    at = random.randrange(len(octets))
    return random.choice((
        octets[:3] + b"x" + octets[4:], octets[:3] + b"\t" + octets[4:], octets[:-2] + b"\n", octets[:3] + b"\r\n",
        octets[:at] + b"\0" + octets[at:], octets[:at] + b"\r" + octets[at:], octets[:at] + b"\n" + octets[at:],
        octets[:at] + bytes([random.randrange(256)]) + octets[at + 1 :], octets[:-2] + b"x" * 500 + b"\r\n",
        b"250-a\r\n251 b\r\n", b"299 odd\r\n", b"199 low\r\n", b"600 high\r\n", b"354 go\r\n", b"220 hello\r\n", b"421 bye\r\n",
        octets[:3] + b"-more\r\n" + octets, octets + octets, octets[:3] + b"-", b"\r\n", b"550 no\r\n", b"250\r\r\n",
        octets[:3] + b" \r\n", b"334 VXNlcm5hbWU6\r\n",
    ))  # fmt: skip


def _repeat(random, sent):
    at = random.randrange(len(sent))
    later = min(at + random.choice((1, 1, 2, 5)), len(sent))
    one, identification = sent[at]
    time = sent[later - 1][0].time
    change = random.choice((
        lambda: (one._replace(time=time), identification),
        lambda: (one._replace(time=time), 0),
        lambda: (one._replace(time=time), 5000),
        lambda: (one._replace(time=time, flags=""), 5000),
        lambda: (one._replace(time=time + 300 * MS), 5000),
        lambda: (one._replace(time=time, octets=one.octets[:-1] + b"?"), 5000),
        lambda: (one._replace(time=time, octets=one.octets[:-1]), 5000),
        lambda: (one._replace(time=time, octets=one.octets + b"x"), 5000),
        lambda: (one._replace(time=time, octets=one.octets[1:], offset=one.offset + 1), 5000),
        lambda: (one._replace(time=time, octets=one.octets[-1:], offset=one.offset + len(one.octets[1:])), 5000),
    ))  # fmt: skip
    sent.insert(later, change())
    if random.random() < 0.3:
        sent.insert(min(later + random.choice((0, 1, 2)), len(sent)), random.choice((sent[at], sent[later])))


def _swap(random, sent):
    at = random.randrange(len(sent) - 1)
    (one, first), (other, second) = sent[at : at + 2]
    sent[at : at + 2] = [(other._replace(time=one.time), second), (one._replace(time=other.time), first)]


def _drop(random, sent):
    del sent[random.choice((0, 1, 2, random.randrange(len(sent)), len(sent) - 1))]


def _change(random, sent):
    at = random.randrange(len(sent))
    one, identification = sent[at]
    octets = bytearray(one.octets)
    if octets:
        octets[random.randrange(len(octets))] = random.randrange(256)
    keep = one._replace(octets=bytes(octets))
    sent[at] = random.choice((
        keep, one._replace(flags=one.flags + random.choice("FSRU")), one._replace(acknowledged=None),
        one._replace(acknowledged=(one.acknowledged or 0) + random.choice((-3, -1, 1, 5))),
        one._replace(offset=one.offset + random.choice((-1, 1, 7, 1 << 31))), one._replace(time=0),
    )), identification  # fmt: skip


def _again(random, sent):
    """The two sides' last segments captured twice, one behind the other (a mirror port)."""
    at = random.randrange(len(sent) - 1)
    size = random.choice((1, 2, 3))
    part = sent[at : at + size]
    time = part[-1][0].time
    sent[at + size : at + size] = [(one._replace(time=time), identification) for one, identification in part]


def _keep_alive(random, sent):
    at = random.randrange(3, len(sent)) if len(sent) > 3 else 0
    one, _ = sent[at]
    probe = one._replace(
        offset=one.offset + len(one.octets) - 1, octets=random.choice((b"", b"\0", one.octets[-1:]))
    )
    sent.insert(at + 1, (probe, 6000))


TRANSPORT = (_repeat, _repeat, _repeat, _swap, _drop, _change, _change, _again, _keep_alive)

"""Dialogues made by chance: lawful ones, into which the more goes wrong the higher ``odd`` is."""

from random import Random

Exchanges = list[tuple[bytes, bytes]]

GREETINGS = (b"220 mx.example.org ESMTP\r\n", b"220-mx\r\n220-two\r\n220 three\r\n", b"220\r\n")
KEYWORDS = (
    b"X_PIPE_CONNECT", b"\tPIPE_CONNECT", b"XYZ", b"PIPELINING\t", b" PIPELINING", b"pipe_connect x",
    b"XXXXXXXA", b"XXXX", b"X-EXPS GSSAPI", b"XXXXXXXX",
)  # fmt: skip
ROUTED = (
    b"a%b@c",
    b"@a,@b:c@d",
    b"a!b",
    b"a!b@c",
    b'"a@b"@c',
    b"a@b@c",
    b'"a b"@c',
    b"SRS0=x=y=z=a@b",
    b"a%40b@c",
    b"a@",
)
MASKED = (
    b"220 ********0*2**\r\n",
    b"220-***\r\n220 mx\r\n",
    b"220 20 mx\r\n",
    b"220 ***\r\n",
    b"220 * mx *\r\n",
)
REFUSED = (b"550 5.1.1 no\r\n", b"451 later\r\n", b"421 closing\r\n", b"452-so\r\n452 full\r\n")
PLAIN = (b"", b"\r\n", b"Subject: x\r\n\r\ntext\r\n")
STRANGE = (
    b"DATA\r\n", b"data\r\n", b"..\r\n", b".. dot\r\n", b".x\r\n", b"QUIT\r\n", b"250 ok\r\n", b"a\r\r\n",
    b"bare\nfeed\r\n", b"x" * 997 + b"\r\n", b"y" * 3000 + b"\r\n", b"RSET\r\nMAIL FROM:<a@b>\r\n",
    b"\n.\n", b"\r\n.\n", b"\n.\r\n\r\n", b".\n\r\n", b"\0\r\n", b"\xff\xfe\r\n",
    b"\0.\r\n", b".\0\r\n", b"\0.\0\r\n", b"\0a\r\n",
)  # fmt: skip
OTHER_COMMANDS = (
    b"AUTH PLAIN AGEAYg==\r\n", b"STARTTLS\r\n", b"VRFY a\r\n", b"LHLO gw\r\n", b"EHLO again\r\n", b"\r\n",
    b"BDAT 4 LAST\r\nabcd", b"MAIL FROM:<a@b> PRDR\r\n", b".\r\n", b"DATA\r\n", b"QUIT\r\n", b"NOOP\r\n",
)  # fmt: skip
OTHER_REPLIES = (
    b"250-a\r\n251 b\r\n", b"299 odd\r\n", b"199 low\r\n", b"600 high\r\n", b"354 go\r\n", b"220 hello\r\n",
    b"500 what is XXXX?\r\n", b"502 XXX no\r\n",
    b"421 bye\r\n", b"\r\n", b"550 no\r\n", b"250\r\r\n", b"334 VXNlcm5hbWU6\r\n", b"250-open",
)  # fmt: skip


def chance_turns(random: Random, odd: float) -> list[tuple[str, bytes]]:
    """Who says what, in turn; groups where PIPELINING was offered, now and then where it was not."""
    offered, dialogue = chance_dialogue(random, odd)
    greetings = MASKED if random.random() < odd / 4 else GREETINGS
    found, queue = [("server", spoilt_reply(random, odd, random.choice(greetings)))], []
    for place, (said, reply) in enumerate(dialogue, 1):
        queue.append((said, reply))
        ends_a_group = said[:4].upper() in (b"EHLO", b"HELO", b"DATA", b"NOOP")
        if place < len(dialogue) and (
            (offered and not ends_a_group and random.random() < 0.6) or random.random() < odd / 4
        ):
            continue
        found.append(("client", b"".join(said for said, _ in queue)))
        replies = [reply for _, reply in queue]
        found += [("server", octets) for octets in random.choice((replies, [b"".join(replies)]))]
        queue = []
    if random.random() < odd:
        found.pop()
    if random.random() < odd:
        found.insert(random.randrange(len(found)), random.choice(found))
    return found


def chance_dialogue(random: Random, odd: float) -> tuple[bool, Exchanges]:
    """Whether PIPELINING was offered, and what the client sends with the replies to it."""
    offered = random.random() < 0.6
    if random.random() < 0.2:
        found = [(b"EHLO gw\r\n", b"502 5.5.1 what?\r\n"), (b"HELO gw.example.net\r\n", b"250 mx\r\n")]
        offered = False
    else:
        words = [b"mx.example.org", b"SIZE 1000", *offered * [random.choice((b"PIPELINING", b"pipelining"))]]
        words += [random.choice(KEYWORDS)] if random.random() < odd else [b"HELP"]
        reply = b"\r\n".join([b"250-" + word for word in words[:-1]] + [b"250 " + words[-1], b""])
        found = [(random.choice((b"EHLO gw.example.net\r\n", b"ehlo [192.0.2.17]\r\n")), reply)]
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


def chance_mail(random: Random, odd: float) -> Exchanges:
    """One mail transaction."""

    def answer(*accepted: bytes) -> bytes:
        return random.choice(REFUSED if random.random() < 0.1 else accepted)

    heeds = random.random() >= odd
    found = [(b"MAIL FROM:<a@example.net> SIZE=100\r\n", answer(b"250 2.1.0 ok\r\n", b"250 ok\r\n"))]
    if heeds and found[0][1] in REFUSED:
        return found
    asked = [
        (
            b"RCPT TO:<" + recipient(random, odd) + b">\r\n",
            answer(b"250 ok\r\n", b"251 moved\r\n", b"252 hm\r\n"),
        )
        for _ in range(random.choice((1, 1, 2, 3)))
    ]
    found += asked
    if random.random() < 0.2 or (heeds and all(reply in REFUSED for _, reply in asked)):
        return [*found, (b"RSET\r\n", b"250 flushed\r\n")]
    found.append((b"DATA\r\n", answer(b"354 go\r\n", b"354 go ahead, end with .\r\n")))
    if found[-1][1].startswith(b"354") or random.random() < odd:
        known = random.choice((PLAIN, PLAIN + STRANGE))
        body = b"".join(random.choice(known) for _ in range(random.randrange(6)))
        ending = b".\r\n" if body[-2:] in (b"", b"\r\n") else b"\r\n.\r\n"
        found.append((body + ending, answer(b"250 2.0.0 kept as 7\r\n", b"250-two\r\n250 lines\r\n")))
    if random.random() < 0.2:
        found.append((random.choice((b"NOOP\r\n", b"RSET\r\n", b"noop x\r\n")), b"250 ok\r\n"))
    return found


def recipient(random: Random, odd: float) -> bytes:
    """A forward-path, now and then one that names a way."""
    return random.choice(ROUTED) if random.random() < odd / 2 else b"b@example.org"


def spoilt_command(random: Random, odd: float, octets: bytes) -> bytes:
    """A command with something wrong in it, now and then."""
    if random.random() > odd / 2:
        return octets
    verb, rest, line = octets[:4], octets[5:], octets[:-2]
    return random.choice((
        octets.lower(), b" " + octets, line + b" \r\n", line + b"\n", line + b"\r\r\n",
        line + b"x" * 600 + b"\r\n", verb + b"\r" + rest, verb + b"\t" + rest, verb + b"  " + rest,
        verb + b"   \r\n", verb + b"\r\n", random.choice(OTHER_COMMANDS), random.choice(OTHER_COMMANDS),
        *_with_an_octet(random, octets),
    ))  # fmt: skip


def spoilt_reply(random: Random, odd: float, octets: bytes) -> bytes:
    """A reply with something wrong in it, now and then."""
    if random.random() > odd / 2:
        return octets
    code, rest, line = octets[:3], octets[4:], octets[:-2]
    return random.choice((
        code + b"x" + rest, code + b"\t" + rest, line + b"\n", code + b"\r\n", code + b" \r\n", code + b"-",
        line + b"x" * 500 + b"\r\n", code + b"-more\r\n" + octets, octets + octets,
        random.choice(OTHER_REPLIES), random.choice(OTHER_REPLIES),
        *_with_an_octet(random, octets),
    ))  # fmt: skip


def _with_an_octet(random: Random, octets: bytes) -> list[bytes]:
    at = random.randrange(len(octets))
    other = octets[:at] + bytes([random.randrange(256)]) + octets[at + 1 :]
    return [other, *(octets[:at] + octet + octets[at:] for octet in (b"\0", b"\r", b"\n"))]

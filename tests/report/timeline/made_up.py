"""Archives of mail sessions that tests make up: who spoke when with which server, and what was seen."""

from random import Random

import numpy as np

from desync.analysis.record import Brief, Part
from desync.report.timeline.timeline import Timeline
from desync.tcp.endpoint import Endpoint
from desync.tcp.pair_keys import KEY
from desync.units import SECOND

MX = "192.0.2.25"
OLD = "220 smtp.tele.fi ZMailer Server 2.99.51-s5 #1 ESMTP ready at {}"
NEW = "220 smtp.tele.fi ZMailer Server 2.99.51-patch1pre #1 ESMTP ready at {}"
BEGIN = 933_500_000 * SECOND
EVERY = 600 * SECOND
CLIENTS = tuple(f"198.51.100.{number}" for number in range(1, 21))
SEGMENT_READERS = CLIENTS[:3]


def date(number):
    return f"Mon, 2 Aug 1999 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} +0300"


def chance_of(seed):
    return Random(seed)  # noqa: S311 - made-up mail, no secrets


def session(number, client, *, banner=OLD, server=MX, split=False, misread=False, time=...):
    """The session with this number of an archive: its frame, and how many times EVERY after BEGIN."""
    first = BEGIN + number * EVERY if time is ... else time
    return Brief(
        key=np.zeros((), dtype=KEY),
        parts=(Part(0, number * 20 + 1, number * 20 + 18),),
        client=Endpoint(client, 40_000 + number % 20_000),
        server=Endpoint(server, 25),
        name=None,
        banner=banner and banner.format(date(number)),
        first_time=first,
        last_time=first and first + SECOND,
        encrypted=False,
        offers_early_pipelining=False,
        depends=False,
        codes=(),
        clean=not misread,
        split=split,
        misread=misread,
        proved=misread,
        cured=misread,
        identity=None,
    )


def archive(seed, sessions, banner_of=lambda _: OLD, share_of=lambda _: 0.0, server_of=lambda *_: MX):
    """Sessions one after the other; the segment readers misread what is split."""
    chance = chance_of(seed)
    for number in range(sessions):
        client = chance.choice(CLIENTS)
        split = chance.random() < share_of(number)
        yield session(
            number,
            client,
            banner=banner_of(number),
            split=split,
            misread=split and client in SEGMENT_READERS,
            server=server_of(number, chance),
        )


def rows_of(briefs, kind=None, **options):
    timeline = Timeline({0: 6}, **options)
    for brief in briefs:
        timeline.add(brief)
    return [row for row in timeline if kind in {None, row["kind"]}]


def number_of(row):
    """Which session a change begins with."""
    return (row["frame"] - 1) // 20

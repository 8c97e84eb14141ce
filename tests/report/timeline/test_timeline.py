"""The timeline of made-up archives: each change found to the session, and none where there is none."""

from dataclasses import fields

import numpy as np
import pytest
from report.timeline.made_up import (
    BEGIN,
    CLIENTS,
    EVERY,
    MX,
    NEW,
    OLD,
    SEGMENT_READERS,
    archive,
    chance_of,
    number_of,
    rows_of,
    session,
)

from desync.analysis.plain import END, Plain
from desync.report.timeline.sessions import Sessions
from desync.report.times import rfc3339
from desync.tcp.pair_keys import KEY
from desync.units import SECOND

SEEDS = range(20)
OLD_KEY, NEW_KEY = (banner.partition(" ready")[0] for banner in (OLD, NEW))


def changes(briefs):
    return rows_of(briefs, "change")


def shares(change):
    return [round(100 * change[side]["split"] / change[side]["sessions"]) for side in ("before", "after")]


@pytest.mark.parametrize("seed", SEEDS)
class TestOneServer:
    def test_an_upgrade(self, seed):
        (one,) = changes(archive(seed, 500, lambda n: NEW if n >= 240 else OLD, lambda n: 0.96 * (n >= 240)))
        assert number_of(one) == 240
        assert (one["kind"], one["side"], one["address"], one["capture"]) == ("change", "server", MX, 0)
        assert one["time"] == rfc3339(BEGIN + 240 * EVERY, 6)
        assert one["last_before"] == rfc3339(BEGIN + 239 * EVERY, 6)
        assert (one["before"]["banner"], one["after"]["banner"]) == (OLD_KEY, NEW_KEY)
        assert (one["before"]["sessions"], one["after"]["sessions"]) == (240, 260)
        before, after = shares(one)
        assert (before, after > 90) == (0, True)
        assert one["after"]["misread"] > 0 == one["before"]["misread"]
        assert one["began"] == list(SEGMENT_READERS)
        assert one["ceased"] == []

    def test_the_same_upgrade_without_a_new_banner(self, seed):
        briefs = list(archive(seed, 500, share_of=lambda n: 0.96 * (n >= 240)))
        (one,) = changes(briefs)
        first = next(number for number, brief in enumerate(briefs) if brief.split)
        assert number_of(one) == first
        assert one["before"]["banner"] == one["after"]["banner"] == OLD_KEY
        assert one["began"] == list(SEGMENT_READERS)

    def test_a_new_banner_alone(self, seed):
        (one,) = changes(archive(seed, 300, lambda n: NEW if n >= 200 else OLD, lambda _: 0.1))
        assert number_of(one) == 200
        assert (one["before"]["banner"], one["after"]["banner"]) == (OLD_KEY, NEW_KEY)

    def test_a_rollback(self, seed):
        def is_new(number):
            return 200 <= number < 260

        first, second = changes(
            archive(seed, 600, lambda n: NEW if is_new(n) else OLD, lambda n: 0.96 * is_new(n))
        )
        assert [number_of(first), number_of(second)] == [200, 260]
        assert [second["before"]["banner"], second["after"]["banner"]] == [NEW_KEY, OLD_KEY]
        assert set(second["ceased"]) <= set(SEGMENT_READERS)
        assert first["began"] == second["ceased"]

    def test_a_rollback_without_a_new_banner(self, seed):
        first, second = changes(archive(seed, 600, share_of=lambda n: float(200 <= n < 260)))
        assert [number_of(first), number_of(second)] == [200, 260]

    def test_no_change(self, seed):
        assert changes(archive(seed, 600, share_of=lambda _: 0.3)) == []

    def test_servers_by_turns_behind_one_address_are_no_change(self, seed):
        chance = chance_of(seed)
        banners = [chance.choice((OLD, NEW)) for _ in range(600)]
        assert changes(archive(seed, 600, banners.__getitem__, lambda n: 0.9 * (banners[n] == NEW))) == []

    def test_clients_that_are_always_sent_to_the_same_server_are_no_change(self, seed):
        briefs = [
            brief._replace(banner=NEW if int(brief.client.address.rpartition(".")[2]) % 2 else OLD)
            for brief in archive(seed, 600)
        ]
        assert changes(briefs) == []


@pytest.mark.parametrize("seed", SEEDS)
class TestOneOfTwoServers:
    def test_behind_a_name(self, seed):
        def server_of(_, chance):
            return chance.choice(("192.0.2.25", "192.0.2.26"))

        briefs = [
            brief._replace(banner=NEW, split=True)
            if brief.server.address == "192.0.2.26" and number >= 300
            else brief
            for number, brief in enumerate(archive(seed, 700, server_of=server_of))
        ]
        (one,) = changes(briefs)
        assert one["address"] == "192.0.2.26"
        assert number_of(one) == next(number for number, brief in enumerate(briefs) if brief.split)
        assert shares(one) == [0, 100]

    def test_behind_an_address(self, seed):
        chance = chance_of(seed)
        other = OLD.replace("smtp.tele", "smtp2.tele")
        new = NEW.replace("smtp.tele", "smtp2.tele")
        banners = [chance.choice((OLD, other if number < 300 else new)) for number in range(700)]
        (one,) = changes(archive(seed, 700, banners.__getitem__, lambda n: float(banners[n] == new)))
        assert number_of(one) == banners.index(new)
        assert one["before"]["banner"] == OLD_KEY.replace("smtp.tele", "smtp2.tele")
        assert one["after"]["banner"] == NEW_KEY.replace("smtp.tele", "smtp2.tele")

    def test_one_of_two_that_greet_alike(self, seed):
        chance = chance_of(seed)
        banners = [NEW if number >= 300 and chance.random() < 0.5 else OLD for number in range(700)]
        (one,) = changes(archive(seed, 700, banners.__getitem__))
        assert number_of(one) == banners.index(NEW)


def test_the_scenario_of_one_hundred_servers_of_which_one_is_upgraded():
    briefs = [
        brief._replace(banner=NEW) if brief.server.address == "10.0.0.7" and number >= 5000 else brief
        for number, brief in enumerate(
            archive(3, 10_000, share_of=lambda _: 0.2, server_of=lambda n, _: f"10.0.0.{n % 100}")
        )
    ]
    (one,) = changes(briefs)
    assert (one["address"], number_of(one)) == ("10.0.0.7", 5007)


def test_a_client_that_begins_to_misread_by_itself():
    briefs = [
        brief._replace(misread=brief.split and number >= 400) if brief.client.address == CLIENTS[0] else brief
        for number, brief in enumerate(archive(2, 800, share_of=lambda _: 1.0))
    ]
    (one,) = changes(briefs)
    assert (one["side"], one["address"]) == ("client", CLIENTS[0])
    assert number_of(one) == next(
        number for number, brief in enumerate(briefs) if brief.client.address == CLIENTS[0] and brief.misread
    )
    assert (one["began"], one["ceased"], one["after"]["banner"]) == ([], [], None)


def test_refusals_are_no_banner():
    def banner(number):
        return "421 smtp.tele.fi too busy" if 300 <= number < 400 else OLD

    rows = rows_of(archive(1, 600, banner))
    assert [(row["kind"], row["banner"], row["sessions"]) for row in rows] == [
        ("server", OLD_KEY, 500),
        ("server", "421 smtp.tele.fi too busy", 100),
    ]


def test_what_is_new_in_each_session_is_no_banner():
    chance = chance_of(1)
    briefs = archive(1, 300, lambda _: f"220 mx{chance.randrange(3)} queue Q{chance.randrange(10**6)} Mail")
    assert {row["banner"] for row in rows_of(briefs)} == {f"220 mx{number} queue Mail" for number in range(3)}


def test_servers_and_those_who_misread_have_rows():
    rows = rows_of(archive(1, 600, lambda n: NEW if n >= 300 else OLD, lambda n: float(n >= 300)))
    assert [row["kind"] for row in rows] == ["change", "server", "server", "client", "client", "client"]
    servers = [row for row in rows if row["kind"] == "server"]
    assert [(row["banner"], row["sessions"], row["split"]) for row in servers] == [
        (OLD_KEY, 300, 0),
        (NEW_KEY, 300, 300),
    ]
    assert servers[0]["first_time"] == rfc3339(BEGIN, 6)
    assert servers[0]["last_time"] == rfc3339(BEGIN + 299 * EVERY + SECOND, 6)
    assert [row["address"] for row in rows if row["kind"] == "client"] == list(SEGMENT_READERS)
    for row in rows:
        if row["kind"] != "change":
            assert row["period_ns"] == 3 * 3600 * SECOND
            assert 0 < len(row["periods"]) <= 48
            for name in ("sessions", "split", "misread"):
                assert sum(one[name] for one in row["periods"]) == row[name]


def test_everybody_has_a_row_where_that_is_asked_for():
    rows = rows_of(archive(1, 600), "client", everybody=True)
    assert sorted(row["address"] for row in rows) == sorted(CLIENTS)
    assert sum(row["sessions"] for row in rows) == 600


def test_nothing_has_no_rows():
    assert rows_of([]) == []


def test_times_that_are_not_known_are_in_no_order():
    timeless = [session(number, CLIENTS[0], time=None) for number in range(40)]
    (one,) = rows_of(timeless)
    assert (one["sessions"], one["first_time"], one["last_time"], one["periods"]) == (40, None, None, [])
    row = rows_of([*timeless, session(50, CLIENTS[0])])[0]
    assert (row["sessions"], row["first_time"]) == (41, rfc3339(BEGIN + 50 * EVERY, 6))


def test_the_order_in_which_sessions_come_in_does_not_matter():
    briefs = list(archive(4, 500, lambda n: NEW if n % 3 or n >= 240 else OLD, lambda n: 0.9 * (n >= 240)))
    shuffled = chance_of(1).sample(briefs, len(briefs))
    assert rows_of(briefs, everybody=True) == rows_of(shuffled, everybody=True)


def plain_of(briefs):
    """The same sessions as columns."""

    def ends(of):
        numbers = [
            int.from_bytes(bytes(int(part) for part in of(brief).address.split("."))) for brief in briefs
        ]
        return np.array([(0, 0xFFFF << 32 | one, 25) for one in numbers], dtype=END)

    texts = list(dict.fromkeys(brief.banner for brief in briefs))
    zero = np.zeros(len(briefs), dtype=np.int64)
    return Plain(
        capture=0,
        keys=np.zeros(len(briefs), dtype=KEY),
        client=ends(lambda brief: brief.client),
        server=ends(lambda brief: brief.server),
        frames=np.array([brief.parts[0][1:] for brief in briefs]),
        times=np.array([(brief.first_time, brief.last_time) for brief in briefs]),
        identity=np.zeros((len(briefs), 4), dtype=np.int64),
        splits=np.array([(int(brief.split), 0) for brief in briefs]),
        notes=np.zeros((len(briefs), 2), dtype=np.int64),
        names=zero,
        banners=np.array([texts.index(brief.banner) for brief in briefs]),
        texts=tuple(texts),
    )


def same(one, other):
    return all(np.array_equal(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))


def test_columns_count_as_single_sessions_do():
    briefs = list(archive(4, 300, lambda n: NEW if n >= 140 else OLD, lambda n: 0.9 * (n >= 140)))
    briefs = [brief._replace(misread=False, clean=True) for brief in briefs]
    single, mixed = Sessions(), Sessions()
    for brief in briefs:
        single.add(brief)
    mixed.add_plain(plain_of(briefs[200:]))
    for brief in briefs[100:200]:
        mixed.add(brief)
    mixed.add_plain(plain_of(briefs[:100]))
    mixed.add_plain(plain_of(briefs[:100]).take(np.zeros(100, dtype=np.bool_)))
    assert same(single.columns(), mixed.columns())


def test_programs_on_two_ports_of_an_address_are_two_servers():
    # Submission is opened in the midst of the archive: nothing has changed on port 25.
    briefs = [
        brief._replace(server=brief.server._replace(port=587), banner=NEW, split=True)
        if number >= 300 and number % 2
        else brief
        for number, brief in enumerate(archive(1, 600))
    ]
    rows = rows_of(briefs)
    assert [(row["kind"], row["port"], row["sessions"]) for row in rows] == [
        ("server", 25, 450),
        ("server", 587, 150),
    ]

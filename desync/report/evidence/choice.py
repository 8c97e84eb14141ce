"""Which connections an annotated capture is to hold.

May know what scanning an archive found; must not know what is in a frame.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from desync.analysis.record import Outcome
from desync.archive.archive import Archive
from desync.errors import UsageError
from desync.findings.finding import Place

MOST_NAMED: Final = 20
"""Streams or codes named in a message."""


MOST_LINK: Final = 0xFFFF
"""Link types have 16 bits in pcapng."""


class Wanted(NamedTuple):
    """What was asked for; where neither is given, every connection with a finding above a note.

    Attributes:
        streams: Numbers of connections, as a report prints them.
        codes: Codes of findings.
    """

    streams: Sequence[int] = ()
    codes: Sequence[str] = ()


class Choice(NamedTuple):
    """What goes into the capture.

    Attributes:
        outcomes: The connections that were asked for, in the order of the report.
        companions: Connections without which those would be judged otherwise: their server offers early
            pipelining there, or a message comes again.
        left_out: Why connections that were asked for are not there, in words.
    """

    outcomes: list[Outcome]
    companions: list[Outcome]
    left_out: list[str]


def choose(archive: Archive, wanted: Wanted) -> Choice:
    """Choose connections.

    Raises:
        UsageError: There is none such.
    """
    found = [one for one in archive.outcomes() if _is_wanted(archive, wanted, one)]
    if not found:
        raise UsageError(_nothing(archive, wanted))
    if wanted.streams and len(found) > len(set(wanted.streams)):
        captures = sorted({archive.captures[one.brief.order[0]].path for one in found})
        msg = f"several captures have such a stream: name one of {', '.join(captures)}"
        raise UsageError(msg)
    once, left_out = _each_once(archive, [one for one in found if not _odd_paths(archive, [one])])
    left_out += [f"{path}: its link type has no number in pcapng" for path in _odd_paths(archive, found)]
    if not once:
        raise UsageError(left_out[0])
    return Choice(once, _companions(archive, once), left_out)


def _is_wanted(archive: Archive, wanted: Wanted, outcome: Outcome) -> bool:
    if wanted.streams and archive.stream_of(outcome.brief) not in wanted.streams:
        return False
    record = outcome.record
    if record is None:
        return False
    findings = record.findings
    if wanted.codes:
        return any(one.rule.code in wanted.codes for one in findings)
    return bool(wanted.streams) or any(one.severity != "note" for one in findings)


def _each_once(archive: Archive, found: Sequence[Outcome]) -> tuple[list[Outcome], list[str]]:
    """Leave out what one capture cannot hold beside the others.

    A connection captured at two points is one; other connections of the same endpoints in captures that
    do not belong together would be taken for one.
    """
    same = archive.same_connections()
    set_of = {index: number for number, members in enumerate(archive.sets) for index in members}
    taken: dict[object, tuple[int, Outcome]] = {}
    once, left_out = [], []
    for one in found:
        number = set_of[one.brief.order[0]]
        before = taken.setdefault(one.brief.key.item(), (number, one))
        if before[0] == number:
            once.append(one)
            continue
        where = archive.captures[one.brief.order[0]].path
        if before[1].brief.order in same.get(one.brief.order, ()):
            why = f"stream {archive.stream_of(one.brief)} is the same connection as one written already"
        else:
            why = (
                f"stream {archive.stream_of(one.brief)} has the addresses and ports of another connection; "
                "write it to a file of its own"
            )
        left_out.append(f"{where}: {why}")
    return once, left_out


def _odd_paths(archive: Archive, found: Sequence[Outcome]) -> list[str]:
    """The captures with a link type that pcapng has no number for."""
    captures = [archive.captures[part.capture] for one in found for part in one.brief.parts]
    odd = (one.path for one in captures if any((link or 0) > MOST_LINK for link in one.link_types))
    return list(dict.fromkeys(odd))


def _companions(archive: Archive, chosen: Sequence[Outcome]) -> list[Outcome]:
    """The connections that verdicts on those chosen rest on."""
    facts = archive.facts
    offers = {one.brief.server.address for one in chosen if one.brief.offers_early_pipelining}
    servers = {
        one.brief.server.address
        for one in chosen
        if one.brief.depends and one.brief.server.address in facts.early_pipelining
    } - offers
    places = {
        later
        for place, several in facts.repeats.items()
        for later in several
        if any(_holds(one, place) for one in chosen)
    }
    if not servers and not places:
        return []
    orders = {one.brief.order for one in chosen}
    return list(_others(archive.outcomes(), orders, servers, places))


def _others(
    outcomes: Iterable[Outcome], chosen: Collection[tuple[int, int]], servers: set[str], places: set[Place]
) -> Iterable[Outcome]:
    for one in outcomes:
        if one.brief.order in chosen:
            continue
        offers = one.brief.offers_early_pipelining and one.brief.server.address in servers
        if offers or any(_holds(one, place) for place in places):
            servers.discard(one.brief.server.address)
            yield one


def _holds(outcome: Outcome, place: Place) -> bool:
    """Whether a frame may be one of a connection's: it lies among them."""
    return any(
        part.capture == place.capture and part.first_frame <= place.frame <= part.last_frame
        for part in outcome.brief.parts
    )


def _nothing(archive: Archive, wanted: Wanted) -> str:
    """Say what there is instead of what was asked for."""
    if wanted.streams and not wanted.codes:
        known = [str(archive.stream_of(one.brief)) for one in archive.outcomes()]
        return f"no mail connection is such a stream; those there are: {_named(known) or 'none'}"
    codes = {code for one in archive.outcomes() for code, _ in one.brief.codes}
    return f"no connection has such a finding; found were: {_named(sorted(codes)) or 'none'}"


def _named(words: Sequence[str]) -> str:
    return ", ".join(words[:MOST_NAMED]) + (", ..." if len(words) > MOST_NAMED else "")

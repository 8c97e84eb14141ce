"""Say first what an administrator wants: who misbehaved, when, how often, how sure.

May know groups of findings and the document's summary; must not know the evidence in detail.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from desync.report.jsonl import Document
from desync.report.text_groups import Connection, Group, Party, by_id, count_sessions, parties
from desync.report.text_habit import write_habit
from desync.report.text_mail import mail_headline
from desync.report.text_sheet import Sheet
from desync.report.text_words import CERTAINTY, OUT_OF_TURN, SEVERITY_RANK, clip, period, plural

MOST_PARTIES: Final = 10
"""Clients or servers listed before ``--all`` is asked for."""

NAME_LIMIT: Final = 80
"""Characters of a name or banner that a heading shows."""

DRIFT: Final = "SYNC201"

STYLE: Final = {"error": "bold red", "warning": "yellow", "note": "dim"}


@dataclass(frozen=True, slots=True)
class Known:
    """What the document says of connections, and of clients and servers in all."""

    connections: Mapping[str, Connection]
    sessions: Counter[tuple[str, str]]
    rows: Mapping[str, list[Mapping[str, Any]]]


def write_headline(sheet: Sheet, document: Document, groups: list[Group]) -> None:
    """Write the answer in a few sentences: who spoke out of turn, who lost step, what became of mail."""
    summary = document["summary"]
    drifted = _drifted(document, groups)
    if not document["captures"]:
        sheet.paragraph(("Nothing could be analysed.", "bold"))
    elif not summary["mail"]:
        sheet.paragraph((_without_mail(summary), "bold"))
    else:
        _write_turns(sheet, document, groups, drifted)
    if drifted:
        where = f"In {drifted:,} of {plural(summary['mail'], 'mail connection')}"
        what = f"{where} a client took replies for the answers to other commands (drift)."
        sheet.paragraph((what, "bold red"))
    lost = mail_headline(document)
    if lost:
        sheet.paragraph((lost, "bold red"))
    hidden = max(summary["encrypted"], summary["by_code"].get("CAP912", 0))
    if hidden:
        encrypted = plural(hidden, "connection is", "connections are")
        sheet.paragraph(
            f"{encrypted} encrypted, wholly or from STARTTLS on; what was said inside cannot be judged.",
        )


def _write_turns(sheet: Sheet, document: Document, groups: list[Group], drifted: int) -> None:
    """Write how many clients spoke out of turn; nothing of that where one lost step without it."""
    mail = plural(document["summary"]["mail"], "mail connection")
    accused = parties(group for group in groups if group.accuses)
    undecided = _undecided(groups)
    if accused:
        connections = by_id(document)
        concerned = sum(count_sessions(party.findings, connections) for party in accused)
        sheet.paragraph(
            (f"{plural(len(accused), 'client')} spoke out of turn, in {concerned:,} of {mail}.", "bold red"),
        )
    elif undecided:
        sheet.paragraph((f"No client is shown to have spoken out of turn in {mail};", "bold"))
        sheet.paragraph(
            (f"for {plural(len(undecided), 'client')} the capture does not decide it.", "bold yellow")
        )
    elif not drifted:
        sheet.paragraph((f"No client spoke out of turn in {mail}; {_hidden(document)}.", "bold green"))


def _drifted(document: Document, groups: list[Group]) -> int:
    """Count the connections in which a client lost step with its server, as far as that is shown."""
    sure = [group.findings for group in groups if group.code == DRIFT and group.certainty != "inconclusive"]
    return count_sessions((one for findings in sure for one in findings), by_id(document))


def write_parties(sheet: Sheet, document: Document, groups: list[Group], *, everything: bool) -> None:
    """Write who is concerned: clients out of turn, undecided ones, then all others."""
    known = known_of(document)
    for heading, members in sections_of(groups):
        _write_section(sheet, known, heading, members, everything=everything)


def known_of(document: Document) -> Known:
    """Find what the document says of connections, and of clients and servers in all."""
    return Known(by_id(document), _sessions(document), _rows(document))


def sections_of(groups: list[Group]) -> Iterator[tuple[str, list[Party]]]:
    """Yield who is concerned under the headings that say how; each group of findings once."""
    accusing = [group for group in groups if group.accuses]
    accused = {group.address for group in accusing}
    undecided = _undecided(groups)
    listed = [group for group in groups if _speaks(group)]
    sections = (
        (
            "Clients that spoke out of turn",
            [group for group in listed if group.accuses or _same(group, accused)],
        ),
        (
            "Clients that lost step",
            [group for group in listed if _lost_step(group) and group.address not in accused],
        ),
        ("Not decided", [group for group in undecided if group.address not in accused]),
        ("Other findings", [group for group in listed if not group.accuses and not _same(group, accused)]),
    )
    shown: set[int] = set()
    for heading, members in sections:
        fresh = [group for group in members if id(group) not in shown]
        shown.update(id(group) for group in fresh)
        yield heading, parties(fresh)


def _write_section(
    sheet: Sheet, known: Known, heading: str, members: list[Party], *, everything: bool
) -> None:
    if not members:
        return
    sheet.heading(heading)
    most = len(members) if everything else MOST_PARTIES
    for number, party in enumerate(members[:most]):
        if number:
            sheet.blank()
        write_party(sheet, known, party)
    if len(members) > most:
        sheet.paragraph(f"and {len(members) - most:,} more; --all shows them.", indent=2)


def write_party(sheet: Sheet, known: Known, party: Party) -> None:
    """Write a client or server: its names, how many of its sessions, how it reads, what was found."""
    connections = known.connections
    sheet.paragraph((party.address, "bold"), *names_of(party, connections), hang=2)
    concerned = count_sessions(party.findings, connections)
    total = known.sessions[party.side, party.address] or concerned
    sheet.field("sessions", f"{concerned:,} of {total:,}", *_peers(party, connections))
    if party.side == "client":
        write_habit(sheet, known.rows.get(party.address, []), party.findings, connections)
    times = sorted(finding["time"] for finding in party.findings if finding["time"] is not None)
    sheet.field("when", period(times[0], times[-1]) if times else "the capture has no times")
    for group in party.groups:
        sheet.field(
            group.code,
            (group.name, STYLE.get(group.severity, "")),
            f", {plural(len(group.findings), 'time')} in {plural(group.sessions, 'session')}: ",
            CERTAINTY.get(group.certainty, group.certainty),
        )


def names_of(party: Party, connections: Mapping[str, Connection]) -> list[str]:
    """Say by which names a client introduced itself, or which banner a server showed."""
    member = {"client": "name", "server": "banner"}.get(party.side)
    if member is None:
        # The path, the capture and the configuration have no names.
        return []
    ids = {finding["connection"] for finding in party.findings}
    names = {connections[one][party.side][member] for one in ids if one in connections}
    known = sorted(name for name in names if name)
    if not known:
        return []
    word = "says it is" if party.side == "client" else "banner"
    more = f" and {len(known) - 2} more names" if len(known) > 2 else ""
    return [f"  {word} ", " and ".join(clip(name, NAME_LIMIT) for name in known[:2]), more]


def _peers(party: Party, connections: Mapping[str, Connection]) -> list[str]:
    """Name the other side, where it is one or two addresses."""
    other = "server" if party.side == "client" else "client"
    ids = {finding["connection"] for finding in party.findings}
    peers = sorted({connections[one][other]["address"] for one in ids if one in connections})
    if not peers:
        return []
    preposition = "to" if party.side == "client" else "from"
    more = f" and {len(peers) - 2} more" if len(peers) > 2 else ""
    return [f" {preposition} ", ", ".join(peers[:2]), more]


def _sessions(document: Document) -> Counter[tuple[str, str]]:
    """Count the sessions of each client and server; the summary has a line for each of its names."""
    counted: Counter[tuple[str, str]] = Counter()
    for side in ("client", "server"):
        for entry in document["summary"][f"{side}s"]:
            counted[side, entry["address"]] += entry["sessions"]
    return counted


def _rows(document: Document) -> dict[str, list[Mapping[str, Any]]]:
    """Gather the summary's rows of each client: one for each name that it gave itself."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in document["summary"]["clients"]:
        found.setdefault(row["address"], []).append(row)
    return found


def _undecided(groups: list[Group]) -> list[Group]:
    """Select clients' inconclusive findings where nothing surer is known of the client."""
    accused = {group.address for group in groups if group.accuses}
    return [
        group
        for group in groups
        if group.code in OUT_OF_TURN and not group.accuses and group.address not in accused
    ]


def _speaks(group: Group) -> bool:
    """Whether a group belongs before the evidence: above a note, and not about the capture."""
    return group.side != "capture" and SEVERITY_RANK.get(group.severity, 0) > 0 and group.blame != "capture"


def _lost_step(group: Group) -> bool:
    return group.code == DRIFT and group.side == "client" and group.certainty != "inconclusive"


def _same(group: Group, accused: set[str]) -> bool:
    return group.side == "client" and group.address in accused


def _without_mail(summary: Mapping[str, Any]) -> str:
    others = plural(summary["connections"], "TCP connection")
    return f"No mail: {others}, none of them SMTP or LMTP that could be read."


def _hidden(document: Document) -> str:
    """Say what the capture may hide from the verdict, from the counts of its problems."""
    hiding = ("CAP901", "CAP902", "CAP903", "CAP905", "CAP908", "CAP910")
    count = sum(document["summary"]["by_code"].get(code, 0) for code in hiding)
    if count:
        return f"but the capture is not whole ({plural(count, 'problem')}, below)"
    return "nothing hidden: 0 octets missing"

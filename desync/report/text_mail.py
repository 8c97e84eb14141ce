"""Say which messages were lost or may come twice, whose they are, and why.

May know the document's transactions; must not know how an outcome was found out.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from desync.report.jsonl import Document
from desync.report.text_groups import Connection
from desync.report.text_sheet import Part, Sheet
from desync.report.text_words import OUTCOME, clip, clock, plural

MOST_MESSAGES: Final = 10
"""Messages that are listed before ``--all`` is asked for."""

MOST_RECIPIENTS: Final = 3
NAME_LIMIT: Final = 120

Transaction: TypeAlias = Mapping[str, Any]

_VERDICT: Final = {
    "lost": ("lost", "bold red"),
    "duplicate-risk": ("may come twice", "bold red"),
    "unknown": ("fate not known", "yellow"),
}


def at_risk(document: Document) -> list[tuple[Connection, Transaction]]:
    """Select the messages that were lost or may come twice, or whose fate a drift hides.

    A connection that the archive holds twice is looked at once.
    """
    seen: set[str] = set()
    found = []
    for connection in document["connections"]:
        if not seen.isdisjoint(connection["same_as"]):
            continue
        seen.add(connection["id"])
        found += [(connection, one) for one in connection["transactions"] if _is_at_risk(connection, one)]
    return found


def _is_at_risk(connection: Connection, one: Transaction) -> bool:
    verdict = one["verdict"]
    hidden = verdict == "unknown" and connection["drift"] is not None
    return verdict in ("lost", "duplicate-risk") or hidden


def mail_headline(document: Document) -> str:
    """Say in a sentence or two how many messages were lost or may come twice; empty where none."""
    verdicts = [one["verdict"] for _, one in at_risk(document)]
    lost, twice = verdicts.count("lost"), verdicts.count("duplicate-risk")
    sentences = []
    if lost:
        words = plural(lost, "message was", "messages were")
        delivered = "it was" if lost == 1 else "they were"
        sentences.append(f"{words} lost, though the sending side believes that {delivered} delivered.")
    if twice:
        sentences.append(f"{plural(twice, 'message')} may come twice.")
    return " ".join(sentences)


def write_mail(sheet: Sheet, document: Document, *, everything: bool) -> None:
    """Write the messages that were lost or are at risk: whose, what became of them, and why."""
    messages = at_risk(document)
    if not messages:
        return
    sheet.heading("Mail lost or at risk")
    paths = {one["index"]: one["path"] for one in document["captures"]}
    most = len(messages) if everything else MOST_MESSAGES
    for number, (connection, one) in enumerate(messages[:most]):
        if number:
            sheet.blank()
        write_message(sheet, connection, one, paths)
    if len(messages) > most:
        sheet.paragraph(f"and {len(messages) - most:,} more; --all shows them.", indent=2)


def write_message(sheet: Sheet, connection: Connection, one: Transaction, paths: Mapping[int, str]) -> None:
    """Write whose a message is, what became of it, what the client believed, and why."""
    sheet.paragraph(_VERDICT[one["verdict"]], ": ", *_names(one), hang=2)
    sheet.field("truly", *_truly(one))
    sheet.field("believed", OUTCOME.get(one["believed_outcome"], str(one["believed_outcome"])))
    if one["because"]:
        sheet.field("why", clip(one["because"], NAME_LIMIT * 3))
    sheet.field("session", *_session(connection, paths))


def _names(one: Transaction) -> Iterator[Part]:
    yield "from "
    yield (_path(one["sender"]), "bold")
    recipients = one["recipients"]
    if not recipients:
        return
    yield " to "
    yield (", ".join(_path(each["address"]) for each in recipients[:MOST_RECIPIENTS]), "bold")
    if len(recipients) > MOST_RECIPIENTS:
        yield f" and {plural(len(recipients) - MOST_RECIPIENTS, 'more recipient')}"


def _path(address: str | None) -> str:
    return "an unknown address" if address is None else f"<{clip(address, NAME_LIMIT)}>"


def _truly(one: Transaction) -> Iterator[str]:
    yield OUTCOME.get(one["outcome"], str(one["outcome"]))
    if one["final_reply"] is not None:
        yield f" ({one['final_reply']})"
    if one["queue_id"]:
        yield f", as {clip(one['queue_id'], NAME_LIMIT)}"
    if one["message_octets"]:
        yield f", {plural(one['message_octets'], 'octet')}"


def _session(connection: Connection, paths: Mapping[int, str]) -> Iterator[str]:
    client, server = connection["client"], connection["server"]
    yield f"{client['address']} port {client['port']} to {server['address']} port {server['port']}, "
    yield f"{clock(connection['first_time'])}, {paths.get(connection['capture'], 'unknown file')}"
    if connection["stream"] is not None:
        yield f", tcp.stream {connection['stream']}"

"""How a letter begins: what it is about, and who spoke with whom.

May know the connection's ends and which findings are told; must not know what they say.
"""

from collections.abc import Iterator
from typing import Final

from desync.report.escape import escape
from desync.report.letter.choice import Connection, Finding, Side, Topic
from desync.report.letter.lines import plain, wrapped
from desync.report.text_words import CAPTURE_POINT, clip, clock

_NAME_LIMIT: Final = 120


def opening(connection: Connection, side: Side, found: list[Topic], split: Finding | None) -> Iterator[str]:
    """The subject, who speaks with whom, and what the letter is about.

    Args:
        connection: The connection.
        side: Whom the letter is for.
        found: What it is about.
        split: A lawful reply in pieces that was misread, or None.
    """
    yield from wrapped(f"Subject: {_subject(connection, side, found, split)}", hang=9)
    yield ""
    yield "Hello,"
    yield ""
    yield from wrapped(_shown(side, found, split))
    yield ""
    for end in ("client", "server"):
        yield from wrapped(_end(connection, end), bullet=f"  {end}  ")
    yield from wrapped(f"{clock(connection['first_time'])}{_point(connection)}", bullet="  began   ")
    yield ""
    yield from wrapped(
        "All of it can be checked in the capture. Octets are counted from 0 behind each side's SYN "
        "(Wireshark's relative sequence number less one); 'acknowledges 17' says that the segment "
        "acknowledges the first 17 octets of the other side."
    )


def _shown(side: Side, found: list[Topic], split: Finding | None) -> str:
    """What the capture shows, in a sentence."""
    own, other = ("client", "server") if side == "client" else ("server", "client")
    if not found and split is not None:
        return "a packet capture shows that a mail client misreads lawful replies of your server."
    if _is_path(found):
        return (
            f"a packet capture shows that something between your mail {own} and the {other} named below "
            "interferes with their connection. Whether it stands on your side, one capture cannot tell."
        )
    if all(one.cause["blame"] == "configuration" for one in found):
        return f"a packet capture shows something of your mail {own} that you will want to know."
    return (
        f"a packet capture shows that a connection between your mail {own} and the {other} named below "
        "went wrong, and that it began on your side."
    )


def _subject(connection: Connection, side: Side, found: list[Topic], split: Finding | None) -> str:
    """Whom it is about, and what."""
    who = escape(connection[side]["address"])
    if found:
        names = [plain(one.cause["name"]) for one in found[:2]]
        more = f" and {len(found) - 2} more" if len(found) > 2 else ""
        return f"SMTP {side} {who}: {', '.join(names)}{more}"
    return f"SMTP server {who}: replies in pieces that a client misreads" if split is not None else who


def _end(connection: Connection, side: str) -> str:
    """An end: its address, and what it calls itself."""
    one = connection[side]
    said = one.get("name") if side == "client" else one.get("banner")
    verb = "calls itself" if side == "client" else "greets with"
    says = f', {verb} "{escape(clip(said, _NAME_LIMIT))}"' if said else ""
    return f"{escape(one['address'])} port {one['port']}{says}"


def _point(connection: Connection) -> str:
    point = connection["capture_point"]
    return "" if point == "unknown" else f", captured {CAPTURE_POINT.get(point, point)}"


def _is_path(found: list[Topic]) -> bool:
    return all(one.cause["blame"] in {"path", "nobody"} for one in found)

"""A connection and its findings with pseudonyms.

May know the document's members; must not know how pseudonyms are made.
"""

from collections.abc import Mapping
from typing import Any, Final

from desync.report.redacted.names import Names
from desync.report.redacted.replies import Replies
from desync.tcp.endpoint import Endpoint

Document = dict[str, Any]

_NAMING: Final = frozenset({"address", "text", "name", "banner"})
"""Members of a finding's details that hold what a side said."""


def redacted_connection(names: Names, one: Mapping[str, Any]) -> Document:
    """A connection with pseudonyms: its ends, what both said, its mail, its findings."""
    words = names.words
    client, server = one["client"], one["server"]
    _learn(names, one)
    asked = [each["reply"] for each in one["exchanges"] if each["reply"] is not None]
    replies = Replies(words, [*asked, *one["unpaired_replies"]])
    return {
        **one,
        "community_id": one["community_id"]
        and names.community(
            Endpoint(client["address"], client["port"]), Endpoint(server["address"], server["port"])
        ),
        "client": {**client, **_end(names, client["address"]), "name": _maybe(words.name, client["name"])},
        "server": {
            **server,
            **_end(names, server["address"]),
            "banner": _maybe(words.text, server["banner"]),
        },
        "tls": one["tls"] and {**one["tls"], "server_name": _maybe(words.name, one["tls"]["server_name"])},
        "extensions": [words.text(each) for each in one["extensions"]],
        "exchanges": [
            {
                **each,
                "text": _maybe(words.text, each["text"]),
                "reply": replies.reply(each["reply"]),
                "believed": replies.believed(each["believed"]),
            }
            for each in one["exchanges"]
        ],
        "unpaired_replies": [replies.reply(each) for each in one["unpaired_replies"]],
        "transactions": [_transaction(names, each) for each in one["transactions"]],
        "findings": [redacted_finding(names, each, one, replies) for each in one["findings"]],
    }


def redacted_finding(
    names: Names,
    finding: Mapping[str, Any],
    connection: Mapping[str, Any] | None = None,
    replies: Replies | None = None,
) -> Document:
    """A finding with pseudonyms.

    Args:
        names: The pseudonyms.
        finding: The finding. Its message holds nothing that a side said.
        connection: Its connection, if it has one.
        replies: That connection's replies.
    """
    details = {name: _detail(names, name, value) for name, value in finding["details"].items()}
    if details.get("held_hex"):
        start = _reply_start(finding, connection)
        shown = ""
        if replies is not None and start is not None:
            shown = replies.held(details["held_hex"], start, details["held"])
        details["held_hex"] = shown
    return {
        **finding,
        "client": names.end(finding["client"]),
        "server": names.end(finding["server"]),
        "details": details,
    }


def _learn(names: Names, one: Mapping[str, Any]) -> None:
    """Number the ends first, in the order in which connections come; and take its own names for names."""
    for side in ("client", "server"):
        names.words.address(one[side]["address"])
    if one["server"]["banner"] is not None:
        names.words.text(one["server"]["banner"])
    if one["client"]["name"] is not None:
        names.words.name(one["client"]["name"])
    for each in one["exchanges"]:
        reply = each["reply"]
        if each["verb"] in {"EHLO", "HELO", "LHLO"} and reply is not None and reply["code"] == 250:
            first = reply["text"][0][4:].partition(" ")[0] if reply["text"] else ""
            names.words.learn(first.encode("utf-8", "surrogatepass"), host=True)
    for transaction in one["transactions"]:
        for box in (transaction["sender"], *(each["address"] for each in transaction["recipients"])):
            _maybe(names.words.mailbox, box)


def _transaction(names: Names, one: Mapping[str, Any]) -> Document:
    words = names.words
    return {
        **one,
        "sender": _maybe(words.mailbox, one["sender"]),
        "recipients": [
            {**each, "address": _maybe(words.mailbox, each["address"])} for each in one["recipients"]
        ],
        "queue_id": _maybe(words.text, one["queue_id"]),
    }


def _reply_start(finding: Mapping[str, Any], connection: Mapping[str, Any] | None) -> int | None:
    """Where the reply begins that the client held a part of, or that came in pieces."""
    index = finding["details"].get("reply_of")
    if index is None and finding["exchanges"] is not None:
        index = finding["exchanges"][0]
    for each in connection["exchanges"] if connection is not None else ():
        if each["index"] == index and each["reply"] is not None:
            start: int = each["reply"]["octets"][0]
            return start
    return None


def _detail(names: Names, name: str, value: Any) -> Any:
    if isinstance(value, str):
        return names.words.mailbox(value) if name in _NAMING else value
    if isinstance(value, Mapping):
        return {inner: _detail(names, inner, each) for inner, each in value.items()}
    if isinstance(value, list | tuple):
        return [_detail(names, name, each) for each in value]
    return value


def _end(names: Names, address: str) -> Document:
    return {"address": names.words.address(address)}


def _maybe(replace: Any, text: str | None) -> str | None:
    return None if text is None else replace(text)

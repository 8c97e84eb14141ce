"""Which findings of a connection a letter is about, and which of them follow from which.

May know the document's findings; must not know how a letter reads.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from desync.report.text_words import SEVERITY_RANK

Finding: TypeAlias = Mapping[str, Any]
Connection: TypeAlias = Mapping[str, Any]
Side: TypeAlias = Literal["client", "server"]

_CONCERNS: Final[Mapping[Side, frozenset[str]]] = {
    "client": frozenset({"SYNC108"}),
    "server": frozenset({"MAIL701"}),
}
"""What is a matter of configuration: whose."""

MISREAD: Final = frozenset({"SYNC102", "SYNC103"})
DRIFT: Final = "SYNC201"
_SPLIT_CAUSES: Final = frozenset({"split-reply", "multiline-reply"})
SPLITS: Final = ("REPLY301", "REPLY302")


class Topic(NamedTuple):
    """A finding that a letter is about, and what followed from it.

    Attributes:
        cause: The finding.
        followed: Findings that name it as what they follow from, in the order of the dialogue.
    """

    cause: Finding
    followed: tuple[Finding, ...]


def topics(connection: Connection, side: Side) -> list[Topic]:
    """What there is to write to a side, the causes in the order in which they came about.

    Notes are not worth a letter, and what is not certain enough to be said of anybody is not said to him.
    """
    grave = [one for one in connection["findings"] if _is_grave(one)]
    codes = {one["code"] for one in grave}
    roots = [one for one in grave if _cause_of(one) not in codes - {one["code"]}]
    roots = [one for one in roots if _is_for(one, side, connection)]
    return [Topic(one, tuple(_followed(one, grave))) for one in _once(roots)]


def split_for(connection: Connection) -> Finding | None:
    """A reply that came in pieces and was misread: lawful, and the server's to make rare; or None."""
    findings: list[Finding] = [one for one in connection["findings"] if one["certainty"] != "inconclusive"]
    misread = [one for one in findings if one["code"] in MISREAD and one["details"].get("split")]
    if misread:
        return misread[0]
    drift = connection["drift"]
    drifted = drift is not None and drift["cause"] in _SPLIT_CAUSES
    if drifted and any(one["code"] == DRIFT for one in findings):
        return next((one for one in findings if one["code"] in SPLITS), None)
    return None


def others(connection: Connection, side: Side) -> list[Finding]:
    """What was found that is nothing to write to this side."""
    own = {id(one) for topic in topics(connection, side) for one in (topic.cause, *topic.followed)}
    return [one for one in connection["findings"] if id(one) not in own and _is_grave(one)]


def _is_grave(one: Finding) -> bool:
    grave = SEVERITY_RANK.get(one["severity"], 0) > 0 and one["certainty"] != "inconclusive"
    return grave and not (
        one["blame"] == "capture" or (one["code"].startswith("CAP9") and one["code"] != "CAP907")
    )


def _is_for(one: Finding, side: Side, connection: Connection) -> bool:
    """Whether a finding is to be told to a side.

    Of a client that took a 421 for the answer to its next command the client is told: a server may send
    one at any time (RFC 5321, section 3.8).
    """
    drift = connection["drift"]
    if one["code"] == DRIFT and drift is not None and drift["cause"] == "unsolicited-reply":
        return side == "client"
    return one["blame"] in {side, "path"} or one["code"] in _CONCERNS[side]


def _cause_of(one: Finding) -> str | None:
    cause = one["details"].get("because")
    return cause if isinstance(cause, str) else None


def _followed(cause: Finding, findings: Sequence[Finding]) -> Iterator[Finding]:
    """What names a finding as its cause, and what names that."""
    codes = {cause["code"]}
    for _ in findings:
        more = {one["code"] for one in findings if _cause_of(one) in codes}
        if more <= codes:
            break
        codes |= more
    for one in findings:
        if one is not cause and _cause_of(one) in codes and one["code"] != cause["code"]:
            yield one


def _once(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The first finding of each code, in the order of the dialogue."""
    seen: set[str] = set()
    for one in sorted(findings, key=lambda each: (each["exchanges"] or [1 << 60])[0]):
        if one["code"] not in seen:
            seen.add(one["code"])
            yield one

"""Judge a connection in which copies of octets differ: what holds whichever of them its receiver took.

Every TCP keeps one of the copies, by rules of its own (``tcp.policies``). The connection is read as each
of them would have it. What all of them lead to stands; what only some lead to is inconclusive, and says
under which policies it holds. May know policies and findings; must not know any single rule.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from desync.exchanges.conversation import Conversation, converse
from desync.findings.certainty import DIFFER
from desync.findings.finding import Detail, Finding
from desync.findings.rule import Certainty
from desync.tcp.connection import Connection
from desync.tcp.direction import MOST_CONFLICTS
from desync.tcp.policies import POLICIES, Policy

CONFLICT: Final = "CAP907"
"""The finding that tells of the copies themselves."""

_ORDER: Final[tuple[Certainty, ...]] = ("inconclusive", "consistent", "proved")

Judge: TypeAlias = Callable[[Conversation], list[Finding]]
_Key: TypeAlias = tuple[str, object]


class _Reading(NamedTuple):
    """What some policies make of a connection."""

    policies: list[Policy]
    findings: list[Finding]


def judge_disputed(conversation: Conversation, judge: Judge) -> list[Finding]:
    """Judge a connection under every policy.

    Args:
        conversation: The connection, read by the first copies.
        judge: Judges one that is in no doubt.

    Returns:
        The findings of the reading by first copies, as sure as the other readings leave them.
    """
    as_it_is = judge(conversation)
    streams = (conversation.connection.client_stream, conversation.connection.server_stream)
    if any(stream.passed or len(stream.conflicts) >= MOST_CONFLICTS for stream in streams):
        # Only what is kept whole can be read once more, nor is a flood of copies to cost six times.
        return as_it_is
    told = [one for one in as_it_is if one.rule.code == CONFLICT]
    readings = _readings(conversation, judge)
    unsettled = sum(one.settled is None for stream in streams for one in stream.conflicts)
    # Of several a receiver may have taken one copy here and the other there, and no reading is that.
    base = readings[0].findings if unsettled == 1 else [one for one in as_it_is if one not in told]
    found = [_weighed(one, readings) for one in base]
    return found + [_with_others(one, readings) for one in told]


def _readings(conversation: Conversation, judge: Judge) -> list[_Reading]:
    """What is found under each policy, those that keep the same octets together; the first copies' first."""
    return [_Reading(policies, judge(read)) for policies, read in read_under(conversation)]


def read_under(conversation: Conversation) -> list[tuple[list[Policy], Conversation]]:
    """The connection as it reads under each policy, those that keep the same octets together."""
    implicit = conversation.encryption is not None and conversation.encryption.exchange is None
    known: dict[object, tuple[list[Policy], Conversation]] = {}
    for policy in POLICIES:
        connection = conversation.connection.under(policy)
        kept = (connection.client_stream.runs, connection.server_stream.runs)
        if kept in known:
            known[kept][0].append(policy)
        else:
            known[kept] = [policy], converse(_without_doubt(connection), implicit_tls=implicit)
    return list(known.values())


def _without_doubt(connection: Connection) -> Connection:
    """The connection as if the copies that it is read by were the only ones."""
    return connection._replace(
        client_stream=connection.client_stream._replace(conflicts=()),
        server_stream=connection.server_stream._replace(conflicts=()),
    )


def _key(one: Finding) -> _Key:
    """What makes findings of two readings the same."""
    return one.rule.code, one.exchanges or one.frame


def _weighed(one: Finding, readings: list[_Reading]) -> Finding:
    """A finding, as sure as it is under the policies where it is least so."""
    under: list[Policy] = []
    least = one.certainty
    for reading in readings:
        same = next((each for each in reading.findings if _key(each) == _key(one)), None)
        if same is not None:
            under += reading.policies
            least = min(least, same.certainty, key=_ORDER.index)
    if len(under) in (0, len(POLICIES)):
        return replace(one, certainty=least)
    reasons = one.details.get("reasons", ())
    known = [each for each in reasons if each != DIFFER] if isinstance(reasons, list | tuple) else []
    policies = _sorted(under)
    why = f"{DIFFER}: it holds under the policies {', '.join(policies)}"
    details = {**one.details, "reasons": [*known, why], "policies": policies}
    return replace(one, certainty="inconclusive", details=details)


def _with_others(one: Finding, readings: list[_Reading]) -> Finding:
    """The finding of the conflict, with what would be found if other copies were taken."""
    known = {_key(each) for each in readings[0].findings}
    others: list[Detail] = []
    told = ""
    for reading in readings[1:]:
        codes = sorted({each.rule.code for each in reading.findings if _key(each) not in known})
        if codes:
            policies = _sorted(reading.policies)
            others.append({"policies": policies, "codes": codes})
            told += f"; under the policy {' or '.join(policies)} there would be {', '.join(codes)} besides"
    if not others:
        return one
    return replace(one, message=one.message + told, details={**one.details, "otherwise": others})


def _sorted(policies: list[Policy]) -> list[Policy]:
    return [policy for policy in POLICIES if policy in policies]

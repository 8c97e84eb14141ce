r"""MAIL701 routed-recipient-accepted

The server accepted a recipient that names a way over it to another host: the old test for a
relay that is open to anybody.

Fires when
    RCPT names a recipient in one of these forms and is answered 2yz, and the message, if it
    came to one, was not refused:

        user%host@relay        also nested, user%inner%outer@relay, and without @relay
        host!user              also with @relay
        @relay:user@host       a source route, with one host or more
        "user@host"@relay      also without @relay
        user@host@relay

    Recipients of one connection are one finding. details.recipients has each with its form,
    its code, and what became of the message.

    Certainty: proved means that the server said it accepts this recipient. It does not mean
    that mail was relayed. Inconclusive where the capture does not show what became of the
    message, or which reply answers the RCPT.

Does not fire when
    - The recipient was refused, or MAIL, DATA or the message was (a temporary refusal
      counts), or in LMTP and PRDR the message for this recipient.
    - The recipient only looks like it: SRS0=...=host=user@relay, prvs=...=user@host,
      bounce-user=host@list hold no such form, and those of SRS are never taken for one; what
      stands behind % is an octet as an URL writes it (%40, %2B); the sign is at either end;
      it stands in an address literal, as in user@[IPv6:fe80::1%eth0].
    - The sender is of such a form. Only recipients are looked at.
    - The argument of RCPT is not written like a path, or is longer than 320 octets.

    Not known: whether anything was relayed. The server may strip the route and deliver to a
    mailbox of its own: RFC 5321 asks just that for source routes. It may have a mailbox whose
    name holds % or !: what a local part means is its host's business alone. It may bounce
    the message later, or serve this client because it may relay (its address, AUTH). Onward
    connections of the server are not searched for the message.

Why it matters
    Checks on the domain behind the last @ see the server's own name, and let the address
    pass; a rewriting step then takes the name off, and what is left is a stranger's address.
    So a server that refuses to relay for user@host may relay for user%host@relay, whoever
    asks. Such a server is found by those who send spam, and its address is listed for it.

What to do
    client: Write recipients as mailboxes, user@host. Who is testing: the 2yz is no proof;
        look whether the message arrives.
    server: Refuse such recipients with 550 or 553 at RCPT. Postfix: allow_percent_hack = no,
        swap_bangpath = no, allow_untrusted_routing = no (the last is the default). Exim:
        leave percent_hack_domains empty, and deny local parts that match ^.*[@%!/|]. qmail:
        no host in control/percenthack. sendmail: leave FEATURE(loose_relay_check) out.

Example
    The seed of it all: a stranger's address behind a percent sign is taken, and the message.

        frame 11  C: "RCPT TO:<anybody%anywhere@local.host.name>\r\n"   acknowledges 102
        frame 12  S: "250 2.1.5 Recipient ok\r\n"                       [102, 126)
        frame 13  C: "DATA\r\n"                                         acknowledges 126

        desync show captures/rules/MAIL701-routed-recipient-accepted.fires.pcap --stream 0

See it in Wireshark
    Look for the marks in recipients, and at the reply to each:

        smtp.req.command == "RCPT" && smtp.req.parameter matches "[%!]|@.*@"

References
    - RFC 5321, section 2.3.11: the local part is for its host alone to interpret; sections
      3.6.1 and F.2: source routes; section 7.9: a server may refuse what it likes.
    - RFC 1123, section 5.2.16: user%host@relay; RFC 976: host!user.
    - RFC 2505, section 2.1: a server must be able to refuse to relay for strangers.
    - The forms that relay tests try: https://nmap.org/nsedoc/scripts/smtp-open-relay.html and
      https://manpages.debian.org/jessie/dsbltesters/relaytest.1
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.mail_paths import path_of
from desync.exchanges.transaction import Transaction
from desync.findings.certainty import DIFFER, copies_differ, first_unforced
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.rule import Rule
from desync.smtp.routes import SHAPES, Form, form_of

RULE: Final = Rule(
    code="MAIL701", name="routed-recipient-accepted", severity="warning", blame="configuration"
)

MOST_LISTED: Final = 20
"""Recipients listed in one finding; the number of all of them is given beside."""


class Routed(NamedTuple):
    """A routed recipient that was accepted.

    Attributes:
        asked: The exchange of its RCPT.
        path: The recipient as sent.
        form: How it names the way.
        fate: What became of the message for it: ``accepted``, ``none`` or ``unknown``.
        reasons: Why it is not proved; empty where it is.
    """

    asked: Exchange
    path: bytes
    form: Form
    fate: str
    reasons: tuple[str, ...]


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find recipients that name a way, and were accepted."""
    found = [one for each in conversation.transactions for one in _routed(conversation, each)]
    found.sort(key=lambda one: (one.reasons, one.asked.index))
    for reasons, group in groupby(found, key=lambda one: one.reasons):
        yield _finding(conversation, list(group), reasons)


def _finding(conversation: Conversation, several: list[Routed], reasons: tuple[str, ...]) -> Finding:
    return of_exchanges(
        RULE,
        [one.asked for one in several],
        message=_message(several),
        certainty="inconclusive" if reasons else "proved",
        segments=[
            segment
            for one in several[:MOST_LISTED]
            if one.asked.reply is not None
            for segment in reply_segments(conversation, *one.asked.reply.octets)
        ],
        details={
            "times": len(several),
            "recipients": [
                {
                    "exchange": one.asked.index,
                    "address": None
                    if one.asked.index in conversation.text_lines
                    else one.path.decode("utf-8", "backslashreplace"),
                    "form": one.form,
                    "code": one.asked.reply_code,
                    "message": one.fate,
                }
                for one in several[:MOST_LISTED]
            ],
            **({"reasons": list(reasons)} if reasons else {}),
        },
    )


def _message(several: list[Routed]) -> str:
    forms = " and ".join(dict.fromkeys(SHAPES[one.form] for one in several))
    taken = sum(one.fate == "accepted" for one in several)
    if len(several) == 1:
        said = f"a routed recipient ({forms}) was accepted{', and the message with it' if taken else ''}"
    else:
        said = f"{len(several)} routed recipients ({forms}) were accepted"
        said += f", {taken} of them with a message" if taken else ""
    return f"{said}; whether mail was relayed is not known"


def _routed(conversation: Conversation, transaction: Transaction) -> Iterator[Routed]:
    """The routed recipients of a transaction that were accepted, and whose message was not refused."""
    first, last = transaction.exchanges
    accepted = -1
    finals: list[Exchange] | None = None
    for one in conversation.exchanges[first : last + 1]:
        if one.prompt.verb != "RCPT" or one.reply_code is None or not 200 <= one.reply_code < 300:
            continue
        accepted += 1
        path = path_of(one.prompt.command)
        form = form_of(path) if path is not None else None
        if path is None or form is None:
            continue
        finals = _finals(conversation, transaction) if finals is None else finals
        fate = _fate(transaction, finals, accepted)
        if fate != "refused":
            yield Routed(one, path, form, fate, _doubts(conversation, one, fate))


def _finals(conversation: Conversation, transaction: Transaction) -> list[Exchange]:
    """The exchanges of the end of the message: several in LMTP and PRDR."""
    if transaction.final is None:
        return []
    prompt = conversation.exchanges[transaction.final].prompt
    first, last = transaction.exchanges
    return [one for one in conversation.exchanges[first : last + 1] if one.prompt is prompt]


def _fate(transaction: Transaction, finals: list[Exchange], accepted: int) -> str:
    """What became of a message for the recipient that was the one of this number to be accepted."""
    if len(finals) > 1:
        # RFC 2033, section 4.2, and PRDR: a reply for each accepted recipient in their order. PRDR says
        # 353 before them, and has the last word behind them.
        own = finals[1:-1] if finals[0].reply_code == 353 else finals
        codes: list[int | None] = [own[accepted].reply_code] if accepted < len(own) else [None]
        if own is not finals:
            codes.append(finals[-1].reply_code)
        if any(code is not None and code >= 400 for code in codes):
            return "refused"
        return "unknown" if None in codes else "accepted"
    return transaction.outcome


def _doubts(conversation: Conversation, one: Exchange, fate: str) -> tuple[str, ...]:
    """What stands against a verdict; empty where nothing does."""
    found = []
    client, server = conversation.connection.client_stream, conversation.connection.server_stream
    if one.pairing != "forced" or first_unforced(conversation) <= one.index:
        found.append("which reply answers the RCPT is not certain")
    if not one.prompt.whole or one.reply is None or not (one.reply.whole and one.reply.complete):
        found.append("octets of the RCPT or of its reply are not in the capture")
    end = one.reply.octets[1] if one.reply is not None else 0
    if copies_differ(conversation, one.prompt.end, end):
        found.append(DIFFER)
    if fate == "unknown" or (fate == "none" and (client.gaps or server.gaps)):
        found.append("what became of the message is not in the capture")
    return tuple(found)

"""What to do about a finding, in a few lines, on the client's side and on the server's.

May know codes and the cure that a finding's details name; must not know how to print. The
rule's page (``desync explain CODE``) says the same at length.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about findings of these codes; None where that side has nothing to do."""

    codes: tuple[str, ...]
    client: str | None
    server: str | None


ADVICE: Final = (
    Advice(
        ("SYNC102", "SYNC103"),
        "Read every reply, the greeting too, with one single function. It keeps its own buffer, returns "
        "only when it has a line that ends in CRLF and whose fourth character is not '-', and leaves what "
        "lies behind that line for the next call. One read() is not one reply; one line is not one reply.",
        "Its replies are lawful. Writing each reply whole, with one write (full buffering and one flush for "
        "each reply), makes the misread rarer. It cannot rule it out: the network may still cut a reply.",
    ),
    Advice(
        ("SYNC101",),
        "Send nothing before the whole greeting has arrived: its last line begins '220 ' and ends in CRLF. "
        "A fixed pause is no cure; a server may take longer.",
        "Rejecting such clients is right. Where one has to be served, exempt its address and no more.",
    ),
    Advice(
        ("SYNC104", "SYNC105"),
        "Wait for each reply before sending the next command. Send commands in groups only where the last "
        "reply to EHLO offered PIPELINING, and end a group with EHLO, DATA, VRFY, EXPN, TURN, QUIT, NOOP, "
        "STARTTLS or AUTH (RFC 2920, section 3.1).",
        "Rejecting such clients is right. Where one has to be served, exempt its address and no more.",
    ),
    Advice(
        ("SYNC106",),
        "Send the message only after 354. After any other reply to DATA send no message text: "
        "the server would read it as commands.",
        None,
    ),
    Advice(
        ("SYNC202", "SYNC203"),
        "Look at the first digit of every reply before going on: on 4 or 5 send RSET or QUIT. Send the "
        "message only on 354; whatever else DATA draws, its text would be read as commands.",
        "Close the connection with 421 after a few errors, or at the first header field among the commands.",
    ),
    Advice(
        ("SYNC204",),
        "Mend what set the misreading off, and look through the log for messages reported as sent since.",
        "Its log has the refusals, under sessions that look ordinary.",
    ),
    Advice(
        ("SYNC205",),
        "Wait ten minutes for the reply to a message (RFC 5321, section 4.5.3.2.6), and close the connection "
        "when a wait has timed out.",
        "Answer the end of a message within seconds: scan before DATA is answered, or after the message was "
        "taken over. Never close without a reply.",
    ),
    Advice(
        ("SYNC107",),
        "After a wait has timed out, close the connection: every later reply would be taken for the answer "
        "to the wrong command. Wait at least as long as RFC 5321, section 4.5.3.2, asks: 5 minutes for most "
        "replies, 10 minutes for the one after the message.",
        "Answer sooner; slow checks belong behind the reply or before the connection is accepted.",
    ),
    Advice(
        ("SYNC201",),
        "Read every reply with one function that returns whole replies only. Close the connection after a "
        "wait that timed out and on a reply that the command cannot draw, instead of going on.",
        "Look at what set it off (its cause is named): a surplus, missing or unsolicited reply is the "
        "server's to mend; a split reply is lawful, and one write for each reply makes the misread rarer.",
    ),
    Advice(
        ("SYNC108",),
        "Point the client to the right port: it speaks another protocol (TLS from the first octet belongs on "
        "port 465; a web or proxy client belongs elsewhere).",
        None,
    ),
    Advice(
        ("REPLY303", "REPLY304", "REPLY305"),
        "Close the connection on a reply that cannot be read, and report it.",
        "Mend the reply: every line begins with the same three-digit code, then '-' on all lines but the "
        "last and a space on the last, and ends in CRLF (RFC 5321, section 4.2).",
    ),
    Advice(
        ("REPLY306", "REPLY307", "REPLY309"),
        "Close the connection where replies and commands do not match.",
        "Answer each command once, with a code that this command may draw (RFC 5321, section 4.3.2).",
    ),
    Advice(
        ("REPLY310",),
        None,
        "Collect octets until there is a CRLF, and read one command up to it; what lies behind stays for the "
        "next. One read() is not one command.",
    ),
    Advice(
        ("TLS501",),
        "Send nothing between STARTTLS and the handshake, and wait for the reply in between. If the client "
        "sent STARTTLS alone, somebody on the way adds to its octets: capture at the client to see.",
        "Throw away what lies in the input when the 220 to STARTTLS is written (RFC 3207, section 4.2).",
    ),
    Advice(
        ("TLS502",),
        "Throw away what lies in the input behind the 220 to STARTTLS, or close the connection.",
        "Write the 220 and nothing else before the handshake. If the server wrote it alone, somebody on the "
        "way adds to its octets: capture at the server to see.",
    ),
    Advice(
        ("TLS503",),
        "Require TLS where the receiver publishes that it has it (DANE, MTA-STS), so that mail waits instead "
        "of going in the clear.",
        "Have mail inspection switched off on the firewall, or TLS allowed in it (allow-tls).",
    ),
    Advice(
        ("PATH601", "PATH602"),
        "Fall back to HELO where EHLO draws a refusal, and report it to the server's owner.",
        "Have mail inspection switched off on the firewall (no inspect esmtp, no fixup protocol smtp 25). "
        "Captures on both sides of it show what it changes.",
    ),
    Advice(
        ("PATH603",),
        "Lower the MTU, or let the system probe for it (Linux: net.ipv4.tcp_mtu_probing=1).",
        "Let ICMP 'fragmentation needed' and 'packet too big' through; clamp the MSS where a tunnel begins.",
    ),
    Advice(
        ("MAIL701",),
        None,
        "Refuse recipients that name a way (user%host@relay, host!user, @relay:user@host) with 550 or 553, "
        "and see in its log where the mail for them went.",
    ),
    Advice(
        ("DATA401", "DATA403"),
        "Send CR and LF as CRLF only. Convert bare line breaks of a message, or refuse it, before its dots "
        "are stuffed.",
        "End mail data at CRLF . CRLF only, and pass no bare CR or LF on to another server.",
    ),
    Advice(
        ("DATA402",),
        "Lawful as it is; writing the end of the message together with its last octets goes around the box.",
        "Switch off the inspection of SMTP on the box in front of the server, or update it.",
    ),
    Advice(
        ("DATA404",),
        "Count the octets of a chunk as they leave: with CRLF for each line ending, and no dots doubled. "
        "Behind a refused BDAT send RSET.",
        "Read the announced octets and throw them away before a BDAT is refused (RFC 3030, section 2).",
    ),
    Advice(
        ("DATA405",),
        "Put a second dot before each line of the message that begins with one (RFC 5321, section 4.5.2).",
        None,
    ),
)


def advice_for(codes: Iterable[str]) -> list[Advice]:
    """Select what to do about these codes; each piece names only those of its codes that are meant."""
    wanted = set(codes)
    return [
        Advice(tuple(code for code in one.codes if code in wanted), one.client, one.server)
        for one in ADVICE
        if wanted.intersection(one.codes)
    ]

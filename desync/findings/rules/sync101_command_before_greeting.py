r"""SYNC101 command-before-greeting

The client sent octets before it had received a single octet of the server's greeting.

Fires when
    The first transmission of client octets acknowledges nothing of the server's stream:
    its acknowledgment number is still the server's initial sequence number plus one.
    Everything that the client sent in this state is one finding, the run of commands in it.
    A greeting that was sent, lost and sent again is no excuse: the client had none of it.

    Certainty: proved by the acknowledgment number, at any capture point and without a
    clock. A data segment carries the newest acknowledgment that its sender's TCP has.
    Inconclusive where a hole, a missing direction or a missing SYN touches those octets.

Does not fire when
    - A PROXY header (v1 or v2), a SOCKS or an HTTP CONNECT prefix comes first: it belongs
      to a proxy in front of the server, and the dialogue begins after it.
    - The server offers PIPE_CONNECT (X_PIPE_CONNECT, PIPECONNECT) in this or any other EHLO
      reply that was read: then EHLO before the greeting is by agreement, and one command or
      pipelined group behind it. HELO is not, nor is a command without EHLO; mail data before
      the 354 is SYNC106, what comes behind the end of that group SYNC105. Inconclusive where
      this connection's EHLO reply is not complete, or not in the capture.
    - The first octets are a TLS ClientHello, an HTTP request or the like: SYNC108.
    - Part of the greeting was acknowledged: SYNC102 (part of a line) or SYNC103 (whole
      lines, not the last one).
    - All of the greeting was acknowledged. However soon after it the command came, that
      proves nothing against the client.

    Not known: whether the program or something in front of it wrote the octets. Where a
    proxy or a load balancer ends the TCP connection, it is that machine which is named
    here.

Why it matters
    The greeting may be 220, but also 554 or 421; who speaks first cannot know. Mass-mailing
    programs talk like this, so mail servers test for it: Postfix (postscreen, and smtpd
    since 3.9), Exim and sendmail (greet_pause) refuse such clients. It is not only they,
    though: health checks, monitoring probes, printers and scripts do it too.

What to do
    client: Read the whole greeting, down to the line "220 " with its CRLF, before writing
        anything, with the same function that reads every other reply. Do not put a fixed
        sleep in its place: it works until the greeting is slower than the sleep.
    server: Nothing is wrong here; keep the test. If this client must be served, exempt it
        and no other: by address where the mail server can (in Exim an ACL with
        "control = no_enforce_sync"), or on a port of its own.

Example
        frame 4  C: "HELO printer.example.net\r\n"    acknowledges 0
        frame 5  S: "220 mx.example.org ESMTP\r\n"    [0, 26)

        desync show captures/rules/SYNC101-command-before-greeting.fires.pcap --stream 0

See it in Wireshark
    The client's segments that carry data although they acknowledge only the SYN. With
    relative sequence numbers (the default) tcp.ack is then 1:

        tcp.dstport == 25 && tcp.len > 0 && tcp.ack == 1

References
    - RFC 5321, section 4.3.1: the sender SHOULD wait for the greeting before any command.
    - RFC 9293, section 3.4: an acknowledgment covers all octets before its number.
    - PIPE_CONNECT: https://datatracker.ietf.org/doc/draft-harris-early-pipe/
    - A third of new hosts spoke first at one server (PREGREET, postfix-users):
      https://go.mail-archive.com/postfix-users@postfix.org/msg12690.html
    - A mail library: https://github.com/nodemailer/nodemailer/issues/56
    - A load balancer's health check: https://github.com/haproxy/haproxy/issues/980
    - Sleeping instead of reading: https://github.com/lamw/ghettoVCB/pull/39
    - A PROXY header that was taken for this: https://github.com/haproxy/haproxy/issues/2904
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.rule import Rule
from desync.findings.runs import Run
from desync.findings.wording import commands, of_run, reasons_of

RULE: Final = Rule(code="SYNC101", name="command-before-greeting", severity="error", blame="client")


def find_run(conversation: Conversation, run: Run) -> Finding:
    """Find what the client said before any octet of the greeting had reached it."""
    return of_run(
        RULE,
        conversation,
        run,
        message=f"{commands(run.exchanges, conversation)} sent before any octet of the greeting arrived",
        details=reasons_of(run),
    )

r"""PATH601 banner-masked

The server's greeting is overwritten with asterisks: a box between client and server
inspects their mail.

Fires when
    Every line of the greeting's text holds nothing but the characters 2, 0, blanks and
    asterisks, at least three asterisks in a row among them. That is what the mail inspection
    of a PIX or ASA firewall leaves of a banner: it overwrites each octet in its place.

    Certainty: consistent, never proved: from one capture nobody can tell whether a box wrote
    the asterisks, or the server. A second capture from the server's side can.

Does not fire when
    - Any other character is left: "220 *** Welcome ***" is decoration.
    - One line of several is a row of asterisks, and another has words.
    - The greeting is not 220, was not captured whole, or has not ended.

    Not known: which box it is, and what else it changes. Where the capture was taken next to
    the server, the asterisks may be the server's own.

Why it matters
    Such a box does more than hide the banner: it overwrites commands and keywords that it does
    not know (PATH602), STARTTLS among them (TLS503), so that mail goes in the clear. Old
    versions lose the end of a message whose last dot and CRLF lie in different segments: the
    client times out and sends the message again and again.

What to do
    client: With Postfix, smtp_pix_workarounds is for this. Report it to the server's owner.
    server: Have mail inspection switched off on the firewall (no inspect esmtp; on a PIX, no
        fixup protocol smtp 25). It protects nothing that a maintained mail server does not.

Example
        frame 4  S: "220 **********2****0****200\r\n"    [0, 29)

        desync show captures/rules/PATH601-banner-masked.fires.pcap --stream 0

See it in Wireshark
    Greetings with asterisks; look whether anything else is left of them:

        smtp.response.code == 220 && smtp.rsp.parameter contains "***"

References
    - RFC 5321, section 3.1: what a greeting says.
    - How a mailer behind a PIX is recognised, and bug CSCds90792: hvera.wordpress.com,
      "Mail fails consistently with timeout or lost connection", 30 June 2009.
    - PIX cannot change the length of a segment:
      https://puck.nether.net/pipermail/cisco-nsp/2004-November/014446.html
    - A client that met both, a masked banner and its own haste:
      https://github.com/PHPMailer/PHPMailer/issues/1003
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Facts, Finding
from desync.findings.making import of_reply
from desync.findings.masked import asterisks
from desync.findings.rule import Rule

RULE: Final = Rule(code="PATH601", name="banner-masked", severity="warning", blame="path")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find a greeting of which nothing is left but asterisks."""
    greeting = conversation.greeting
    count = asterisks(greeting) if greeting is not None else 0
    if greeting is not None and count:
        yield of_reply(
            RULE,
            conversation,
            greeting,
            message=f"the greeting is overwritten with {count} asterisks",
            certainty="consistent",
            details={"asterisks": count},
        )

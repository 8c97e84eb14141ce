r"""REPLY306 surplus-reply

The server gave more replies than it was asked for: one command, or one end of mail data,
drew two.

Fires when
    When all prompts of the client have their reply, a reply is left over that was sent in
    answer to something: it follows a prompt that already has one. The finding names the
    prompt and both replies.

    Where it is the answer to a piece of a command that came in several segments, the finding
    names REPLY310 as its cause.

    Certainty: proved where the pairing is forced: the connection was captured from its SYN,
    without holes, and the server's own acknowledgment leaves no other prompt. Consistent
    where the pairing had to be aligned.

Does not fire when
    - LMTP, or SMTP with PRDR: one reply for each accepted recipient behind the end of data.
    - XCLIENT or STARTTLS: the server may greet again.
    - The reply was sent while nothing was outstanding, such as a 421: REPLY308.
    - The client sent an empty line or other text: each line is a prompt, and draws a reply.
    - The same reply was transmitted twice by TCP: it is one.

    Not known: which of the two replies the server meant. If it ended the mail data
    somewhere else than RFC 5321 has it, the second reply answers text that followed.

Why it matters
    From here on a correct client, which takes one reply for each command, is one reply
    behind: it reads the surplus reply as the answer to its next command. The first message
    of a connection gets through, the second one fails, or the reverse.

What to do
    client: On an answer that the command cannot draw, close the connection. Where one is
        kept open, look whether something lies unread before the next command.
    server: Answer each command once; after the end of mail data once in SMTP, once for each
        recipient in LMTP. Do not answer BDAT LAST and then the message again. Read commands
        to their CRLF: a server that takes one segment for one command answers twice when a
        command arrives in two.

Example
        frame 18  C: "last line\r\n.\r\n"               acknowledges 176
        frame 19  S: "250 2.0.0 Ok: queued as 1A2B\r\n" [176, 206)
        frame 20  S: "250 2.0.0 Ok\r\n"                 [206, 220)

        desync show captures/rules/REPLY306-surplus-reply.fires.pcap --stream 0

See it in Wireshark
    Show commands and replies only, and count: every command one reply.

        smtp.req.command || smtp.response.code

References
    - RFC 5321, section 4.2: every command must generate exactly one reply.
    - RFC 2033, section 4.2: LMTP's replies after DATA.
    - Two 250s for one end of data: https://github.com/buggregator/server/issues/274
    - A 530 and another reply: https://github.com/bcoe/secure-smtpd/pull/18
    - A command in two segments answered twice:
      https://github.com/normanmaurer/niosmtp/issues/35
    - BDAT LAST answered three times: https://github.com/davidmoten/subethasmtp/issues/75
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Detail, Facts, Finding
from desync.findings.making import of_reply
from desync.findings.rule import Rule
from desync.findings.split_commands import misread_commands
from desync.findings.unasked import is_closing, is_sure, is_undisputed, unasked
from desync.smtp.reply import Reply

RULE: Final = Rule(code="REPLY306", name="surplus-reply", severity="error", blame="server")


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find replies beyond those that were asked for."""
    for reply in unasked(conversation):
        # What asked for it may lie in a hole, or before the capture: then nothing is surplus.
        if not is_closing(conversation, reply) and is_sure(conversation, reply):
            yield of_reply(
                RULE,
                conversation,
                reply,
                message=f"a {reply.code} reply that nothing had asked for",
                certainty="proved" if is_undisputed(conversation) else "consistent",
                details=_because(conversation, reply),
            )


def _because(conversation: Conversation, reply: Reply) -> dict[str, Detail]:
    """Name the command that the server took for two (REPLY310), where the reply is to a piece of it."""
    misread = misread_commands(conversation).get(reply.index)
    return {} if misread is None else {"because": "REPLY310", "because_exchange": misread.exchange}

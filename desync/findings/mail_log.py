"""What the words of a mail server's log say in terms of the catalogue.

May know the log texts of mail servers and client libraries, and the codes; must not know
any capture. A log line tells what a server saw at one moment; which code it was can only a
capture say, so one line may name several, the likeliest first.
"""

import re
from dataclasses import dataclass
from typing import Final

from desync.findings.catalogue import RULES

LINE_LIMIT: Final = 4096
"""Characters of a line that are looked at; what hostile clients put into logs has no bound."""


@dataclass(frozen=True, slots=True)
class Match:
    """One reading of a log line.

    Attributes:
        code: Code of the finding that the line stands for.
        name: Its name.
        mta: The program whose words they are.
        meaning: What the words mean, in a sentence or two.
    """

    code: str
    name: str
    mta: str
    meaning: str


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of a log, the program that logs them, and the readings, the likeliest first."""

    words: re.Pattern[str]
    mta: str
    codes: tuple[str, ...]
    meaning: str


def _words(pattern: str, mta: str, codes: str, meaning: str) -> _Words:
    return _Words(re.compile(pattern, re.IGNORECASE | re.ASCII), mta, tuple(codes.split()), meaning)


# The patterns hold no repetition inside a repetition and bound every one that they have, so
# that no line can make matching slow. Commands in them are those that the server had read
# when it found more input behind them.
_TABLE: Final[tuple[_Words, ...]] = (
    _words(
        r"PREGREET \d{1,9} after ",
        "Postfix postscreen",
        "SYNC101 SYNC103 SYNC108",
        "The client sent that many octets before the greeting was complete. postscreen sends a first "
        "line (220-) and then waits: who answers that line is logged like one who read nothing.",
    ),
    _words(
        r"improper command pipelining after CONNECT\b",
        "Postfix",
        "SYNC101 SYNC102",
        "The client spoke before the greeting had been sent to its end.",
    ),
    _words(
        r"improper command pipelining after (?:EHLO|HELO|LHLO|MAIL|RCPT|RSET|XCLIENT|XFORWARD)\b",
        "Postfix",
        "SYNC104 SYNC105 SYNC103",
        "More input lay behind the command although PIPELINING had not been offered, or not yet: "
        "behind EHLO nothing may follow before its reply was read.",
    ),
    _words(
        r"improper command pipelining after DATA\b",
        "Postfix",
        "SYNC105 SYNC106",
        "The client went on behind DATA without the 354, with a command or with the message itself.",
    ),
    _words(
        r"improper command pipelining after STARTTLS\b",
        "Postfix",
        "TLS501",
        "Plain text lay behind STARTTLS before it was answered: sent by the client, or added on the way so "
        "that it runs inside TLS (CVE-2011-0411).",
    ),
    _words(
        r"improper command pipelining after (?:AUTH|NOOP|VRFY|EXPN|ETRN|HELP)\b",
        "Postfix",
        "SYNC105 SYNC104",
        "The command must end a group: the client had to wait for its reply.",
    ),
    _words(
        r"improper command pipelining after (?:QUIT|\.)",
        "Postfix",
        "SYNC109 SYNC104",
        "Something followed QUIT or the end of the message. Behind QUIT it is harmless by itself.",
    ),
    _words(
        r"COMMAND PIPELINING from \[",
        "Postfix postscreen",
        "SYNC104 SYNC105 SYNC102",
        "The client sent several commands without waiting; postscreen does not offer PIPELINING.",
    ),
    _words(
        r"Error: SMTP protocol synchronization",
        "Postfix 3.9 and later",
        "SYNC101 SYNC104 SYNC105",
        "The server's 554 to a client that sent before its turn; the line logged with it, improper "
        "command pipelining after ..., says behind which command.",
    ),
    _words(
        r"synchroni[sz]ation error \(input sent without waiting for greeting\)",
        "Exim",
        "SYNC101 SYNC108",
        'The client spoke before the greeting. Under input= stands what it sent: "\\026\\003\\001" is '
        "TLS, GET is HTTP.",
    ),
    _words(
        r"\(next input sent too soon: pipelining was not advertised\)",
        "Exim",
        "SYNC104 SYNC102 SYNC103",
        "More input lay behind the command that the line quotes as rejected, and PIPELINING had not "
        "been offered. Whether the client held part of the reply, the log cannot say.",
    ),
    _words(
        r"\(next input sent too soon: pipelining was advertised\)",
        "Exim",
        "SYNC105 SYNC106",
        "PIPELINING was offered, but the command that the line quotes as rejected must end a group.",
    ),
    _words(
        r"\bSMTP synchroni[sz]ation error",
        "Exim",
        "SYNC101 SYNC104 SYNC105",
        "The server's 554 to a client that sent before its turn; its log has a line with the reason.",
    ),
    _words(
        r"due to pre-greeting traffic",
        "sendmail",
        "SYNC101 SYNC108",
        "greet_pause: the client spoke while the server held its greeting back.",
    ),
    _words(
        r"You talk too soon",
        "Haraka, smtp-server",
        "SYNC101",
        "The client spoke before the greeting.",
    ),
    _words(
        r"started transmitting before SMTP greeting",
        "qpsmtpd",
        "SYNC101",
        "earlytalker: the client spoke before the greeting.",
    ),
    _words(
        r"Pipelining not supported",
        "OpenSMTPD",
        "SYNC104",
        "More input lay behind the command, and PIPELINING had not been offered.",
    ),
    _words(
        r"non-SMTP command from",
        "Postfix",
        "SYNC202 SYNC108",
        "A line that cannot be a command: a header of a message sent where commands are read, or "
        "another protocol, such as GET.",
    ),
    _words(
        r"too many errors after",
        "Postfix",
        "SYNC202 SYNC201",
        "The client went on after many refusals: message text where commands are read, or a client "
        "that takes earlier replies for those to its commands.",
    ),
    _words(
        r"SMTP syntax error in|too many (?:unrecognized commands|syntax or protocol errors)",
        "Exim",
        "SYNC202 SYNC201",
        "Lines that are no commands: most often message text sent where commands are read.",
    ),
    _words(
        r"5\.3\.3 Unrecognized command",
        "Exchange",
        "SYNC202 SYNC201",
        "A line that is no command: most often message text sent where commands are read.",
    ),
    _words(
        r"bare <LF> received",
        "Postfix 3.9 and later",
        "DATA403 DATA401",
        "A line ended in LF without CR. Behind DATA this may be a slip or an attempt at smuggling.",
    ),
    _words(
        r"BARE NEWLINE from \[",
        "Postfix postscreen",
        "DATA403",
        "A command ended in LF without CR.",
    ),
    _words(
        r"smtplf\.html",
        "qmail",
        "DATA403 DATA401",
        "The server refuses a message in which a line ends in LF without CR.",
    ),
    _words(
        r"while sending end of data -- message may be sent more than once",
        "Postfix as client",
        "SYNC205 DATA402 PATH603",
        "No reply to the end of the message: a slow server, a box on the path that loses the final "
        "dot, or full-size segments that do not get through. The message will be sent again.",
    ),
    _words(
        r"(?:lost connection|timeout) after (?:DATA|BDAT|END-OF-MESSAGE)\b",
        "Postfix",
        "SYNC205 DATA402 PATH603",
        "The message did not arrive to its end; the client may send it again.",
    ),
    _words(
        r"SMTP data timeout",
        "Exim",
        "SYNC205 DATA402 PATH603",
        "The message did not arrive to its end; the client may send it again.",
    ),
    _words(
        r"(?:lost connection|timeout) after [A-Z]{4,10}\b",
        "Postfix",
        "PATH605",
        "The client closed, or fell silent, without QUIT. By itself it says little.",
    ),
    _words(
        r"Remote\(SocketError\)",
        "Exchange",
        "PATH605",
        "The other side closed without QUIT. By itself it says little.",
    ),
    _words(
        r"(?:rejected|failed)[^\r\n]{0,40} with code:? 220\b",
        "a client library",
        "SYNC103 SYNC201",
        "A 220 was read where 250 was due: the client took the first line of the greeting for all of it.",
    ),
    _words(
        r"expected response code \W{0,3}\d{3}[^\r\n]{0,40} got code",
        "Swift Mailer, Symfony Mailer",
        "SYNC201 SYNC107 REPLY309",
        "The client read another code than it could use. Where the code suits the command before, the "
        "client is one reply behind, most often since a reply that it had stopped waiting for.",
    ),
    _words(
        r"\b220[ -][*0-9 ]{0,60}\*{4}",
        "a firewall's inspection",
        "PATH601",
        "The greeting is overwritten with asterisks by a box on the path, not by the server.",
    ),
)

_NAMES: Final[dict[str, str]] = {rule.code: rule.name for rule in RULES}


def codes_for(line: str) -> tuple[Match, ...]:
    """Say which findings a line of a mail log stands for.

    Args:
        line: The line, or the part of it that matters. Only its first ``LINE_LIMIT`` characters
            are looked at.

    Returns:
        The readings, the likeliest first, each code once; empty where the line says nothing of
        the kind. Nothing in the line can make this function raise.

    Source:
        The message texts in the sources of Postfix, Exim, sendmail and OpenSMTPD.
    """
    found: dict[str, Match] = {}
    for entry in _TABLE:
        if entry.words.search(line[:LINE_LIMIT]):
            for code in entry.codes:
                found.setdefault(code, Match(code, _NAMES[code], entry.mta, entry.meaning))
    return tuple(found.values())

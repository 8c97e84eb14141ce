"""Where names stand in what clients and servers say, and words that name nobody.

May know the syntax of SMTP; must not know what a name is replaced with.
"""

import re
from typing import Final

from desync.smtp.command import VERBS
from desync.smtp.usual_words import USUAL_WORDS

_KEYWORDS: Final = """
8BITMIME BINARYMIME CHUNKING DSN ENHANCEDSTATUSCODES ETRN HELP LIMITS LOGIN PLAIN PIPELINING PRDR SIZE
SMTPUTF8 PIPE_CONNECT X_PIPE_CONNECT PIPECONNECT MT-PRIORITY REQUIRETLS DELIVERBY FUTURERELEASE CHECKPOINT
XOORG XEXPS XSHADOW XRDST VERB ONEX NTLM GSSAPI CRAM-MD5 DIGEST-MD5 XOAUTH2 OAUTHBEARER EXTERNAL
SCRAM-SHA-1 SCRAM-SHA-256 SMTP ESMTP LMTP ESMTPS TCP4 TCP6 UNKNOWN PROXY RFC822 UTF-8 SRS0 SRS1
"""

KEPT: Final = frozenset(word.lower() for word in (*VERBS, *_KEYWORDS.split(), *USUAL_WORDS))
"""Words that are not replaced where they stand alone, though somebody may be called so."""

SHORTEST: Final = 3
"""Words shorter than this repeat by chance."""

LINE: Final = re.compile(rb"[^\r\n]+")
"""What stands between line ends, bare ones too."""

REPLY: Final = re.compile(rb"\d{3}(?:[ -]|\Z)")
"""How a line of a server begins."""

NAMED_FIRST: Final = re.compile(
    rb"(?i)(?:(?:22[01]|421)[ -](?:\d\.\d{1,3}\.\d{1,3} )?(?=.*(?:e?smtp|lmtp|clos|ready))"
    rb"|250[ -](?=\S+ (?:hello|greets|pleased|at your service|nice to)))([^\x00-\x20\x7f]+)"
)
"""A reply that names its server first (RFC 5321, sections 4.2 and 4.1.1.1), though without a dot."""

COMMAND: Final = re.compile(rb"([ \t]*)([A-Za-z]{4,8})([ \t]+)(\S.*)\Z", re.DOTALL)
"""A verb and its argument."""

ENVELOPE: Final = re.compile(
    rb"(?i)((?:FROM|TO)[ \t]*:[ \t]*)(<[^>]*>?|\"[^\"]*\"?[^\x00-\x20\x7f]*|[^\x00-\x20\x7f]*)(.*)\Z",
    re.DOTALL,
)
"""The argument of MAIL and RCPT: the path, and what follows it."""

PARAMETER: Final = re.compile(rb"(?i)(?<![^\s])([A-Z0-9-]{1,40})=([^\x00-\x20\x7f]*)")
"""A parameter with a value."""

PLAIN_PARAMETERS: Final = frozenset(
    b"SIZE BODY RET NOTIFY BY HOLDFOR HOLDUNTIL MT-PRIORITY SMTPUTF8 RRVS LIMITS PROTO PORT DESTPORT".split()
)
"""Parameters whose values name nobody."""

HOST_PARAMETERS: Final = frozenset(b"NAME HELO ADDR DESTADDR SOURCE".split())
"""Attributes of XCLIENT and XFORWARD whose values name a host."""

PATH_PIECE: Final = re.compile(
    rb"(?P<literal>\[[^\]\x00-\x20\x7f]*\]?)|(?P<kept>(?i:SRS[01](?=[=+-])|rfc822(?=;)|utf-8(?=;)|%(?:2[0-9A-F]|3[A-F]|40|5[B-E]|60|7[B-E])))"
    rb"|(?P<word>[^\x00-\x20\x7f<>@%!:,\"()\[\];\\=+]+)"
)
"""The pieces of a path, between the marks that say how they belong together."""

DOTTED: Final = re.compile(
    rb"(?:[\w-]+\.)+(?:[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]|[A-Za-z])\.?\Z|(?=.*[\x80-\xff]).*\.", re.DOTALL
)
"""A name with a dot whose last label is no number."""

PIECE: Final = re.compile(
    rb"(?P<mailbox>[^\x00-\x20\x7f<>()\",;:@\[\]\\]{1,320}@(?:\[[^\]\x00-\x20\x7f]{0,300}\]?|[^\x00-\x20\x7f<>()\",;:@\[\]\\'*?!]{1,300}))"
    rb"|(?P<literal>\[(?:(?i:IPv6:)[0-9A-Fa-f:.]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+|\d+\.\d+\.\d+\.\d+)\])"
    rb"|(?P<ipv6>(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|\d+\.\d+\.\d+\.\d+)?(?![\w:]))"
    rb"|(?P<ipv4>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d))"
    rb"|(?P<word>[A-Za-z0-9_\x80-\xff][A-Za-z0-9_.\x80-\xff-]*)"
)
"""What may name somebody in free text."""

MASK: Final = re.compile(rb"[Xx*]+\Z")
"""What a box in the path writes over text."""

WORD: Final = re.compile(rb"[^\x00-\x20\x7f]+")
"""Octets up to a blank or a control character."""

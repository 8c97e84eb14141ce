"""Words that replies are made of, whoever sends them: they repeat nobody's text and name nobody.

May know English and SMTP; must not know what is private.
"""

from typing import Final

_USUAL: Final = """
a about abort aborted accept accepted access account action after again ahead all allowed already an and any
are argument arguments as at auth authenticated authentication bad banner be been before begin bye by bytes
cannot channel check client closed closing code command commands completed connect connected connection
continue could data delivered delivery denied disabled disk does domain done down end ended enter error
errors exceeded exists expected failed failure flush for found fqdn from full go goodbye greylisted greetings
have hello help helo here hi host id identify in input internal invalid is it kbytes later less limit line
list local lost mail mailbox mailer many may me message messages missing moved must name need no nobody none
not nothing octet octets of off offered ok okay on one only open or out over path peer permitted permanent
please pleased pleasure policy postmaster problem protocol provide queue queued quota ready receive received
recipient recipients rejected relay relaying remote reply required reset response resources saved security
see send sender senders sending sent sequence server service session short size space spam start started
state status storage support supported syntax system temporarily temporary test text than thank thanks that
the their this time timeout tls to too transaction transfer transmission try unable unavailable unknown
unrecognized use user users valid verify via waiting was we welcome while will wish with without wrong you
your postfix exim sendmail qmail exchange microsoft opensmtpd dovecot haraka gsmtp root www mx
smtp esmtp lmtp subject username password
"""

USUAL_WORDS: Final = frozenset(_USUAL.split())
"""In small letters."""

"""The segments of one address pair become outcomes: mail connections, read and judged.

The one way from segments to findings, whether they lie in one slice or were put together from
several. May know all stages below; must not know slices.
"""

from collections.abc import Iterator

from desync.analysis.keep_record import brief_of, record_of
from desync.analysis.options import ENCRYPTED_PORTS, Options
from desync.analysis.record import Outcome
from desync.exchanges.conversation import Conversation, converse
from desync.exchanges.missed import missed
from desync.findings.finding import Facts
from desync.findings.judge import judge
from desync.findings.out_of_turn import is_early_candidate
from desync.smtp.client import first_verb
from desync.smtp.prefix import read_prefix
from desync.tcp.addresses import address_text
from desync.tcp.connection import Connection, connect
from desync.tcp.endpoint import Endpoint
from desync.tcp.flows import Pair
from desync.tcp.pair_keys import key_of
from desync.tcp.rows import Rows
from desync.tcp.split import split_connections
from desync.tcp.thinned import thin


def endpoints(pair: Pair) -> tuple[Endpoint, Endpoint]:
    """The two ends of a pair, the lower first."""
    return Endpoint(address_text(pair.low_address), pair.low_port), Endpoint(
        address_text(pair.high_address), pair.high_port
    )


def connections(rows: Rows, pair: Pair, options: Options) -> Iterator[Connection]:
    """The TCP connections of an address pair, mail or not, in the order of their first frames."""
    ends = endpoints(pair)
    for indexes in split_connections(rows):
        yield connect(rows.pick(indexes), ends, options.mail_ports)


def is_mail(connection: Connection, options: Options) -> bool:
    """Whether a connection is mail: by its port, else by the client's first recognised verb."""
    if connection.server.port in options.mail_ports:
        return True
    client = connection.client_stream
    prefix = read_prefix(client.slice(0, 4096), connection.server_stream.slice(0, 4096))
    return first_verb(client, prefix.client if prefix else 0) in ("EHLO", "HELO", "LHLO")


def conversations(rows: Rows, pair: Pair, options: Options) -> Iterator[Conversation]:
    """The mail conversations of an address pair, in the order of their first frames."""
    for connection in connections(thin(rows), pair, options):
        if is_mail(connection, options) and _is_wanted(connection, options):
            yield _converse(connection)


def examine(rows: Rows, pair: Pair, options: Options, facts: Facts) -> list[Outcome]:
    """Read and judge the mail connections of an address pair.

    Args:
        rows: All its segments, in file order.
        pair: Its endpoints.
        options: What the caller asked for.
        facts: What is known of the rest of the archive.
    """
    found = []
    for conversation in conversations(rows, pair, options):
        findings = judge(conversation, facts)
        brief = brief_of(conversation, key_of(pair), findings, depends=is_early_candidate(conversation))
        wanted = options.details or not brief.clean
        found.append(Outcome(brief, record_of(conversation, findings) if wanted else None))
    return found


def _converse(connection: Connection) -> Conversation:
    """Read a dialogue; what it needed of octets that were passed over counts as dropped."""
    while True:
        found = converse(connection, implicit_tls=connection.server.port in ENCRYPTED_PORTS)
        client, server = missed(found)
        if not client and not server:
            return found
        connection = connection._replace(
            client_stream=connection.client_stream.dropping(client),
            server_stream=connection.server_stream.dropping(server),
        )


def _is_wanted(connection: Connection, options: Options) -> bool:
    if options.hosts and not {connection.client.address, connection.server.address} & set(options.hosts):
        return False
    times = connection.rows.time
    if options.since is not None and max(times) < options.since:
        return False
    return options.until is None or min(times) < options.until

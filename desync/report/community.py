"""The Community ID of a connection, by which other tools' logs name it.

May know endpoints; must not know more.
"""

from desync.tcp.endpoint import Endpoint


def community_id(client: Endpoint, server: Endpoint) -> str | None:
    """The Community ID, version 1, seed 0, of a TCP connection; None where there is none.

    Source:
        The Community ID flow hashing specification, as Zeek, Suricata and Wireshark compute it.
    """
    import communityid  # noqa: PLC0415 - brings logging along, and most captures print no connection

    flow = communityid.FlowTuple.make_tcp(client.address, server.address, client.port, server.port)
    found = communityid.CommunityID().calc(flow)
    return str(found) if found is not None else None

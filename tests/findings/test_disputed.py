"""What is found where two copies of some octets differ, and who may have sent a strange one."""

import pytest
from build import segments_capture
from judged import accusations, found, heard, played
from tcp.test_hops import hops

HELLO = "S: 220 mx.example.org\nC: EHLO gw\nS: 250-mx\n+ 250 SIZE\n"
EARLY = "C: MAIL FROM:<a@b>\nC[unprompted]: RCPT TO:<c@d>\nS: 250 ok\nS[unprompted]: 250 ok\n"
MAIL = (
    HELLO + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<user@host.example>\nS: 250 ok\nC: QUIT\nS: 221 bye\n"
)


def place(sent, octets):
    """The number of the one segment that holds these octets."""
    (at,) = [number for number, one in enumerate(sent) if octets in one.octets]
    return at


def twice(sent, octets, other, *, first=False, **changes):
    """The capture of segments of which one comes twice, with other octets."""
    at = place(sent, octets)
    copy = sent[at]._replace(octets=sent[at].octets.replace(octets, other), **changes)
    return [*sent[: at + (not first)], copy, *sent[at + (not first) :]]


def read(sent, **limits):
    """Read segments; ``limits`` gives frames another hop limit: ``f9=3``."""
    octets = bytearray(segments_capture(sent))
    at, number = 24, 0
    while at < len(octets):
        number, held = number + 1, int.from_bytes(octets[at + 8 : at + 12], "little")
        if f"f{number}" in limits:
            octets[at + 16 : at + 16 + held] = hops(limits[f"f{number}"])(
                bytes(octets[at + 16 : at + 16 + held])
            )
        at += 16 + held
    return heard(bytes(octets))


class TestCopies:
    def test_what_every_policy_leads_to_stands(self):
        one = read(twice(played(HELLO + EARLY), b"mx.example.org", b"mx.EXAMPLE.org"))
        assert one.connection.disputed
        assert found(one, "SYNC104").certainty == "proved"
        assert "policies" not in found(one, "SYNC104").details

    def test_several_copies_may_have_been_taken_in_any_mixture(self):
        sent = twice(played(HELLO + EARLY), b"mx.example.org", b"mx.EXAMPLE.org")
        one = found(read(twice(sent, b"SIZE", b"size")), "SYNC104")
        assert one.certainty == "inconclusive"
        assert one.details["reasons"] == ["two copies of the same octets differ"]

    def test_what_one_copy_leads_to_is_inconclusive_and_says_so(self):
        routed = played(MAIL.replace("user@host.example", "user%host@relay.ex"))
        assert found(read(routed), "MAIL701").certainty == "proved"
        one = found(read(twice(routed, b"user%host@relay.ex", b"user@host.relay.ex")), "MAIL701")
        assert one.certainty == "inconclusive"
        assert one.details["policies"] == ["first", "bsd", "linux", "old-linux", "solaris"]
        assert one.details["reasons"][-1].startswith("two copies of the same octets differ: it holds under")

    def test_what_another_copy_would_show_is_named(self):
        one = read(twice(played(MAIL), b"user@host.example", b"user%host@relay.x"))
        conflict = found(one, "CAP907")
        assert conflict.details["otherwise"] == [{"policies": ["last"], "codes": ["MAIL701"]}]
        assert conflict.message.endswith(
            "taken is not known; under the policy last there would be MAIL701 besides"
        )
        with pytest.raises(ValueError, match="unpack"):
            found(one, "MAIL701")

    def test_an_injected_copy_with_an_old_acknowledgment_proves_nothing(self):
        sent = twice(played(MAIL), b"MAIL FROM:<a@b>", b"RSET FROM:<a@b>", first=True, acknowledged=0)
        one = read(sent)
        assert {found(one, code).certainty for code in accusations(one)} <= {"inconclusive"}
        late = read(twice(played(MAIL), b"MAIL FROM:<a@b>", b"RSET FROM:<a@b>", acknowledged=0))
        assert accusations(late) == []

    def test_the_strange_hop_limit_of_a_copy_is_named(self):
        sent = twice(played(MAIL), b"user@host.example", b"user%host@relay.x", first=True)
        at = place(sent, b"user%host") + 1
        conflict = found(read(sent, **{f"f{at}": 2}), "CAP907")
        assert conflict.details["hop_limits"] == [{"frame": at, "hop_limit": 2, "usual": 64}]
        assert f"the copy of frame {at} has the hop limit 2" in conflict.message


class TestStrangeSegments:
    def test_a_command_from_elsewhere_is_not_the_clients_for_sure(self):
        sent = played(HELLO + EARLY + "C: NOOP\nS: 250 ok\nC: NOOP\nS: 250 ok\nC: QUIT\nS: 221 bye")
        at = place(sent, b"RCPT") + 1
        assert found(read(sent), "SYNC104").certainty == "proved"
        one = found(read(sent, **{f"f{at}": 9}), "SYNC104")
        assert one.certainty == "inconclusive"
        assert any("hop limit" in reason for reason in one.details["reasons"])

    def test_a_reset_from_elsewhere_is_the_paths(self):
        sent = played(MAIL.rsplit("C: QUIT", 1)[0] + "C: NOOP\nS: 250 ok\nreset server")
        one = found(read(sent), "PATH605")
        assert (one.blame, one.certainty) == ("server", "proved")
        one = found(read(sent, **{f"f{len(sent)}": 44}), "PATH605")
        assert (one.blame, one.certainty) == ("path", "inconclusive")

    def test_a_reset_before_what_was_acknowledged_is_none(self):
        sent = played(MAIL.rsplit("C: QUIT", 1)[0] + "C: NOOP\nS: 250 ok\nreset server")
        assert sent[-1].flags == "R"
        sent[-1] = sent[-1]._replace(offset=sent[-1].offset - 9)
        with pytest.raises(ValueError, match="unpack"):
            found(read(sent), "PATH605")

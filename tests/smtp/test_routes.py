import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.smtp.routes import SHAPES, form_of

ROUTED = {
    b"anybody%anywhere@local.host.name": "percent",
    b"user%inner%outer@relay": "percent",
    b"user%host": "percent",
    b'"user%host"@relay': "percent",
    b"user%[192.0.2.1]@relay": "percent",
    b"user%host@[192.0.2.25]": "percent",
    b"host!user": "bang",
    b"host!user@relay": "bang",
    b"one.example!two!user@relay": "bang",
    b"@a,@b:user@c": "source-route",
    b"@relay:user@host": "source-route",
    b'"user@host"@relay': "quoted",
    b'"user@host"': "quoted",
    b'"us\\"er@host"@relay': "quoted",
    b"user@host@relay": "two-hosts",
    b"user@host@[IPv6:2001:db8::25]": "two-hosts",
}

PLAIN = [
    b"",
    b"postmaster",
    b"bert@example.org",
    b"bert+tag@example.org",
    b"bounce-bert=example.org@lists.example.net",
    b"SRS0=HHH=TT=example.org=bert@relay",
    b"SRS1=HHH=forwarder==HHH=TT=example.org=a%b@relay",
    b"prvs=2345678901=bert@example.org",
    b"bert@[192.0.2.25]",
    b"bert@[IPv6:2001:db8::25]",
    b"bert@[IPv6:fe80::1%eth0]",
    b'"bert"@example.org',
    b'"Bert B."@example.org',
    b"bert%40example.org@relay",
    b"bert%2Btag@example.org",
    b"100%@example.org",
    b"%bert@example.org",
    b"bert!@example.org",
    b"!bert@example.org",
    b"bert%-x@example.org",
    b"@",
    b"@relay",
    b"@relay:postmaster",
    b"@relay:",
    b"bert@",
    b'"',
]


@pytest.mark.parametrize("path", ROUTED, ids=bytes.decode)
def test_a_way_is_named(path):
    assert form_of(path) == ROUTED[path]
    assert ROUTED[path] in SHAPES


@pytest.mark.parametrize("path", PLAIN, ids=bytes.decode)
def test_a_mailbox_is_named(path):
    assert form_of(path) is None


@pytest.mark.parametrize("form", SHAPES)
def test_the_shapes_are_of_their_form(form):
    assert form_of(SHAPES[form].encode()) == form


@given(st.text(alphabet='a%!@:,"\\[].1', max_size=60).map(str.encode) | st.binary(max_size=40))
def test_nothing_makes_it_raise(path):
    assert form_of(path) in {None, *SHAPES}


@pytest.mark.parametrize(
    "path", [b"@" * 400, b"%" * 400, b"!" * 400, b'"@' * 200, b"a%b" * 130, b"@a," * 130]
)
def test_long_paths_do_not_go_on_for_ever(path):
    assert form_of(path) in {None, *SHAPES}

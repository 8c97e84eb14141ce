"""Rows counted one by one and in columns: the same, in the order of addresses."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desync.analysis.plain import END
from desync.report.ledger import Ledger
from desync.report.server_row import ServerRow

ADDRESSES = ("192.0.2.9", "192.0.2.10", "2001:db8::1", "::1", "10.0.0.1")
TEXTS = ("220 b", "220 a", "")


def number(address):
    octets = [int(part) for part in address.split(".")] if "." in address else None
    if octets is not None:
        return 0, 0xFFFF << 32 | int.from_bytes(bytes(octets), "big")
    return (0x20010DB8 << 32, 1) if address.startswith("2001") else (0, 1)


def in_columns(ledger, seen):
    ends = np.array([(*number(address), 25) for address, _, _ in seen], dtype=END)
    texts = np.array([TEXTS.index(text) for _, text, _ in seen], dtype=np.int64)
    ledger.count(ends, texts, np.array([split for *_, split in seen], dtype=np.bool_), TEXTS)


def one_by_one(ledger, seen):
    for address, text, split in seen:
        ledger.row(address, text).add_lawful(1, int(split))


SEEN = st.lists(st.tuples(st.sampled_from(ADDRESSES), st.sampled_from(TEXTS), st.booleans()), max_size=12)


@given(SEEN, SEEN, SEEN)
def test_columns_count_as_rows_do(first, second, third):
    mixed, single = Ledger(ServerRow), Ledger(ServerRow)
    in_columns(mixed, first)
    one_by_one(mixed, second)
    in_columns(mixed, third)
    one_by_one(single, [*first, *second, *third])
    assert list(mixed) == list(single)
    assert list(mixed) == list(mixed)


def test_rows_come_by_address_then_by_text():
    ledger = Ledger(ServerRow)
    one_by_one(ledger, [(address, text, False) for address in ADDRESSES for text in TEXTS])
    ledger.row("192.0.2.9", None).add_lawful(1, 0)
    rows = [(row["address"], row["banner"]) for row in ledger]
    order = ("::1", "10.0.0.1", "192.0.2.9", "192.0.2.10", "2001:db8::1")
    assert list(dict.fromkeys(address for address, _ in rows)) == list(order)
    assert [text for address, text in rows if address == "192.0.2.9"] == [None, "", "220 a", "220 b"]

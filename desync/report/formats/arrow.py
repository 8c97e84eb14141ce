"""Tables of a report as Arrow columns: for Parquet files and data frames.

May know pyarrow and the columns of tables; must not know what a row means. Imported only where it is asked
for: pyarrow is an extra.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from desync.report.escape import escape
from desync.report.formats.columns import Kind
from desync.report.formats.tables import Table
from desync.report.jsonl import Document
from desync.report.times import nanoseconds_of
from desync.version import VERSION

AT_A_TIME: Final = 8192
"""Rows of a batch, and of a row group of a file: what is in memory at once."""

_TYPES: Final[dict[Kind, Any]] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "integer": pa.int64(),
    "integers": pa.list_(pa.int64()),
    "time": pa.timestamp("ns", "UTC"),
}
_LIMIT: Final = 1 << 63
"""Of what 64 bits hold: as nanoseconds since 1970, the years 1678 to 2262."""


def schema_of(table: Table) -> Any:
    """The Arrow schema of a table; each field says in its metadata what it is about."""
    fields = [
        pa.field(one.name, _TYPES[one.kind], metadata={"description": one.about}) for one in table.columns
    ]
    return pa.schema(fields, metadata={"desync-table": table.name, "desync-version": VERSION})


def batches(table: Table, document: Document) -> Iterator[Any]:
    """Yield the rows of a table in record batches.

    Texts are printable as everywhere. A time that 64 bits cannot hold in nanoseconds is null.
    """
    schema = schema_of(table)
    rows = iter(table.rows(document))
    while some := list(islice(rows, AT_A_TIME)):
        arrays = [
            pa.array(_values(one.kind, (one.value(row) for row in some)), type=_TYPES[one.kind])
            for one in table.columns
        ]
        yield pa.record_batch(arrays, schema=schema)


def arrow_table(table: Table, document: Document) -> Any:
    """The rows of a table as one ``pyarrow.Table``."""
    return pa.Table.from_batches(batches(table, document), schema=schema_of(table))


def write_parquet(table: Table, document: Document, stream: IO[bytes]) -> None:
    """Write the rows of a table as a Parquet file, a batch at a time."""
    with pq.ParquetWriter(stream, schema_of(table), version="2.6", compression="zstd") as writer:
        for batch in batches(table, document):
            writer.write_batch(batch)


def _values(kind: Kind, values: Iterable[Any]) -> list[Any]:
    if kind == "text":
        return [None if one is None else escape(str(one)) for one in values]
    if kind == "texts":
        return [None if one is None else [escape(str(each)) for each in one] for one in values]
    if kind == "time":
        return [_fitting(nanoseconds_of(one)) for one in values]
    if kind == "integer":
        return [None if one is None else int(one) for one in values]
    return list(values)


def _fitting(number: int | None) -> int | None:
    return None if number is None or not -_LIMIT < number < _LIMIT else number

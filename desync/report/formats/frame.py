"""Tables of a report as pandas data frames.

May know pandas and Arrow tables; must not know what a row means. Imported only where it is asked for: pandas
is an extra.
"""

from typing import Any

import pandas as pd
import pyarrow as pa

from desync.report.formats.arrow import arrow_table
from desync.report.formats.tables import Table
from desync.report.jsonl import Document


def data_frame(table: Table, document: Document) -> Any:
    """The rows of a table as a ``pandas.DataFrame``; numbers that are not known are ``pandas.NA``."""
    kinds = {pa.int64(): pd.Int64Dtype()}
    return arrow_table(table, document).to_pandas(types_mapper=kinds.get)

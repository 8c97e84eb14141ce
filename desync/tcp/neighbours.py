"""Where a column, or several side by side, differ from one row to the next.

May know columns; must not know what they mean.
"""

import numpy as np
from numpy.typing import NDArray


def differs(*columns: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Say which rows differ from the row before in any column; the first one does."""
    new = np.ones(len(columns[0]), dtype=np.bool_)
    new[1:] = columns[0][1:] != columns[0][:-1]
    for column in columns[1:]:
        new[1:] |= column[1:] != column[:-1]
    return new

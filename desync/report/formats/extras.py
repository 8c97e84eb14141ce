"""Say which extra a format or a call needs, where it is not installed.

May know libraries by name; must not know what they are used for.
"""

from importlib.util import find_spec

from desync.errors import UsageError


class MissingExtra(UsageError, ImportError):  # noqa: N818 - what there is not, said as such
    """A library that is an extra is not installed."""


def require(library: str, what: str, extra: str = "parquet") -> None:
    """Make sure that a library is there, without importing it.

    Args:
        library: Its name.
        what: What needs it, for the message.
        extra: What brings it.

    Raises:
        MissingExtra: It is not installed.
    """
    if find_spec(library) is None:
        msg = f"{what} needs {library}: pip install 'desync[{extra}]'"
        raise MissingExtra(msg)

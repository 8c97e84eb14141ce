"""Values as octets: a tree in JSON, its columns behind it, compressed.

Reading makes values of ``classes.CLASSES`` only, columns of a few types, and runs nothing: a case may
come from a stranger. May know classes and columns; must not know databases.

    length of the tree (8 octets, little-endian) | tree | octets of the columns, one behind the other

In the tree a list is a value of the kind that its first element names: ``t`` a tuple, ``l`` a list,
``d`` a mapping as pairs, ``a`` a column (type, shape, where it begins), ``k`` one key of a pair of
endpoints, ``b`` octets, ``f`` a frame and its capture, ``r`` a rule, or a class. Captures are numbered
as whoever writes and reads lists them; any other has its number in the run, negative from -1 on.
"""

import json
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from math import prod
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desync.analysis.plain import END
from desync.archive.case.classes import CAPTURE_FIELDS, CLASSES
from desync.archive.traits import Traits
from desync.findings.catalogue import RULES
from desync.findings.rule import Rule
from desync.tcp.pair_keys import KEY

Tree: TypeAlias = Any
"""What JSON can say."""

LEVEL: Final = 1
"""Columns shrink to a quarter at the lowest level; higher ones cost more time than they save disk."""

_LENGTH: Final = struct.Struct("<Q")
_TYPES: Final = {
    **{np.dtype(name).str: np.dtype(name) for name in ("u1", "<u2", "<u4", "<u8", "<i4", "<i8", "?")},
    "key": KEY,
    "end": END,
}
_NAMES: Final = {kind: name for name, kind in _TYPES.items()}
_ERRORS: Final = (
    zlib.error,
    struct.error,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
)
"""What reading something else than what was written may raise."""
_PLACE: Final = frozenset({"capture", "frame"})
_RULES: Final = {rule.code: rule for rule in RULES}


class Damaged(ValueError):  # noqa: N818 - what happened, said as such
    """Octets that are no values."""


def encode(value: Any, captures: Sequence[int] = ()) -> bytes:
    """Write a value.

    Args:
        value: The value.
        captures: The numbers, in this run, of the captures that it speaks of.

    Raises:
        TypeError: It holds something that a case may not hold.
    """
    columns: list[bytes] = []
    tree = _Writer(columns, captures).tree(value)
    text = json.dumps(tree, separators=(",", ":")).encode()
    return zlib.compress(b"".join([_LENGTH.pack(len(text)), text, *columns]), LEVEL)


def decode(octets: bytes, captures: Sequence[int]) -> Any:
    """Read a value.

    Args:
        octets: What ``encode`` made.
        captures: The numbers that its captures have now.

    Raises:
        Damaged: They are nothing that ``encode`` makes.
    """
    try:
        whole = zlib.decompress(octets)
        (length,) = _LENGTH.unpack_from(whole)
        begin = _LENGTH.size + length
        tree = json.loads(whole[_LENGTH.size : begin])
        return _Reader(memoryview(whole)[begin:], captures).value(tree)
    except _ERRORS as error:
        raise Damaged(str(error)) from error


class _Writer:
    """Turns values into a tree, and collects the octets of columns."""

    def __init__(self, columns: list[bytes], captures: Sequence[int]) -> None:
        self._columns = columns
        self._octets = 0
        self._local = {capture: number for number, capture in enumerate(captures)}

    def tree(self, value: Any) -> Tree:
        kind = type(value)
        if value is None or kind in {bool, int, float, str}:
            return value
        if kind is tuple:
            return ["t", *map(self.tree, value)]
        name = _names().get(kind)
        if name is not None:
            return [name, *self._members(value, name)]
        return self._other(value)

    def _members(self, value: Any, name: str) -> Iterator[Tree]:
        number = CAPTURE_FIELDS.get(name)
        for each in _fields(name):
            member = getattr(value, each)
            yield self._numbered(member) if each == number else self.tree(member)

    def _numbered(self, capture: int) -> int:
        return int(self._local.get(capture, ~capture))

    def _other(self, value: Any) -> Tree:
        if isinstance(value, Rule):
            return ["r", value.code]
        if isinstance(value, np.ndarray):
            return self._column(value)
        if isinstance(value, np.void) and value.dtype == KEY:
            return ["k", *value.item()]
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, Mapping):
            # Findings name frames so.
            if value.keys() == _PLACE:
                return ["f", value["frame"], self._numbered(value["capture"])]
            return ["d", *([self.tree(key), self.tree(each)] for key, each in value.items())]
        if isinstance(value, bytes | bytearray):
            return ["b", b64encode(value).decode()]
        if isinstance(value, list):
            return ["l", *map(self.tree, value)]
        if isinstance(value, str):
            # A URL: what it shows of itself, without credentials. Whoever recalls it has the rest.
            return str(value)
        msg = f"a case holds no {type(value).__name__}"
        raise TypeError(msg)

    def _column(self, column: NDArray[Any]) -> Tree:
        octets = np.ascontiguousarray(column).tobytes()
        at = self._octets
        self._columns.append(octets)
        self._octets += len(octets)
        if column.dtype not in _NAMES:
            msg = f"a case holds no columns of {column.dtype}"
            raise TypeError(msg)
        return ["a", _NAMES[column.dtype], list(column.shape), at]


class _Reader:
    """Turns a tree into values."""

    def __init__(self, columns: memoryview, captures: Sequence[int]) -> None:
        self._columns = columns
        self._captures = captures
        self._kinds: dict[str, Callable[..., Any]] = {
            "t": lambda *each: tuple(map(self.value, each)),
            "l": lambda *each: list(map(self.value, each)),
            "d": lambda *each: {self.value(key): self.value(one) for key, one in each},
            "f": lambda frame, number: {"capture": self._capture(number), "frame": frame},
            "r": lambda code: _RULES[code],
            "b": lambda text: b64decode(text, validate=True),
            "k": lambda *numbers: np.array([numbers], dtype=KEY)[0],
            "a": self._column,
        }

    def value(self, tree: Tree) -> Any:
        if not isinstance(tree, list):
            if isinstance(tree, dict):
                msg = "an object in the tree"
                raise Damaged(msg)
            return tree
        make = self._kinds.get(tree[0])
        return make(*tree[1:]) if make is not None else self._instance(*tree)

    def _instance(self, name: str, *values: Tree) -> Any:
        members = dict(zip(_fields(name), map(self.value, values), strict=True))
        if name in CAPTURE_FIELDS:
            members[CAPTURE_FIELDS[name]] = self._capture(members[CAPTURE_FIELDS[name]])
        made = CLASSES[name](**members)
        if isinstance(made, Traits):
            made.rows[:, 0] = self._captures[0]
        return made

    def _capture(self, number: int) -> int:
        return self._captures[number] if number >= 0 else ~number

    def _column(self, kind: str, shape: list[int], at: int) -> NDArray[Any]:
        count = prod(shape)
        if at < 0 or any(size < 0 for size in shape):
            msg = f"a column of shape {shape} at {at}"
            raise Damaged(msg)
        if not count:
            return np.empty(shape, dtype=_TYPES[kind])
        return np.frombuffer(self._columns, _TYPES[kind], count, at).reshape(shape).copy()


@cache
def _names() -> dict[type, str]:
    return {kind: name for name, kind in CLASSES.items()}


@cache
def _fields(name: str) -> tuple[str, ...]:
    """The members of a class of which values may be held."""
    kind: Any = CLASSES[name]
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else tuple(kind._fields)

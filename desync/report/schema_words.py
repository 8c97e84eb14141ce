"""The small words that the report's JSON Schema is written in.

May know JSON Schema (draft 2020-12); must not know what a report holds.
"""

from typing import Any, Final, TypeAlias

Schema: TypeAlias = dict[str, Any]

BOOLEAN: Final[Schema] = {"type": "boolean"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
INTEGER: Final[Schema] = {"type": "integer"}
TEXT: Final[Schema] = {"type": "string"}
PORT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 65535}
FRAME: Final[Schema] = {"type": "integer", "minimum": 1, "description": "frame.number"}
TIME: Final[Schema] = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$",
    "description": "RFC 3339, UTC, with the capture's own precision",
}
RANGE: Final[Schema] = {
    "type": "array",
    "items": COUNT,
    "minItems": 2,
    "maxItems": 2,
    "description": "stream offsets, half-open, from the first octet after the SYN",
}
SPAN: Final[Schema] = {
    "type": "array",
    "items": COUNT,
    "minItems": 2,
    "maxItems": 2,
    "description": "first and last exchange, inclusive",
}


def fields(**members: Schema) -> Schema:
    """Describe an object that has exactly these members."""
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


def array(items: Schema) -> Schema:
    """Describe a list whose elements are alike."""
    return {"type": "array", "items": items}


def one_of(*words: str) -> Schema:
    """Describe a text that is one of a few words."""
    return {"enum": list(words)}


def maybe(schema: Schema) -> Schema:
    """Describe a value that is null where it is not known or there is none."""
    return {"anyOf": [schema, {"type": "null"}]}


def of(name: str) -> Schema:
    """Point to a definition of the same schema."""
    return {"$ref": f"#/$defs/{name}"}


def sides(schema: Schema) -> Schema:
    """Describe an object that says the same of the client and of the server."""
    return fields(client=schema, server=schema)

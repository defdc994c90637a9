"""Columns of tables: their types, and rules for values that Arrow's types do not express.

`schema` keeps the rules in the metadata of an Arrow schema; `faults` checks a table by them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

RULES, KEY = b"rules", b"key"


@dataclass(frozen=True)
class Column:
    """The type of a column and the rules for its values. Its numbers are finite."""

    kind: pa.DataType
    required: bool = True
    """If true, no entry is empty."""
    least: float | None = None
    most: float | None = None
    values: Sequence[str] = ()
    """The texts that are allowed; empty: all."""
    counted_from: int | None = None
    """If given, the column counts the rows from this number."""

    def field(self, name: str) -> pa.Field:
        """Return the Arrow field, which has the rules in its metadata."""
        rules = {key: rule for key, rule in asdict(self).items() if key not in ("kind", "required")}
        return pa.field(name, self.kind, not self.required, {RULES: json.dumps(rules)})


def schema(columns: Mapping[str, Column], key: Sequence[str] = ()) -> pa.Schema:
    """Return an Arrow schema. No two rows may agree in all columns of `key`, if it is given."""
    fields = [column.field(name) for name, column in columns.items()]
    return pa.schema(fields, {KEY: json.dumps(list(key))} if key else None)


def faults(content: pa.Table, expected: pa.Schema) -> Iterator[str]:
    """Yield what is wrong with a table, e.g. `has the column epoch as string, not int64`."""
    if missing := sorted(set(expected.names) - set(content.schema.names)):
        yield f"lacks the columns {', '.join(missing)}"
        return
    for field in expected:
        yield from _column_faults(content[field.name], field)
    key = json.loads((expected.metadata or {}).get(KEY, b"[]"))
    if key and _repeats(content, key):
        yield f"has several rows with the same {', '.join(key)}"


def _repeats(content: pa.Table, key: Sequence[str]) -> bool:
    """Tell whether two rows agree in all columns of `key`."""
    telling = [name for name in key if len(pc.unique(content[name])) > 1]
    distinct = content.group_by(telling or key[:1]).aggregate([]).num_rows
    return bool(distinct < content.num_rows)


def _column_faults(column: pa.ChunkedArray, field: pa.Field) -> Iterator[str]:
    if column.type != field.type:
        yield f"has the column {field.name} as {column.type}, not {field.type}"
        return
    if column.null_count and not field.nullable:
        yield f"has empty entries in the column {field.name}"
    rules = json.loads((field.metadata or {}).get(RULES, b"{}"))
    if rules and (allowed := _broken_rule(column, rules)):
        yield f"has values in the column {field.name} that are not {allowed}"


def _broken_rule(column: pa.ChunkedArray, rules: Mapping[str, Any]) -> str:
    """Return what the values should be by a rule that the column breaks, or an empty text."""
    if (first := rules["counted_from"]) is not None:
        counted = column.to_pylist() == [*range(first, first + len(column))]
        return "" if counted else f"{first}, {first + 1}, …"
    if pa.types.is_floating(column.type) and not _all(pc.is_finite(column)):
        return "finite"
    if rules["values"] and not _all(pc.is_in(column, pa.array(rules["values"], column.type))):
        return f"one of {', '.join(rules['values'])}"
    return _beyond(column, rules["least"], rules["most"])


def _beyond(column: pa.ChunkedArray, least: float | None, most: float | None) -> str:
    if least is not None and not _all(pc.greater_equal(column, least)):
        return f"at least {least:g}"
    if most is not None and not _all(pc.less_equal(column, most)):
        return f"at most {most:g}"
    return ""


def _all(values: pa.ChunkedArray) -> bool:
    return bool(pc.all(values, min_count=0).as_py())

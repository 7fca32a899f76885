"""Answers as files: CSV, JSON and Parquet that say what they are."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from vigie.version import VERSION

if TYPE_CHECKING:
    from vigie.queries.answers import Answer

__all__ = ["cell_of", "meta_of", "plain_rows", "plain_value", "to_csv", "to_json", "to_parquet"]

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(answer: Answer, *, comments: Mapping[str, str] | None = None) -> str:
    """All rows, header first: empty where there is no value, lists as JSON.

    Texts that a spreadsheet would run as a formula begin with an apostrophe, since titles come from strangers; JSON and
    Parquet keep them as they are.

    Args:
        answer: The answer.
        comments: For files that leave the house: lines `# key: value` before the header. None: bare rows.
    """
    buffer = io.StringIO()
    for key, value in (comments or {}).items():
        buffer.write(f"# {key}: {' '.join(value.split())}\n")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(answer.column_names)
    for row in plain_rows(answer):
        writer.writerow(["" if value is None else _disarmed(cell_of(value)) for value in row.values()])
    return buffer.getvalue()


def to_json(answer: Answer) -> str:
    """An object: `meta` (query, parameters, data version, columns, notes) and `rows`."""
    return json.dumps({"meta": meta_of(answer), "rows": list(plain_rows(answer))}, ensure_ascii=False, indent=2) + "\n"


def to_parquet(answer: Answer) -> bytes:
    """The table as Parquet, with what it is in the file's metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    meta = meta_of(answer)
    texts = {f"vigie.{key}": value if isinstance(value, str) else json.dumps(value) for key, value in meta.items()}
    sink = pa.BufferOutputStream()
    table = answer.table.replace_schema_metadata({**(answer.table.schema.metadata or {}), **texts})
    pq.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def meta_of(answer: Answer) -> dict[str, Any]:
    """What a file must say of an answer, so that it can be asked again."""
    question = answer.question
    return {
        "query": answer.name,
        "title": question.title if question else "",
        "parameters": plain_value(answer.parameters),
        "data_version": answer.data_version,
        "code_version": VERSION,
        "columns": {column.name: column.doc for column in question.columns} if question else {},
        "notes": list(answer.notes),
    }


def plain_rows(answer: Answer) -> Iterator[dict[str, Any]]:
    """The rows with values as JSON has them."""
    return ({name: plain_value(value) for name, value in row.items()} for row in answer.rows())


def plain_value(value: Any) -> Any:
    """A value as JSON has it; times are ISO 8601 in UTC."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


def cell_of(value: Any) -> Any:
    """A plain value as one cell of a table: lists and objects as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def _disarmed(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell

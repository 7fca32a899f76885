"""What the columns of tables and views mean: of a table's columns its rows tell (vigie.schemas), of others `_comments.sql`."""

from __future__ import annotations

import functools
import re

from vigie.queries.relations import read_sql
from vigie.schemas import TABLES

__all__ = ["meaning_of"]

#: Tables of which a view shows rows under another name.
_SHOWN_AS = {"article_revisions": "articles", "first_revisions": "articles", "first_texts": "articles"}
#: What rows of files have besides their table's columns.
_OF_FILES = {
    "date": "Day of the folder that the file lies in, UTC.",
    "filename": "The file.",
    "file": "The file in the folder of its table.",
    "table_name": "The table.",
    "file_name": "The file; names sort in order of time.",
    "topics_version": "Hash of the topics.",
    "folder": "The dataset's folder, whose files are shown: not the one that you opened, if it was moved or copied.",
    "code_version": "Version of vigie that wrote this file.",
    "definitions": "Hash of what the views are made from.",
    "written_at": "When it was written, UTC.",
}
_COMMENT = re.compile(r"COMMENT ON COLUMN (\w+\.\w+) IS '((?:[^']|'')*)';")


def meaning_of(view: str, column: str) -> str:
    """What a column holds, with its unit; empty where nothing tells."""
    said = _said().get(f"{view}.{column}")
    if said is not None:
        return said
    table = TABLES.get(_SHOWN_AS.get(view, view))
    if table and column in table.schema.names:
        return str(table.schema.field(column).metadata[b"doc"].decode())
    return _OF_FILES.get(column, "")


@functools.cache
def _said() -> dict[str, str]:
    return {name: text.replace("''", "'") for name, text in _COMMENT.findall(read_sql("_comments.sql"))}

"""`vigie compact`: many small files into few sorted ones."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

import typer

from vigie.cli.common import DataOption, local_folder, told
from vigie.errors import UsageError

__all__ = ["compact", "forget"]


def compact(
    data: DataOption = None,
    keep_raw: Annotated[
        str | None,
        typer.Option("--keep_raw", metavar="DAYS", help="Keep bodies for so many days, for instance 90d. Default: for ever."),
    ] = None,
) -> None:
    """Settle what runs wrote: one sorted file a table and month in place of many small ones.

    Figures stay what they are; questions are answered faster. It is safe beside readers and a running ingest, and
    changes nothing where it is killed. Small files that it has taken in stay an hour, and are removed by a later
    compaction. Run it once a day.

    Texts that were marked with `vigie forget` are removed from all files. Bodies that are not kept cannot be replayed.
    """
    with told():
        from vigie.pipelines.compact import compact as run
        from vigie.storage import Dataset

        dataset = Dataset(local_folder(data))
        done = run(dataset, keep_raw=_days(keep_raw))
        if done.taken or done.written:
            typer.echo(f"settled   {done.taken:,} small files into {done.written:,} with {done.rows:,} rows")
        else:
            typer.echo("All is settled already.")
        if done.removed:
            typer.echo(f"removed   {done.removed:,} files that were replaced more than an hour ago")


def _days(text: str | None) -> timedelta | None:
    if text is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,4})d?", text.strip())
    if found is None:
        raise UsageError(f"--keep_raw {text}: is no number of days; write it as 90d")
    return timedelta(days=int(found[1]))


def forget(
    url: Annotated[str | None, typer.Argument(metavar="[URL]", help="The article's link, as stored.")] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="ID", help="Instead: all articles of a source.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words; it is kept with the mark.")] = "",
    data: DataOption = None,
) -> None:
    """Mark an article, or all of a source, so that the next `vigie compact` removes its text from every file.

    Title, text, authors, links, the words of its evidence and the bodies that carried it go. Its address, dates, language,
    topics and hashes stay: it goes on to count, and the view `removals` says that something was removed. A replay lacks
    what only removed bodies brought. Files that a compaction replaced are removed by the next one an hour later.
    """
    with told():
        if (url is None) == (source is None):
            raise UsageError("forget takes either an article's URL or --source ID; name one of them")
        from vigie.clock import run_id_of, system_clock
        from vigie.schemas import Removal
        from vigie.storage import Dataset
        from vigie.storage.articles import articles_of

        dataset, now = Dataset(local_folder(data)), system_clock()
        found = articles_of(dataset, url=url, source_id=source)
        if not found:
            raise UsageError(f"{url or source}: no article of {dataset.root} has it; see `vigie query articles`")
        named = [("", source)] if source is not None else sorted(found)
        dataset.prepare()
        dataset.write("removals", [Removal(article, of, reason, now) for article, of in named], run_id=run_id_of(now))
        typer.echo(
            f"marked   {len(found):,} article{'' if len(found) == 1 else 's'}; `vigie compact` removes the text, and again an"
            " hour later the files that held it"
        )

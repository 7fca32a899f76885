"""Read stored articles back from their files, so that they can be evaluated again without being fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apache_beam as beam
import pyarrow.parquet as pq
from apache_beam.pvalue import PCollection

from vigie.storage import Dataset
from vigie.storage.articles import StoredArticle, read_articles
from vigie.storage.evaluations import ArticlesFile

__all__ = ["ArticleBatch", "ReadArticles"]


@dataclass(frozen=True, slots=True)
class ArticleBatch:
    """Some article revisions of one file."""

    file: str
    articles: tuple[StoredArticle, ...]
    #: How many the whole file holds.
    total: int


class _ReadFileFn(beam.DoFn):
    def __init__(self, data: str) -> None:
        self._dataset = Dataset(Path(data))

    def process(self, element: ArticlesFile) -> Iterator[ArticleBatch]:
        path = element.path(self._dataset)
        total = pq.read_metadata(path).num_rows
        if not total:
            yield ArticleBatch(element.file, (), 0)
        for articles in read_articles(path):
            yield ArticleBatch(element.file, tuple(articles), total)


class ReadArticles(beam.PTransform[PCollection[ArticlesFile], PCollection[ArticleBatch]]):
    """Read each file's article revisions, some thousands to an element; at least one element for each file.

    Args:
        data: The dataset's folder.
    """

    def __init__(self, data: str) -> None:
        """Keep the argument."""
        super().__init__()
        self._fn = _ReadFileFn(data)

    def expand(self, input_or_inputs: PCollection[ArticlesFile]) -> PCollection[ArticleBatch]:
        """Wire it."""
        batches: PCollection[ArticleBatch] = input_or_inputs | "ReadFiles" >> beam.ParDo(self._fn)
        return batches

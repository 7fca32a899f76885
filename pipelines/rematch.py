"""Put a dataset under another version of its topics: evaluate all that is stored, then switch, without fetching anything.

Until the switch every figure is the old version's. Rows of both stay; which ones count says the newest file of table
`topics`, so going back to a version under which all is evaluated writes that file and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from vigie.clock import run_id_of
from vigie.errors import UsageError
from vigie.pipelines.evaluate import evaluate_pending
from vigie.pipelines.run import Job, Summary, write_manifest, write_topics
from vigie.schemas import Option
from vigie.storage.counts import count_run
from vigie.storage.evaluations import count_evaluated

__all__ = ["rematch"]


def rematch(job: Job, *, settings: Sequence[Option] = ()) -> Summary:
    """Evaluate all stored article revisions under the job's topics, and make that version the active one.

    Idempotent: what was evaluated under the version before, by whichever run, is passed over, so a run that was killed is
    resumed by giving the same command again. What another run adds meanwhile is evaluated before the switch; what it
    adds under the old version while this one switches, right after it.

    Args:
        job: See there; its topics are the new ones.
        settings: The run's options, for its manifest.

    Raises:
        UsageError: The dataset holds no articles.
        WorkError: The dataset cannot be written to any more.
    """
    if not job.dataset.files("articles"):
        raise UsageError(f"{job.dataset.root}: holds no articles to evaluate; see that --data names a dataset")
    started_at = job.clock()
    run_id = run_id_of(started_at)
    job.dataset.prepare()
    _evaluate(job, run_id)
    write_topics(job, job.clock())
    _evaluate(job, run_id)
    files, articles = count_evaluated(job.dataset, run_id)
    counted = count_run(job.dataset, run_id)
    counters = {"files": files, "evaluated": articles, "mentions": counted["mentions"], "matches": counted["matches"]}
    return write_manifest(job, "rematch", run_id=run_id, started_at=started_at, counters=counters, settings=settings)


def _evaluate(job: Job, run_id: str) -> None:
    evaluate_pending(job.dataset, job.topics, job.options, run_id=run_id, clock=job.clock, progress=job.progress)

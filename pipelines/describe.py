"""Tell what a pipeline would do, without running it."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.pipeline import AppliedPTransform, PipelineVisitor
from apache_beam.pvalue import PValue

from vigie.pipelines.runner import runner_name

__all__ = ["describe"]

#: How far the steps that a step is made of are told.
_DEPTH = 3


class _Teller(PipelineVisitor):
    """Notes each step, with how deep it lies and whether what it gives ever ends."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def enter_composite_transform(self, transform_node: AppliedPTransform) -> None:
        self._tell(transform_node)

    def visit_transform(self, transform_node: AppliedPTransform) -> None:
        self._tell(transform_node)

    def visit_value(self, value: PValue, producer_node: AppliedPTransform) -> None:
        """Nothing: steps are told, not what lies between them."""

    def _tell(self, node: AppliedPTransform) -> None:
        if not node.full_label:
            return  # The pipeline itself.
        *parents, label = node.full_label.split("/")
        if len(parents) < _DEPTH:
            endless = any(output is not None and not output.is_bounded for output in node.outputs.values())
            self.lines.append(f"{'  ' * len(parents)}{label}{' (unbounded)' if endless and not parents else ''}")


def describe(pipeline: beam.Pipeline) -> str:
    """The runner and the steps of a pipeline, one a line; a step that is made of others is followed by them.

    The graph is also translated as for a runner elsewhere, which finds what could not be sent there.
    """
    teller = _Teller()
    pipeline.visit(teller)
    proto = pipeline.to_runner_api()
    counted = f"{len(proto.components.transforms)} transforms, {len(proto.components.pcollections)} collections"
    return "\n".join([f"runner: {runner_name(pipeline.options)} ({counted})", *teller.lines])

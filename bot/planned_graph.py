"""A repair to how Rasa 3.6.21 runs a model: the order of its nodes is worked out once, not for every message and every prediction.

Rasa cuts the graph down to what is needed, hands it to dask and lets dask sort it and keep books on it, each time anew, although a
model's graph never changes. For a graph that runs in one thread anyway that was a seventh of a turn. Applied once by bot/repairs.py.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Text, Tuple

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

_PLANS = "_plans_of_handraise"  # on the runner, so that a plan lives as long as its model


class Step(NamedTuple):
    """One node of the graph and the results it takes, in the order in which it takes them."""

    name: Text
    node: GraphNode
    needs: Tuple[Text, ...]


def repair() -> None:
    """Put the repair in place; a second call changes nothing."""
    DaskGraphRunner.run = run


def run(self: DaskGraphRunner, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None) -> Dict[Text, Any]:
    """As Rasa's: the results of ``targets`` (all targets of the graph when there are none), given the placeholders in ``inputs``.

    Raises:
        GraphRunError: a node failed with a ``RuntimeError``, or there is no such target.
    """
    wanted = tuple(targets or self._graph_schema.target_names)
    plans = self.__dict__.setdefault(_PLANS, {})
    if wanted not in plans:
        plans[wanted] = plan(self._graph_schema, self._instantiated_nodes, wanted)
    # a node takes results as pairs of name and value
    results: Dict[Text, Tuple[Text, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
    try:
        for name, node, needs in plans[wanted]:
            results[name] = node(*(results.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(results[name] for name in wanted)


def plan(schema: GraphSchema, nodes: Dict[Text, GraphNode], targets: Tuple[Text, ...]) -> List[Step]:
    """The nodes that the targets need, each after those whose results it takes.

    Raises:
        GraphRunError: there is no such target.
    """
    steps: Dict[Text, Step] = {}

    def visit(name: Text) -> None:
        if name in steps or name not in schema.nodes:  # a placeholder is given with the inputs
            return
        needs = tuple(schema.nodes[name].needs.values())
        for need in needs:
            visit(need)
        steps[name] = Step(name, nodes[name], needs)

    for target in targets:
        if target not in schema.nodes:
            raise GraphRunError(f"The model has no node {target!r}.")
        visit(target)
    return list(steps.values())

"""What could never be found and what could never hold, by the languages, places and exceptions of the concepts together."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence

from vigie.matching.lint import concepts_of
from vigie.matching.model import ALL, Concept, Declared, Group, Mentioned, Near, Rule, Topic, Weighed
from vigie.matching.places import Problems
from vigie.matching.satisfiable import Solver

__all__ = ["check_reach"]

_Solvers = Callable[[str], Solver]


def check_reach(declared: Declared, problems: Problems) -> None:
    """Note concepts that can never be found, and topics and parts of their rules that can never hold.

    Args:
        declared: What the files declare.
        problems: Where faults are noted; topics that have some already are passed over.
    """
    solvers = functools.cache(lambda language: Solver(declared.concepts, language))
    _check_concepts(declared, solvers, problems)
    concepts, topics = (_ids_under(section, problems) for section in ("concepts", "topics"))
    for topic in declared.topics.values():
        if topic.id not in topics:
            _TopicCheck(topic, solvers, problems, faulty=concepts).run()


def _ids_under(section: str, problems: Problems) -> frozenset[str]:
    """The concepts or topics in which there is a fault."""
    keys = (place.key.split(".") for place, _ in problems.found)
    return frozenset(key[1] for key in keys if key[0] == section and len(key) > 1)


def _check_concepts(declared: Declared, solvers: _Solvers, problems: Problems) -> None:
    """Note concepts that have terms, but that can never be found for all that is asked beside them."""
    faulty = _ids_under("concepts", problems)
    topics: dict[str, list[Topic]] = {}
    for topic in declared.topics.values():
        for name in dict.fromkeys(name for name, _ in concepts_of(topic.rule)):
            topics.setdefault(name, []).append(topic)
    for concept in declared.concepts.values():
        if concept.id in faulty:
            continue
        naming = topics.get(concept.id, [])
        spoken = _languages_of_terms(concept.id, declared, frozenset())
        claimed = {language for topic in naming for language in topic.languages if not spoken.isdisjoint((language, ALL))}
        languages = sorted((spoken - {ALL}) | claimed) or sorted(spoken)
        dead = [language for language in languages if not solvers(language).can_be_found(concept.id)]
        if dead == languages and dead:
            problems.add(concept.place, f"can never be found: {_why_lost(concept, solvers(dead[0]))}")
            continue
        for topic in naming:
            lost = [language for language in dead if language in topic.languages]
            if lost:
                what = f"can never be found in texts in {', '.join(lost)}, which topic `{topic.id}` claims"
                problems.add(concept.place, f"{what}: {_why_lost(concept, solvers(lost[0]))}")


def _languages_of_terms(identifier: str, declared: Declared, seen: frozenset[str]) -> set[str]:
    """The languages of a concept's terms, and of those of what it includes."""
    if identifier in seen or identifier not in declared.concepts:
        return set()
    concept = declared.concepts[identifier]
    own = {language for term in concept.terms for language in term.languages}
    return own.union(*(_languages_of_terms(included, declared, seen | {identifier}) for included in concept.include))


def _why_lost(concept: Concept, solver: Solver) -> str:
    both = [name for name in concept.only_with if name in concept.never_with]
    if both:
        return f"`{both[0]}` stands under `only_with` and under `never_with`: remove one"
    if concept.only_with and not any(map(solver.can_be_found, concept.only_with)):
        return f"it counts only with {_listed(concept.only_with)}, never found in texts in its language: add terms to that"
    return "what it counts only with, never with, and what it includes rule each other out: take one out"


def _listed(names: Sequence[str], most: int = 3) -> str:
    return ", ".join(f"`{name}`" for name in names[:most]) + (", …" if len(names) > most else "")


class _TopicCheck:
    """Looks through one topic.

    Args:
        topic: The topic.
        solvers: The solver for each language.
        problems: Where faults are noted.
        faulty: Concepts in which there is a fault, of which that a rule lacks them is no news.
    """

    def __init__(self, topic: Topic, solvers: _Solvers, problems: Problems, *, faulty: frozenset[str]) -> None:
        """Nothing is looked at yet."""
        self._topic = topic
        self._solvers = [solvers(language) for language in topic.languages]
        self._problems = problems
        self._faulty = faulty

    def run(self) -> None:
        """Note that the topic can never fire, or not in some language, or which parts of its rule serve nothing."""
        rule = self._topic.rule
        holding = [solver.can_hold(rule) for solver in self._solvers]
        if not any(holding):
            self._blame(rule, "")
            return
        dead = [language for language, holds in zip(self._topic.languages, holding, strict=True) if not holds]
        if dead and self._faulty.isdisjoint(name for name, _ in concepts_of(rule)):
            message = (
                f"can never hold in texts in {', '.join(dead)}, which the topic claims: add terms for what it requires there"
            )
            self._problems.add(rule.place, message)
        self._visit(rule, lambda part: part)

    def _can_hold(self, rule: Rule, scope: str = "") -> bool:
        return any(solver.can_hold(rule, scope) for solver in self._solvers)

    def _visit(self, rule: Rule, whole: Callable[[Rule], Rule], scope: str = "") -> None:
        """Note alternatives in a rule that can never hold.

        Args:
            rule: A part of the topic's rule that can hold.
            whole: Makes the topic's rule of what stands in the part's place.
            scope: Where the part is looked for.
        """
        scope = rule.scope or scope
        if isinstance(rule, Mentioned | Near) or (isinstance(rule, Group) and rule.kind == "none"):
            return
        for index, part in enumerate(_parts(rule)):

            def with_part(inner: Rule, rule: Group | Weighed = rule, index: int = index) -> Rule:
                if isinstance(rule, Group) and rule.kind == "all":
                    return whole(dataclasses.replace(rule, rules=(*rule.rules[:index], inner, *rule.rules[index + 1 :])))
                alone = isinstance(rule, Group) and rule.kind == "any"
                together = (inner,) if alone else (inner, rule)
                return whole(Group("all", together, len(together), scope=rule.scope))

            if isinstance(rule, Group) and rule.kind == "all" and isinstance(part, Group) and part.kind == "none":
                continue
            if self._can_hold(with_part(part)):
                self._visit(part, with_part, scope)
            elif self._can_hold(part, scope):
                self._problems.add(part.place, "can never hold here: what it requires is ruled out beside it")
            else:
                self._blame(part, scope)

    def _blame(self, rule: Rule, scope: str) -> None:
        """Note why a rule can never hold, at the smallest part of it that is to blame."""
        scope = rule.scope or scope
        if isinstance(rule, Mentioned | Near):
            slots = [(rule.concept,)] if isinstance(rule, Mentioned) else rule.slots
            lost = [slot for slot in slots if not any(self._can_hold(Mentioned(name), scope) for name in slot)]
            if any(not self._faulty.isdisjoint(slot) for slot in lost):
                return
            where = f"in the {scope}" if scope else "at all"
            why = f"{_listed(lost[0])} is never found {where}" if lost else "never all in the title or all in the text"
            self._problems.add(rule.place, f"can never hold: {why}")
            return
        dead = [part for part in _parts(rule) if not self._can_hold(part, scope)]
        if isinstance(rule, Group) and rule.kind == "none":
            self._problems.add(rule.place, "can never hold: what it rules out always holds")
        elif dead:
            for part in dead:
                self._blame(part, scope)
        else:
            self._blame_together(rule, scope)

    def _blame_together(self, rule: Rule, scope: str) -> None:
        """Note what is ruled out in a rule of which each part can hold alone."""
        flat = list(_flat(rule, scope))
        required = tuple(_within(part, inner) for part, inner in flat if not (isinstance(part, Group) and part.kind == "none"))

        def clashes(barred: Rule, inner: str) -> bool:
            none = Group("none", (barred,), 1, scope=inner)
            return not self._can_hold(Group("all", (*required, none), len(required) + 1))

        found = False
        for part, inner in flat:
            for barred in part.rules if isinstance(part, Group) and part.kind == "none" else ():
                inside = barred.scope or part.scope or inner
                if clashes(barred, inside):
                    names = dict.fromkeys(name for name, _ in concepts_of(barred))
                    both = [name for name in names if clashes(Mentioned(name), inside)]
                    what = f"{_listed(both)} is" if both else "this is"
                    self._problems.add(barred.place, f"can never hold: {what} both required and ruled out")
                    found = True
        if not found:
            self._problems.add(rule.place, "can never hold: its parts rule each other out")


def _parts(rule: Group | Weighed) -> tuple[Rule, ...]:
    return rule.rules if isinstance(rule, Group) else tuple(inner for weight, inner in rule.rules if weight > 0)


def _flat(rule: Rule, scope: str) -> Iterator[tuple[Rule, str]]:
    """The rules that must all hold for one to hold, each with where it is looked for."""
    scope = rule.scope or scope
    if isinstance(rule, Group) and rule.kind == "all":
        for part in rule.rules:
            yield from _flat(part, scope)
    else:
        yield rule, scope


def _within(rule: Rule, scope: str) -> Rule:
    return Group("all", (rule,), 1, scope=scope)

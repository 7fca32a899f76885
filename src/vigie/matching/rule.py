"""What every rule that is ready to be evaluated can tell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from vigie.matching.clauses import Clauses
from vigie.matching.found import Article

__all__ = ["CompiledRule", "Hit", "Needs", "Part"]

#: Bits, of each number of which a rule needs at least one to be found: the quick look before it is evaluated.
Needs = tuple[int, ...]

Hit = tuple[tuple[int, int, int], str]  #: place in the folded text and concept; part of the rule


class CompiledRule(ABC):
    """A rule ready to be evaluated."""

    @abstractmethod
    def evaluate(self, article: Article) -> list[Hit] | None:
        """The evidence on which the rule holds, empty where it holds on an absence; None where it does not hold.

        It is asked only of an article in which there is what the rule :meth:`needs`.
        """

    @abstractmethod
    def negations(self) -> int:
        """How many absences stand within each other, at the most.

        With one or none, a rule holds on an article's beginning if what it held on lies there: nothing is present there that
        is not in the whole.
        """

    @abstractmethod
    def needs(self) -> Needs:
        """What must be found at the least for the rule to hold; nothing where it may hold on an absence."""

    @abstractmethod
    def clauses(self) -> Clauses:
        """Sets of concepts of which one must be found whole for the rule to hold: a necessary condition, no more."""


class Part(NamedTuple):
    """A rule, and what has to be found for it to be worth a look."""

    needs: Needs
    rule: CompiledRule

    @classmethod
    def of(cls, rule: CompiledRule) -> Part:
        """A rule with what it needs."""
        return cls(rule.needs(), rule)

    def evaluate(self, article: Article) -> list[Hit] | None:
        """The evidence on which the rule holds in any article; None where it does not hold."""
        for bits in self.needs:
            if not bits & article.found:
                return None
        return self.rule.evaluate(article)

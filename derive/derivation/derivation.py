"""The Derivation: equations, forward and backward, with the rule that produced each."""

from dataclasses import dataclass
from functools import cached_property

from derive.errors import DeriveError
from derive.expressions.building import multiply, summation
from derive.expressions.expression import Adjoint, Entry, Expression, Index, Name
from derive.model.model import Model


@dataclass(frozen=True)
class Factor:
    """A local derivative ∂of/∂by and its value."""

    of: Entry
    by: Entry
    value: Expression


@dataclass(frozen=True)
class Term:
    """One way from a quantity to the error: Σ_over upstream · local.

    `upstream` is the adjoint of `local.of`, or None where that is the error itself.
    `whole` is false where the quantity occurs in `local.of` in several ways, with other
    indices each: `local` is then one summand of the local derivative.
    """

    over: tuple[Index, ...]
    upstream: Entry | None
    local: Factor
    whole: bool = True

    @property
    def value(self) -> Expression:
        """The term as an expression, upstream first."""
        upstream = () if self.upstream is None else (self.upstream,)
        return summation(self.over, multiply(*upstream, self.local.value))


@dataclass(frozen=True)
class Given:
    """The rule of a forward equation: the paper says so."""


@dataclass(frozen=True)
class Named:
    """The rule of E = O − y: the paper's name for an expression."""


@dataclass(frozen=True)
class ChainRule:
    """The rule of an adjoint: the contributions of every equation that holds the quantity."""

    terms: tuple[Term, ...]


Rule = Given | Named | ChainRule


@dataclass(frozen=True)
class Equation:
    """target = value, by a rule. The id names it everywhere: label, comment, message."""

    id: str
    target: Entry
    value: Expression
    rule: Rule

    @property
    def terms(self) -> tuple[Term, ...]:
        """The ways to the error that an adjoint adds up; a given equation has none."""
        return self.rule.terms if isinstance(self.rule, ChainRule) else ()


@dataclass(frozen=True)
class Derivation:
    """The forward equations, and the backward ones in the order they are computed."""

    model: Model
    forward: tuple[Equation, ...]
    backward: tuple[Equation, ...]

    @property
    def equations(self) -> tuple[Equation, ...]:
        """All of them; each uses only what stands before it."""
        return self.forward + self.backward

    @property
    def named(self) -> tuple[Equation, ...]:
        """The paper's names for expressions, E = O − y."""
        return tuple(e for e in self.backward if isinstance(e.rule, Named))

    @property
    def adjoints(self) -> tuple[Equation, ...]:
        """The equations of the chain rule, in the order they are computed."""
        return tuple(e for e in self.backward if isinstance(e.rule, ChainRule))

    @property
    def gradients(self) -> tuple[Equation, ...]:
        """The derivatives that are asked for: by every weight, then by the inputs asked for."""
        return tuple(self.gradient(array.name) for array in self.model.differentiated)

    @cached_property
    def _by_name(self) -> dict[Name, Equation]:
        return {equation.target.name: equation for equation in self.equations}

    def equation(self, name: Name) -> Equation:
        """The equation that defines a quantity or an adjoint."""
        if name not in self._by_name:
            known = ", ".join(map(str, self._by_name))
            raise DeriveError(f"nothing defines {name}", f"defined are {known}", self.model.name)
        return self._by_name[name]

    def gradient(self, weight: str) -> Equation:
        """The equation of ∂EQ/∂weight."""
        return self.equation(Adjoint(self.model.error, weight))


def identify(name: Name) -> str:
    """The id of what a name stands for: H_in is H-in, ∂EQ/∂O_in is dEQ-dO-in."""
    text = name if isinstance(name, str) else f"d{name.of}-d{name.by}"
    return text.replace("_", "-")

"""Simplified -> Certificate: the mathematics checked by other ways than it was derived.

Three layers, none of which uses the index calculus that derived the equations:

1. every step: at small sizes, with every quantity a free symbol, Σ ∂EQ/∂T · sympy.diff(T, X)
   over all equations T against the equation for ∂EQ/∂X, and every shorter form of it
   against that equation (`forms`);
2. every partial: EQ expanded whole in the weights, sympy.diff of it against the chain;
3. every partial in numbers: central differences of EQ in 50-digit arithmetic.

Deeper networks, whose whole expansion doubles with each layer, and larger ones have every
partial compared exactly modulo a 61-bit prime, against forward-mode dual numbers.
"""

from collections.abc import Iterator

from derive.derivation.derivation import Derivation
from derive.derivation.simplify import Simplified, simplify
from derive.errors import DeriveError, InternalError
from derive.evaluation.evaluate import Sizes
from derive.expressions.expression import Apply, Entry, Expression, Name, Power, RealPower, children
from derive.model.model import Model
from derive.proof.certificate import Certificate, Check, proof_sizes, show_sizes
from derive.proof.differences import check_differences
from derive.proof.forms import check_forms
from derive.proof.steps import check_steps
from derive.proof.whole import check_modular, check_whole

LONGEST_WHOLE = 12
"""Equations up to which chains are written whole: with skip connections they double at each."""


DEEPEST_WHOLE = 5
"""Functions and powers one within another up to which the error is expanded whole: three layers
and a squared error are 4. Deeper, partials are compared modulo a prime.
"""


TITLE = "the derivation"
"""The title of a certificate where no other is given."""


def prove(derivation: Derivation, title: str = TITLE) -> Certificate:
    """Check a derivation in every layer, at two choices of sizes."""
    return prove_simplified(simplify(derivation), title)


def prove_simplified(simplified: Simplified, title: str) -> Certificate:
    """The same, for a derivation whose adjoints have been simplified; their forms are checked."""
    checks: list[Check] = []
    for sizes in proof_sizes(simplified.model):
        for layer in _layers(simplified, sizes):
            try:
                checks += layer
            except InternalError:
                raise
            except DeriveError as error:  # an equation that cannot even be evaluated
                claim = f"the equations make sense ({show_sizes(sizes)})"
                checks.append(Check(claim, False, str(error)))
    return Certificate(title, simplified.model.name, tuple(checks))


def _layers(simplified: Simplified, sizes: Sizes) -> tuple[Iterator[Check], ...]:
    """The layers that decide for a network of that depth, none of them begun."""
    derivation = simplified.derivation
    always = check_steps(derivation, sizes), check_forms(simplified, sizes)
    if not _is_shallow(derivation.model):
        return (*always, check_modular(derivation, sizes))
    return (*always, check_whole(derivation, sizes), check_differences(derivation, sizes))


def _is_shallow(model: Model) -> bool:
    return depth(model) <= DEEPEST_WHOLE and len(model.equations) <= LONGEST_WHOLE


def depth(model: Model) -> int:
    """How many functions, powers and quotients lie one within another on the way to the error."""
    found: dict[Name, int] = {}
    for definition in model.equations:
        found[definition.name] = _nested(definition.value, found)
    return found[model.error]


def _nested(node: Expression, known: dict[Name, int]) -> int:
    if isinstance(node, Entry):
        return known.get(node.name, 0)
    inner = max((_nested(part, known) for part in children(node)), default=0)
    return inner + isinstance(node, Apply | Power | RealPower)

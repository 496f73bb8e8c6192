"""Simplified -> Certificate: the mathematics checked by other ways than it was derived.

Three layers, none of which uses the index calculus that derived the equations:

1. every step: at small sizes, with every quantity a free symbol, Σ ∂EQ/∂T · sympy.diff(T, X)
   over all equations T against the equation for ∂EQ/∂X, and every shorter form of it
   against that equation (`forms`);
2. every partial: EQ expanded whole in the weights, sympy.diff of it against the chain; where
   that is long, as it doubles with each layer, exactly modulo a 61-bit prime, against
   forward-mode dual numbers;
3. every partial in numbers: central differences of EQ in balls;
4. the gradient on kinks, against the slopes of EQ on both sides (`ties`).

Each decides, and in a bounded number of operations: what algebra leaves open is decided by
balls at random points of the model, and refused only where two of them do not meet.
"""

from collections.abc import Iterator, Sequence

from derive.derivation.derivation import Derivation
from derive.derivation.simplify import Simplified, simplify
from derive.errors import DeriveError, InternalError
from derive.evaluation.evaluate import Sizes
from derive.proof.certificate import Certificate, Check, proof_sizes, show_sizes
from derive.proof.differences import check_differences
from derive.proof.forms import check_forms
from derive.proof.points import Point, points
from derive.proof.steps import check_steps
from derive.proof.ties import check_ties
from derive.proof.whole import check_whole

TITLE = "the derivation"
"""The title of a certificate where no other is given."""


def prove(derivation: Derivation, title: str = TITLE) -> Certificate:
    """Check a derivation in every layer, at two choices of sizes."""
    return prove_simplified(simplify(derivation), title)


def prove_simplified(simplified: Simplified, title: str) -> Certificate:
    """The same, for a derivation whose adjoints have been simplified; their forms are checked."""
    checks: list[Check] = []
    for sizes in proof_sizes(simplified.model):
        try:
            tried = points(simplified.derivation, sizes)
        except InternalError:
            raise
        except DeriveError as error:
            checks.append(nonsense(sizes, error))
            continue
        for layer in _layers(simplified, sizes, tried):
            try:
                checks += layer
            except InternalError:
                raise
            except DeriveError as error:  # an equation that cannot even be evaluated
                checks.append(nonsense(sizes, error))
    return Certificate(title, simplified.model.name, tuple(checks))


def nonsense(sizes: Sizes, error: DeriveError) -> Check:
    """A check that failed as the model cannot be evaluated at these sizes."""
    return Check(f"the equations make sense ({show_sizes(sizes)})", False, str(error))


def _layers(
    simplified: Simplified, sizes: Sizes, tried: Sequence[Point]
) -> tuple[Iterator[Check], ...]:
    """The layers of a proof, none of them begun."""
    derivation = simplified.derivation
    return (
        check_steps(derivation, sizes, tried),
        check_forms(simplified, tried),
        check_whole(derivation, sizes, tried),
        check_differences(tried),
        check_ties(derivation, sizes),
    )

"""A form of an adjoint is compared in numbers of the model: no wrong one is one of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import pytest

from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import Simplified, SimplifiedAdjoint, simplify
from derive.expressions.building import multiply, power, rebuild
from derive.expressions.contents import children
from derive.expressions.expression import MINUS_ONE, Add, Apply, Entry, Expression, Multiply, Power
from derive.proof.certificate import proof_sizes
from derive.proof.forms import check_forms
from derive.proof.points import points
from tests.conftest import model_of

Mutants = Callable[[Expression], Iterator[Expression]]


def at_each(node: Expression, change: Mutants) -> Iterator[Expression]:
    """The expression, changed at one place, for each place and each way."""
    yield from change(node)
    parts = children(node)
    for place, part in enumerate(parts):
        for new in at_each(part, change):
            yield rebuild(node, (*parts[:place], new, *parts[place + 1 :]))


def another_sign(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Add):
        for place, term in enumerate(node.terms):
            yield Add((*node.terms[:place], multiply(MINUS_ONE, term), *node.terms[place + 1 :]))


def a_term_lost(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Add):
        for place in range(len(node.terms)):
            yield rebuild(node, (*node.terms[:place], *node.terms[place + 1 :]))


def a_factor_lost(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Multiply):
        for place in range(len(node.factors)):
            yield rebuild(node, (*node.factors[:place], *node.factors[place + 1 :]))


def another_power(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Power):
        yield power(node.base, node.exponent + 1)


def another_function(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Apply):
        yield Apply(node.function, node.argument, 1 - node.order)


def indices_exchanged(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Entry) and len(node.indices) > 1:
        first, second, *rest = node.indices
        if first.size == second.size:
            yield Entry(node.name, (second, first, *rest))


MUTANTS = (
    another_sign,
    a_term_lost,
    a_factor_lost,
    another_power,
    another_function,
    indices_exchanged,
)


def wrong_forms(found: SimplifiedAdjoint) -> Iterator[tuple[str, SimplifiedAdjoint]]:
    """The adjoint with one of its forms changed at one place."""
    for (place, step), change in product(enumerate(found.steps), MUTANTS):
        for value in at_each(step.value, change):
            steps = (*found.steps[:place], replace(step, value=value), *found.steps[place + 1 :])
            yield f"{change.__name__} in {value}", replace(found, steps=steps)


def with_adjoint(simplified: Simplified, found: SimplifiedAdjoint) -> Simplified:
    return replace(simplified, adjoints=(found,))


SOFTMAX = """
z[k] = sum(j, V[k,j] * sum(i, W[j,i] * I[i]))
p[k] = exp(z[k]) / sum(q, exp(z[q]))
EQ = -sum(k, y[k] * log(p[k]))"""


ENTROPY = """
H[j] = logistic(sum(i, W[j,i] * I[i]))
A[j] = tanh(sum(i, W[j,i] * I[i]))
EQ = sum(k, (sum(j, V[k,j] * H[j] * A[j]) - y[k])^2) - sum(j, log(H[j]) + log(1 - H[j]))"""


RATIO = """
u = sum(j, sum(i, W[j,i] * I[i]))
r = exp(u)
EQ = sum(k, (r * y[k] - sum(j, V[k,j]) / r)^2)"""


@pytest.mark.parametrize(
    "equations", [SOFTMAX, ENTROPY, RATIO], ids=["softmax", "entropy", "ratio"]
)
def test_every_form_changed_at_one_place_is_refused(
    equations: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    simplified = simplify(differentiate(model_of(tmp_path_factory.mktemp("m"), equations)))
    tried = points(simplified.derivation, proof_sizes(simplified.model)[1])
    assert all(check.holds for check in check_forms(simplified, tried))
    mutants = 0
    for found in simplified.adjoints:
        for what, wrong in wrong_forms(found):
            (check,) = check_forms(with_adjoint(simplified, wrong), tried)
            assert not check.holds, what
            assert "came out as" in check.detail
            mutants += 1
    assert mutants > 3

"""What libraries with derivatives of their own are told: a forward pass, what it keeps, and back."""

from dataclasses import replace

import pytest

import derive
from derive import locate
from derive.arrays.lower import lower_stably
from derive.arrays.program import Call, Product, Ref
from derive.code.passes import Passes, passes
from derive.code.seeded import seed, seeded
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.evaluation.sides import with_sides
from derive.expressions.expression import Adjoint
from derive.jax.dialect import JAX
from derive.model.batch import batch


def passes_of(name: str) -> Passes:
    model = derive.load(name)
    return passes(model, simplify(differentiate(batch(with_sides(model)))), JAX)


def test_what_comes_from_above_enters_once_and_nothing_is_multiplied_at_the_end() -> None:
    found = passes_of("digits")
    assert sum("dL_dL" in line for line in found.back) == 1
    assert found.partials == ("dL_dW1", "dL_db1", "dL_dW2", "dL_db2", None, None)
    assert found.kept == ("W2", "x", "y", "h", "p")


@pytest.mark.parametrize("name", locate.shipped())
def test_it_is_a_factor_in_the_whole_gallery(name: str) -> None:
    assert not any("*" in (partial or "") for partial in passes_of(name).partials)


def test_where_it_is_not_seen_to_be_a_factor_nothing_is_said() -> None:
    model = derive.load("digits")
    (first, *rest) = lower_stably(simplify(differentiate(batch(model)))).backward
    above = Ref(Adjoint("L", "z2"))
    assert seeded((first, *rest), "L") is not None
    for value in (Call("exp", 0, above), Product((above, above)), Product((above,), (above,))):
        assert seeded((replace(first, value=value),), "L") is None
    assert seed("L") == Adjoint("L", "L")


def test_a_softmax_beside_its_logarithm_is_its_exponential() -> None:
    ahead = "\n".join(passes_of("digits").ahead)
    assert "p = jnp.exp(log_p)" in ahead
    assert ahead.count("log_softmax") == 1
    assert "jax.nn.softmax(S, axis=2)" in "\n".join(passes_of("attention").ahead)

"""A point is found wherever there is one, as strangers write their models."""

from fractions import Fraction

import pytest

from derive.derivation.derivation import Derivation
from derive.derivation.differentiate import differentiate
from derive.errors import ProofError
from derive.evaluation.conditions import standing
from derive.evaluation.random_points import random_rationals
from derive.model.batch import batch
from derive.proof.certificate import proof_sizes
from derive.proof.prove import prove
from derive.reading.resolve import resolve
from derive.reading.source import Source

HEAD = """title = "t"
source = "s"
weights = ["W[j,i]", "b[j]"]
inputs = ["x[i]"]
targets = ["y[j]"]
"""


FOOT = """
[sizes]
i = "n"
j = "m"
[example]
n = 2
m = 2
"""


O = "o[j] = sum(i, W[j,i]*x[i]) + b[j]"


FOUND = {
    "a constant that is large": f"{O} * log(10) * exp(9)\nL = sum(j, (tanh(o[j]) - y[j])^2)",
    "a constant argument": f"{O}\nL = sum(j, (tanh(10)*o[j] - y[j])^2)",
    "a temperature": f"{O}\np[j] = softmax(j, o[j]/0.07)\nL = -sum(j, y[j]*log(p[j]))",
    "a small temperature": f"{O}\np[j] = softmax(j, o[j]*10000)\nL = -sum(j, y[j]*log(p[j]))",
    "pixels": "o[j] = sum(i, W[j,i]*x[i]/255) + b[j]\nL = sum(j, (tanh(o[j]) - y[j])^2)",
    "far data": f"{O}\nL = sum(j, (log(o[j] - 1000000) - y[j])^2)",
    "logarithms": f"{O}\nL = sum(j, (log(log(log(o[j]))) - y[j])^2)",
    "a disc": f"{O}\nL = sum(j, (log(1 - o[j]^2) - y[j])^2)",
    "exponentials": f"{O}\nL = sum(j, (exp(exp(exp(o[j]))) - y[j])^2)",
    "a far pole": f"{O}\nL = sum(j, (log(1/(o[j] - 1000)) - y[j])^2)",
    "a small kink": f"{O}\nL = sum(j, (relu(o[j]/10^18) - y[j])^2)",
    "a large kink": f"{O}\nL = sum(j, (relu(o[j]*10^18) - y[j])^2)",
    "a tie of the same": f"{O}\np[j] = logistic(o[j])\n"
    "L = sum(j, (max(p[j], p[j]^2 + (1 - p[j])*p[j]) - y[j])^2)",
    "a variance of equals": f"{O}\nd[j] = (o[j] + 1)*(o[j] - 1) - o[j]^2 + 1\nq[j] = d[j]^2\n"
    "L = sum(j, (max(q[j], 0) + o[j] - y[j])^2)",
    "two sides": f"{O}\nL = sum(j, (log(o[j] - 100) + log(101 - o[j]) - y[j])^2)",
}


NOWHERE = {
    "L takes log of": f"{O}\nL = sum(j, log(-exp(o[j])) - y[j])",
    "L takes log of -": f"{O}\nL = sum(j, log(-1 - o[j]^2) - y[j])",
    "q divides by 0": f"{O}\na[j] = y[j]\nq[j] = o[j]/(y[j] - a[j])\nL = sum(j, q[j]^2)",
}


def _batched(equations: str, more: str = "") -> Derivation:
    text = f'{HEAD}{more}equations = """\n{equations}\n"""{FOOT}'
    return differentiate(batch(resolve("t", Source("t.toml", text))))


@pytest.mark.parametrize("equations", FOUND.values(), ids=FOUND)
def test_a_point_is_found(equations: str) -> None:
    derivation = _batched(equations)
    sizes = proof_sizes(derivation.model)[0]
    point = random_rationals(derivation, sizes, seed=3)
    assert standing(derivation, sizes, point).rank == (0, 0)
    assert point == random_rationals(derivation, sizes, seed=3)


@pytest.mark.parametrize(("words", "equations"), NOWHERE.items(), ids=NOWHERE)
def test_where_there_is_none_the_equation_is_named(words: str, equations: str) -> None:
    derivation = _batched(equations)
    sizes = dict.fromkeys(proof_sizes(derivation.model)[0], 1)
    with pytest.raises(ProofError) as error:
        random_rationals(derivation, sizes, seed=3)
    assert words in error.value.problem


def test_assumptions_stay_kept_where_a_point_is_sought() -> None:
    equations = f"{O}\nL = sum(j, (log(o[j] - 50) - y[j])^2)"
    more = 'assumptions = ["x[i] >= 0", "sum(j, y[j]) = 1"]\n'
    derivation = _batched(equations, more)
    sizes = {"N": 2, "n": 3, "m": 2}
    point = random_rationals(derivation, sizes, seed=1)
    assert all(number >= 0 for (name, _), number in point.items() if name == "x")
    for sample in (1, 2):
        assert sum(point["y", (sample, j)] for j in (1, 2)) == Fraction(1)


def test_a_root_of_what_cancels_at_all_weights_is_that_of_nothing() -> None:
    """The probability of the only class there is is 1."""
    loss = "p[j] = softmax(j, o[j])\nL = sum(j, y[j]*(1 - p[j])^1.5) + sum(j, o[j]^2)"
    derivation = _batched(f"{O}\n{loss}")
    sizes = {"N": 2, "n": 2, "m": 1}
    point = random_rationals(derivation, sizes, seed=3)
    assert standing(derivation, sizes, point).rank == (0, 0)
    only = FOOT.replace("m = 2", "m = 1")
    model = resolve("t", Source("t.toml", f'{HEAD}equations = """\n{O}\n{loss}\n"""{only}'))
    assert prove(differentiate(model))


def test_no_number_is_drawn_that_a_person_writes() -> None:
    """A weight that is -1 would seem to tie with the bound of min(max(w, -1), 1) for all weights."""
    derivation = _batched(f"{O}\nL = sum(j, min(max(b[j], -1), 1)*o[j]*y[j])")
    sizes = {"N": 3, "n": 12, "m": 12}
    for seed in range(20):
        point = random_rationals(derivation, sizes, seed)
        assert all(number.denominator > 1000 for number in point.values())


def test_each_of_many_numbers_finds_the_sign_that_its_logarithm_wants() -> None:
    derivation = _batched(f"{O}\nL = sum(j, y[j] * log(y[j] / exp(o[j]))) + sum(i, log(x[i]^3))")
    sizes = {"N": 3, "n": 3, "m": 6}
    for seed in range(3):
        point = random_rationals(derivation, sizes, seed)
        assert all(number > 0 for (name, _), number in point.items() if name in "xy")


def test_what_a_mask_hides_is_on_its_kink_at_all_weights() -> None:
    """|y o| with y in {0, 1}: where y is 0 there is nothing to keep away from."""
    derivation = _batched(f"{O}\nL = sum(j, abs(y[j]*o[j]))", 'assumptions = ["y[j] in {0, 1}"]\n')
    sizes = {"N": 2, "n": 2, "m": 2}
    points = [random_rationals(derivation, sizes, seed) for seed in range(4)]
    assert {point["y", (s, j)] for point in points for s in (1, 2) for j in (1, 2)} == {0, 1}


def test_what_is_worse_than_enough_is_told_early_and_all_else_is_as_it_was() -> None:
    derivation = _batched(FOUND["a disc"])
    sizes = proof_sizes(derivation.model)[0]
    point = random_rationals(derivation, sizes, seed=3)
    factors = (Fraction(1), Fraction(5), Fraction(40), Fraction(300))
    moved = [{cell: x * factor for cell, x in point.items()} for factor in factors]
    known = [standing(derivation, sizes, there) for there in moved]
    for enough in (each.rank for each in known):
        for there, whole in zip(moved, known, strict=True):
            found = standing(derivation, sizes, there, enough)
            assert found == whole if whole.rank <= enough else found.rank > enough
            assert whole.rank <= enough or len(found.margins) < len(whole.margins)


@pytest.mark.parametrize("moved", ["b", "W", "x"])
def test_a_point_stands_as_it_does_whether_one_beside_it_is_known_or_not(moved: str) -> None:
    derivation = _batched(FOUND["a disc"])
    sizes = proof_sizes(derivation.model)[0]
    point = random_rationals(derivation, sizes, seed=3)
    known = standing(derivation, sizes, point)
    there = {cell: x * 40 if cell[0] == moved else x for cell, x in point.items()}
    whole = standing(derivation, sizes, there)
    assert whole != known
    assert standing(derivation, sizes, there, beside=(point, known)) == whole

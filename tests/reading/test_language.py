"""What the words of the language mean: losses, softmax, choices, assumptions, samples."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import derive
from derive.code.module import load
from derive.expressions.expression import Expression
from derive.expressions.indices import canonical
from derive.model.batch import batch
from derive.model.output import output_of
from derive.pipeline import make
from derive.reading.losses import LOSSES
from tests.conftest import NETWORK, UNIT, declarations, proven_trainer, write_text

NET = "z[k] = sum(j, i, V[k,j] * W[j,i] * I[i])\n"


def model_of(
    tmp_path: Path, equations: str, extra: str = "", name: str = "example"
) -> derive.Model:
    text = declarations(NET + equations).replace("[sizes]", f"{extra}\n[sizes]", 1)
    return derive.load(write_text(tmp_path, text, name))


def value(tmp_path: Path, equations: str) -> Expression:
    return canonical(model_of(tmp_path, equations).equations[-1].value)


# --- names for equations ----------------------------------------------------------------------

WRITTEN_OUT = {
    "squared_error": "sum(k, (z[k] - y[k])^2) / 2",
    "absolute_error": "sum(k, abs(z[k] - y[k]))",
    "huber": "sum(k, where(abs(z[k] - y[k]) > delta, delta * abs(z[k] - y[k]) - delta^2 / 2,"
    " (z[k] - y[k])^2 / 2))",
    "binary_cross_entropy": "-sum(k, y[k] * log(z[k]) + (1 - y[k]) * log(1 - z[k]))",
    "binary_cross_entropy_logits": "sum(k, softplus(z[k]) - y[k] * z[k])",
    "cross_entropy": "-sum(k, y[k] * log(z[k]))",
    "poisson": "sum(k, z[k] - y[k] * log(z[k]))",
    "hinge": "sum(k, max(1 - y[k] * z[k], 0))",
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_by_name_is_its_equation(name: str, tmp_path: Path) -> None:
    extra = "[hyperparameters]\ndelta = 0.5\n" if name == "huber" else ""
    call = f"{name}(k, {', '.join(['z[k]', 'y[k]', *LOSSES[name].parameters[2:]])})"
    named, written = (
        model_of(tmp_path, f"EQ = {right}", extra) for right in (call, WRITTEN_OUT[name])
    )
    assert canonical(named.equations[-1].value) == canonical(written.equations[-1].value)


def test_softmax_by_name_is_its_equation(tmp_path: Path) -> None:
    named, written = (
        model_of(tmp_path, f"p[k] = {right}\nEQ = sum(k, p[k] * y[k])").equations[1].value
        for right in ("softmax(k, z[k])", "exp(z[k]) / sum(q, exp(z[q]))")
    )
    assert canonical(named) == canonical(written)


def test_a_loss_of_scalars_needs_no_index(tmp_path: Path) -> None:
    one = value(tmp_path, "S = sum(k, z[k])\nY = sum(k, y[k])\nEQ = squared_error(S, Y)")
    assert one == value(tmp_path, "S = sum(k, z[k])\nY = sum(k, y[k])\nEQ = (S - Y)^2 / 2")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("min(z[k], y[k])", "where(y[k] > z[k], z[k], y[k])"),
        ("max(z[k], y[k], 1)", "max(max(z[k], y[k]), 1)"),
        ("where(z[k] < y[k], 2, z[k])", "where(y[k] > z[k], 2, z[k])"),
        ("where(z[k] >= y[k], 2, z[k])", "where(y[k] > z[k], z[k], 2)"),
        ("where(z[k] <= y[k], 2, z[k])", "where(z[k] > y[k], z[k], 2)"),
    ],
)
def test_every_choice_is_a_where(written: str, meant: str, tmp_path: Path) -> None:
    one, other = (f"EQ = sum(k, {right} * y[k])" for right in (written, meant))
    assert value(tmp_path, one) == value(tmp_path, other)


# --- kinks ------------------------------------------------------------------------------------

AT_ZERO = {
    "relu(z)": 0,
    "max(z, 0)": 0,
    "max(0, z)": 1,
    "min(z, 0)": 0,
    "abs(z)": 0,
    "where(z > 0, 3 * z, 5 * z)": 5,
    "where(z >= 0, 3 * z, 5 * z)": 3,
    "leaky_relu(z)": 0.01,
    "elu(z)": 1,
}


@pytest.mark.parametrize("text", AT_ZERO)
def test_at_a_kink_the_code_takes_the_documented_side(text: str, tmp_path: Path) -> None:
    equations = f"z = w * x\nL = ({text}) * y"
    unit = UNIT.replace("a = w * x\nL = squared_error(a, y)", equations)
    trainer = proven_trainer(derive.load(write_text(tmp_path, unit)))
    _, (slope,) = trainer.gradient(trainer.Parameters(0.0), [1.0], [1.0])
    assert slope == AT_ZERO[text]


# --- samples ----------------------------------------------------------------------------------

PENALTIES = {
    "in the error": "EQ = squared_error(k, z[k], y[k]) + R",
    "in a quantity": "D = squared_error(k, z[k], y[k]) + R\nEQ = 3 * D",
    "under a sum": "EQ = sum(k, (z[k] - y[k])^2 / 2 + R / 2)",
    "two quantities deep": "D = squared_error(k, z[k], y[k]) - 2 * R\nF = D + 3 * R\nEQ = -F / 2",
}


@pytest.mark.parametrize("where", PENALTIES)
@pytest.mark.parametrize("gather", ["mean", "sum"])
def test_a_penalty_counts_once_wherever_it_stands(where: str, gather: str, tmp_path: Path) -> None:
    equations = "R = sum(j, i, W[j,i]^2)\n" + PENALTIES[where]
    trainer = proven_trainer(model_of(tmp_path, equations, f'batch = "{gather}"'))
    weights = trainer.initialise(2, 2, 2, seed=3)
    I, y = np.random.default_rng(1).random((2, 5, 2))
    loss = 0.5 * np.sum((I @ (weights.V @ weights.W).T - y) ** 2) / (5 if gather == "mean" else 1)
    penalty = np.sum(weights.W**2)
    factors = {"in a quantity": (3, 3), "two quantities deep": (-0.5, -0.5)}
    a, b = factors.get(where, (1, 1))
    assert trainer.error(weights, I, y) == pytest.approx(a * loss + b * penalty, rel=1e-13)


def test_the_gradient_of_a_sum_is_N_times_that_of_the_mean(tmp_path: Path) -> None:
    mean, total = (
        proven_trainer(
            model_of(tmp_path, "EQ = squared_error(k, z[k], y[k])", f'batch = "{gather}"')
        )
        for gather in ("mean", "sum")
    )
    weights = mean.initialise(2, 2, 2, seed=3)
    I, y = np.random.default_rng(1).random((2, 5, 2))
    for one, other in zip(
        mean.gradient(weights, I, y)[1], total.gradient(weights, I, y)[1], strict=True
    ):
        assert np.allclose(5 * one, other, rtol=1e-13)


def test_what_is_written_out_leaves_no_equation_behind(tmp_path: Path) -> None:
    model = model_of(tmp_path, "R = sum(k, j, V[k,j]^2)\nD = sum(k, z[k] * y[k]) + R\nEQ = 2 * D")
    names = [equation.name for equation in batch(replace(model, gather="sum")).equations]
    assert names == ["z", "R", "EQ"]


def test_a_mean_needs_nothing_written_out(tmp_path: Path) -> None:
    model = model_of(tmp_path, "R = sum(k, j, V[k,j]^2)\nD = sum(k, z[k] * y[k]) + R\nEQ = 2 * D")
    assert [equation.name for equation in batch(model).equations] == ["z", "R", "D", "EQ"]


# --- inputs -----------------------------------------------------------------------------------


def test_derivatives_by_an_input_are_asked_for(tmp_path: Path) -> None:
    model = model_of(tmp_path, "EQ = squared_error(k, z[k], y[k])", 'derivatives_by = ["I"]')
    trainer = proven_trainer(model)
    weights = trainer.initialise(2, 2, 2, seed=3)
    I, y = np.random.default_rng(1).random((2, 5, 2))
    M = weights.V @ weights.W
    assert np.allclose(trainer.input_gradient(weights, I, y), (I @ M.T - y) @ M / 5, rtol=1e-13)
    one = trainer.input_gradient(weights, I[0], y[0])
    assert np.allclose(one, (M @ I[0] - y[0]) @ M, rtol=1e-13)
    assert derive.differentiate(model).gradient("I").id == "dEQ-dI"


def test_they_are_not_computed_where_nobody_asks(tmp_path: Path) -> None:
    trainer = proven_trainer(model_of(tmp_path, "EQ = squared_error(k, z[k], y[k])"))
    assert not hasattr(trainer, "input_gradient")


# --- functions by expression ------------------------------------------------------------------


def test_a_function_by_expression_stays_free_on_the_page_and_is_computed(tmp_path: Path) -> None:
    text = declarations(
        "O[k] = sum(j, V[k,j] * f_h(sum(i, W[j,i] * I[i])))\nEQ = sum(k, O[k] * y[k])"
    )
    text = text.replace('f_h = "logistic"', 'f_h = "z / (1 + abs(z))"').replace(
        'f_o = "tanh"\n', ""
    )
    made = make(derive.load(write_text(tmp_path, text)))
    made.require()
    assert r"\drvprime{f}_h" in made.files["derivation.tex"]
    f_h = load(made.files["trainer.py"], "example").f_h
    assert np.array_equal(f_h(np.array([-1.0, 0.0, 3.0])), [-0.5, 0.0, 0.75])


def test_a_fraction_in_one_exponential_gets_its_stable_form(tmp_path: Path) -> None:
    text = declarations(
        "O[k] = sum(j, V[k,j] * f_h(sum(i, W[j,i] * I[i])))\nEQ = sum(k, O[k] * y[k])"
    )
    text = text.replace('f_h = "logistic"', 'f_h = "z / (1 + exp(-3 * z))"').replace(
        'f_o = "tanh"\n', ""
    )
    trainer = proven_trainer(derive.load(write_text(tmp_path, text)))
    z = np.array([-1e4, 1e4])
    with np.errstate(all="raise", under="ignore"):
        assert np.array_equal(trainer.f_h(z), [0.0, 1e4])
        assert np.array_equal(trainer.f_h_prime(z), [0.0, 1.0])


def test_its_derivative_through_its_own_value_is_on_the_page(tmp_path: Path) -> None:
    text = declarations(
        "O[k] = sum(j, V[k,j] * f_h(sum(i, W[j,i] * I[i])))\nEQ = sum(k, O[k] * y[k])"
    )
    text = text.replace('f_h = "logistic"', 'f_h = "3 / (1 + exp(-2 * z))"').replace(
        'f_o = "tanh"\n', ""
    )
    made = make(derive.load(write_text(tmp_path, text)))
    made.require()
    assert made.files["equations/prime-f-h.tex"].splitlines()[-1] == (
        r"f'_h(z) = \frac{2}{3} f_h(z) (3 - f_h(z))"
    )


# --- assumptions ------------------------------------------------------------------------------

BROKEN = {
    "sum(k, y[k]) = 1": ([[0.5, 0.5], [0.2, 0.7]], 1),
    "one_hot(k, y[k])": ([[0, 1], [1, 0], [0.5, 0.5]], 2),
    "y[k] in [0, 1]": ([[0, 1], [1.5, 0]], 1),
    "y in [0, 1]": ([[0, -1], [1.5, 0]], 0),
    "y[k] in {-1, 1}": ([[-1, 1], [1, 0]], 1),
    "y[k] >= 0": ([[0, 1], [-0.5, 0]], 1),
    "y[k] > 0": ([[0.1, 1], [1, 1], [0, 1]], 2),
}


@pytest.mark.parametrize("text", BROKEN)
def test_the_trainer_names_the_first_row_that_breaks_an_assumption(
    text: str, tmp_path: Path
) -> None:
    extra = f'assumptions = ["{text}"]'
    trainer = proven_trainer(model_of(tmp_path, "EQ = squared_error(k, z[k], y[k])", extra))
    weights = trainer.initialise(2, 2, 2, seed=3)
    rows, bad = BROKEN[text]
    with pytest.raises(
        ValueError, match=rf"y: the model assumes .*; row {bad} \(the first is row 0\)"
    ):
        trainer.train(weights, np.ones((len(rows), 2)), rows, 0.1, 1)
    good = [row for place, row in enumerate(rows) if place < bad]
    if good:
        trainer.error(weights, np.ones((len(good), 2)), good)
    trainer.forward(weights, [1.0, 1.0])


def test_a_sum_is_compared_to_half_the_digits(tmp_path: Path) -> None:
    extra = 'assumptions = ["sum(k, y[k]) = 1"]'
    trainer = proven_trainer(model_of(tmp_path, "EQ = squared_error(k, z[k], y[k])", extra))
    weights = trainer.initialise(2, 2, 2, seed=3)
    trainer.error(weights, np.ones((1, 2)), [[0.1 + 0.2, 0.7]])
    narrow = trainer.Parameters(*(w.astype(np.float32) for w in weights))
    trainer.error(narrow, np.ones((1, 2)), np.array([[0.30001, 0.7]], np.float32))
    with pytest.raises(ValueError, match="row 0"):
        trainer.error(weights, np.ones((1, 2)), [[0.30001, 0.7]])


# --- the output -------------------------------------------------------------------------------

RETURNED = {
    "EQ = squared_error(k, z[k], y[k])": "z",
    "KL = sum(k, exp(z[k]) - z[k])\nEQ = squared_error(k, z[k], y[k]) + KL / 2": "z",
    "KL = sum(k, exp(z[k]) - z[k] - 1)\nEQ = squared_error(k, z[k], y[k]) + KL": "z",
    "mu = exp(sum(k, z[k]))\nT = sum(k, y[k])\nEQ = mu - T * log(mu)": "mu",
    "A = sum(k, z[k] * y[k])\nB = sum(k, z[k]^2)\nEQ = A + B": "z",
}


@pytest.mark.parametrize("equations", RETURNED)
def test_a_part_of_the_error_is_no_output(equations: str, tmp_path: Path) -> None:
    model = model_of(tmp_path, equations)
    assert output_of(model).name == output_of(batch(model)).name == RETURNED[equations]
    proven_trainer(model)


def test_the_number_of_outputs_in_an_error_is_known_to_the_code(tmp_path: Path) -> None:
    equations = "r[k] = z[k] - y[k]\nEQ = sum(k, r[k]^2 - 1)"
    trainer = proven_trainer(model_of(tmp_path, equations))
    weights = trainer.initialise(2, 2, 2, seed=3)
    I, y = np.random.default_rng(1).random((2, 5, 2))
    squares = np.sum((trainer.forward(weights, I) - y) ** 2) / 5
    assert trainer.error(weights, I, y) == pytest.approx(squares - 2, rel=1e-13)


def test_a_model_of_numbers_alone_has_no_sizes(tmp_path: Path) -> None:
    text = """title = "A line"
    source = "tests"
    weights = ["w", "b"]
    inputs = ["x"]
    targets = ["y"]
    equations = '''
    o = w * x + b
    L = squared_error(o, y)
    '''
    """
    trainer = proven_trainer(derive.load(write_text(tmp_path, text)))
    x = np.arange(5.0)
    weights, errors = trainer.train(trainer.initialise(seed=0), x, 2 * x + 1, 0.1, 1000)
    assert errors[-1] < 1e-12
    assert np.allclose(weights, [2, 1])


# --- ties that the weights do not move --------------------------------------------------------

TIES = {
    "the condition is data": "EQ = sum(k, q, where(y[q] > y[k], -10000, z[k] * y[q]))",
    "a pair of one": "EQ = sum(k, q, max(z[k] - z[q], 0) * y[q])",
    "a distance to itself": "EQ = sum(k, q, abs(z[k] - z[q])) + sum(k, z[k] * y[k])",
    "a mask": "S[k,q] = where(y[q] > y[k], -10000, z[k] * z[q])\n"
    "EQ = sum(k, q, softmax(q, S[k,q]) * z[q])",
}


@pytest.mark.parametrize("equations", TIES.values(), ids=TIES)
def test_what_ties_for_all_weights_has_one_branch(equations: str, tmp_path: Path) -> None:
    proven_trainer(model_of(tmp_path, equations))


def test_a_root_of_the_files_own_is_in_the_code(tmp_path: Path) -> None:
    text = declarations(NET + "EQ = root(1 + sum(k, (z[k] - y[k])^2))")
    text = text.replace('f_o = "tanh"', 'root = "exp(log(z) / 2)"')
    trainer = proven_trainer(derive.load(write_text(tmp_path, text)))
    assert trainer.root(4.0) == 2


BENT = {
    "relu(z) - relu(z - 6)": (np.clip, (0, 6)),
    "z * (relu(z + 3) - relu(z - 3)) / 6": (lambda z: z * np.clip(z + 3, 0, 6) / 6, ()),
    "2 * (relu(z) + exp(-relu(-z)) - 1)": (lambda z: np.where(z > 0, 2 * z, 2 * np.expm1(z)), ()),
}


@pytest.mark.parametrize("definition", BENT)
def test_a_function_may_bend_in_several_places(definition: str, tmp_path: Path) -> None:
    text = declarations(NET + "EQ = sum(k, (f_o(z[k]) - y[k])^2)")
    text = text.replace('f_o = "tanh"', f'f_o = "{definition}"')
    trainer = proven_trainer(derive.load(write_text(tmp_path, text)))
    z = np.linspace(-7.9, 7.9, 98)
    wanted, arguments = BENT[definition]
    assert np.allclose(trainer.f_o(z), wanted(z, *arguments), rtol=1e-14)
    slopes = (trainer.f_o(z + 1e-6) - trainer.f_o(z - 1e-6)) / 2e-6
    assert np.allclose(trainer.f_o_prime(z), slopes, atol=1e-5)


@pytest.mark.parametrize("text", ["gelu(tanh(logistic(z)))", "z * exp(1)", "exp(-exp(-exp(-z)))"])
def test_a_function_of_the_file_may_hold_numbers_that_are_no_fractions(
    text: str, tmp_path: Path
) -> None:
    file = f'{UNIT.replace("w * x", "f(w * x)")}[functions]\nf = "{text}"\n'
    make(derive.load(write_text(tmp_path, file))).require()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("((((z^64)^64)^64)^64)", "the powers multiply to 4096"),
        ("z + ((((9^64)^64)^64)^64)", "the powers multiply to 4096"),
        ("tanh(tanh(tanh(tanh(tanh(tanh(z))))))", "6 functions in one another"),
    ],
)
def test_a_tower_in_a_function_of_the_file_is_refused(
    text: str, problem: str, tmp_path: Path
) -> None:
    file = declarations(NETWORK).replace('f_h = "logistic"', f'f_h = "{text}"')
    with pytest.raises(derive.ModelError, match=problem):
        derive.load(write_text(tmp_path, file))


def test_functions_in_one_another_are_counted_in_equations_too(tmp_path: Path) -> None:
    inner = "sum(i, W[j,i] * I[i])"
    for _ in range(45):
        inner = f"tanh({inner})"
    text = f"O[k] = sum(j, V[k,j] * {inner})\nEQ = squared_error(k, O[k], y[k])"
    with pytest.raises(derive.ModelError, match="functions in one another"):
        derive.load(write_text(tmp_path, declarations(text)))


def test_a_letter_that_a_sum_binds_is_its_own_inside(tmp_path: Path) -> None:
    """As people write a mean and a softmax, with the letter of the left-hand side."""
    text = "c[k] = z[k] - mean({0}, z[{0}])\np[k] = exp(c[k]) / sum({0}, exp(c[{0}]))\n"
    text += "EQ = sum(k, p[k] * y[k])"
    one, other = (model_of(tmp_path, text.format(letter)) for letter in "kq")
    for mine, theirs in zip(one.equations, other.equations, strict=True):
        assert canonical(mine.value) == canonical(theirs.value)
    assert derive.prove(derive.differentiate(one))

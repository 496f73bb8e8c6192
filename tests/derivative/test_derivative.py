"""One derivative by its name: formula, code, number and SymPy say the same, and the truth."""

import pickle
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import sympy

import derive
from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.errors import DeriveError
from derive.evaluation.random_points import random_rationals
from derive.evaluation.sides import with_sides
from derive.model.batch import batch

GALLERY = [
    "pelogia2019", "digits", "attention", "layer_norm", "elman", "poisson_regression",
    "autoencoder", "residual", "cs231n", "logistic_regression",
]  # fmt: skip


@cache
def derivation(name: str) -> derive.Derivation:
    return derive.differentiate(name)


@cache
def trainer(name: str) -> ModuleType:
    model = with_sides(derive.load(name))
    one = simplify(differentiate(model))
    return load(trainer_text(model, simplify(differentiate(batch(model)), one)), f"{name}.py")


@cache
def numbers(name: str) -> dict[str, Any]:
    """Weights and one sample at the sizes of the example, as the model assumes them."""
    found = derivation(name)
    sizes = dict(found.model.example)
    point = random_rationals(found, sizes, 7)
    made = {}
    for array in (*found.model.weights, *found.model.data):
        made[array.name] = np.empty([sizes[size] for size in array.shape])
        for place in np.ndindex(made[array.name].shape):
            made[array.name][place] = float(point[array.name, tuple(k + 1 for k in place)])
    return made


def entries(found: derive.Derivation, by: str) -> list[tuple[str, tuple[int, ...]]]:
    """W[1,2], and where it stands."""
    sizes = dict(found.model.example)
    places = np.ndindex(*(sizes[size] for size in found.model.array(by).shape))
    return [(f"{by}[{','.join(str(k + 1) for k in place)}]", place) for place in places]


@pytest.mark.parametrize("name", GALLERY)
def test_the_numbers_are_those_of_the_trainer_and_of_finite_differences(name: str) -> None:
    found, given, module = derivation(name), numbers(name), trainer(name)
    data = [given[array.name] for array in found.model.data]
    parameters = module.Parameters(*(given[array.name] for array in found.model.weights))
    _, partials = module.gradient(parameters, *data)
    for weight, partial in zip(found.model.weights, partials, strict=True):
        value = found[weight.name].evaluate(given)
        np.testing.assert_allclose(value, partial, rtol=1e-10, atol=1e-12)
        assert np.shape(value) == np.shape(given[weight.name])
        for place in list(np.ndindex(np.shape(partial)))[:3]:
            ends = []
            for step in (1e-6, -1e-6):
                moved = {key: np.array(each, float) for key, each in given.items()}
                moved[weight.name][place] += step
                point = module.Parameters(*(moved[a.name] for a in found.model.weights))
                ends.append(module.error(point, *data))
            slope = (ends[0] - ends[1]) / 2e-6
            assert np.asarray(value)[place] == pytest.approx(slope, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("name", GALLERY)
def test_an_entry_is_that_of_its_array_in_every_form(name: str) -> None:
    found, given = derivation(name), numbers(name)
    for by in found:
        whole = np.asarray(found[by].evaluate(given))
        if not whole.ndim:
            continue
        for called, place in entries(found, by)[:2]:
            one = found[called]
            value = one.evaluate(given)
            assert isinstance(value, float)
            assert value == whole[place]
            space: dict[str, Any] = {}
            exec(one.python, space)
            (function,) = (x for n, x in space.items() if n.startswith("d") and callable(x))
            taken = function.__code__.co_varnames[: function.__code__.co_argcount]
            symbols = symbol_values(found, given)
            spelled = {key.replace(",", "_"): x for key, x in symbols.items()}
            result = function(*(spelled.get(n, spelled.get(n.removesuffix("_1"))) for n in taken))
            assert result == pytest.approx(value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", GALLERY)
def test_the_python_of_an_array_computes_it_alone(name: str) -> None:
    found, given = derivation(name), numbers(name)
    for by in found:
        text = found[by].python
        space: dict[str, Any] = {}
        exec(compile(text, "derivative", "exec"), space)
        (function,) = (x for n, x in space.items() if n.startswith("d") and callable(x))
        taken = function.__code__.co_varnames[: function.__code__.co_argcount]
        result = function(*(given[each] for each in taken))
        np.testing.assert_allclose(result, found[by].evaluate(given), rtol=1e-9, atol=1e-12)
        assert "import derive" not in text


def symbol_values(found: derive.Derivation, given: dict[str, Any]) -> dict[str, float]:
    """w_11 and I_1, as the paper writes them, and their numbers."""
    from derive.expressions.expression import Entry
    from derive.printing.symbols import Symbols
    from derive.printing.text import paper

    style = paper(Symbols(found.model, dict(found.model.example)))
    return {
        style.entry(Entry(key, tuple(k + 1 for k in place))): float(array[place])
        for key, array in given.items()
        for place in np.ndindex(np.shape(array))
        for array in [np.asarray(array)]
    }


@pytest.mark.parametrize("name", [name for name in GALLERY if name != "digits"])
def test_the_way_out_to_sympy_keeps_the_value(name: str) -> None:
    found, given = derivation(name), numbers(name)
    symbols = symbol_values(found, given)
    by = next(iter(found))
    called = entries(found, by)[0][0]
    expression = found[called if np.ndim(given[by]) else by].sympy
    names = sorted(symbol.name for symbol in expression.free_symbols)
    assert set(names) <= symbols.keys()
    function = sympy.lambdify([sympy.Symbol(name) for name in names], expression, "mpmath")
    value = np.asarray(found[by].evaluate(given)).flat[0]
    assert float(function(*(symbols[each] for each in names))) == pytest.approx(value, rel=1e-9)


def test_an_expression_can_be_printed_differentiated_and_made_a_function() -> None:
    unit = derive.differentiate(
        derive.model("L = squared_error(tanh(w * x), y)", weights="w", targets="y")
    )
    expression = unit["w"].sympy
    w, x, y = sympy.symbols("w x y")
    assert (
        sympy.simplify(expression - x * (sympy.tanh(w * x) - y) * (1 - sympy.tanh(w * x) ** 2)) == 0
    )
    assert sympy.diff(expression, w) != 0
    assert r"\tanh" in sympy.latex(expression)
    numpy = sympy.lambdify((w, x, y), expression)
    assert numpy(0.3, 0.5, 1.0) == pytest.approx(unit["w"].evaluate(w=0.3, x=0.5, y=1))


def test_an_array_is_a_sympy_array_of_its_shape() -> None:
    found = derivation("pelogia2019")
    assert found["W"].sympy.shape == (2, 2)
    assert found["W"].sympy[0, 1] == found["W[1,2]"].sympy


def test_choices_are_pieces_and_a_kink_has_the_slope_that_the_language_says() -> None:
    unit = derive.differentiate(
        derive.model("L = max(w * x, 0) + abs(w - 1) + sqrt(w^2 + x^2)", weights="w")
    )
    expression = unit["w"].sympy
    assert expression.has(sympy.Piecewise)
    for w, x in ((1.0, 0.0), (0.0, 0.0), (2.0, -1.0), (-1.0, -1.0)):
        value = expression.subs({"w": w, "x": x})
        assert float(value) == pytest.approx(unit["w"].evaluate(w=w, x=x))


def test_pieces_within_pieces_are_not_multiplied_out() -> None:
    """Layers of rectifiers: SymPy folds pieces in conditions, for minutes where there are four."""
    model = derive.model(
        """
        h[j] = relu(sum(i, U[j,i] * x[i]))
        g[k] = relu(sum(j, V[k,j] * h[j]))
        o = sum(k, w[k] * g[k])
        L = huber(o, y, 1)
        """,
        weights="U V w",
        targets="y",
    )
    found, random = derive.differentiate(model), np.random.default_rng(0)
    expression = found["U[1,2]"].sympy
    assert len(str(expression)) < 5000
    names = sorted(symbol.name for symbol in expression.free_symbols)
    function = sympy.lambdify([sympy.Symbol(name) for name in names], expression)
    seen = set()
    for _ in range(20):
        given = {
            array.name: random.normal(size=[2 for _ in array.shape])
            for array in (*found.model.weights, *found.model.data)
        }
        value = found["U[1,2]"].evaluate(given)
        symbols = symbol_values(found, given)
        assert function(*(symbols[each] for each in names)) == pytest.approx(value)
        seen.add(value != 0)
    assert seen == {True, False}


def test_a_formula_is_that_of_the_page() -> None:
    found = derivation("pelogia2019")
    assert found["w_11"].latex == (
        r"\frac{\partial EQ}{\partial w_{11}} = E \cdot f'_o(O_{in}) \cdot v_{11} \cdot "
        r"f'_h(H_{in,1}) \cdot I_1"
    )
    assert str(found["w_11"]) == "∂EQ/∂w_11 = E · f'_o(O_in) · v_11 · f'_h(H_in,1) · I_1"
    assert found["W"].latex == r"\frac{\partial EQ}{\partial w_{ij}} = \delta_{h,j} I_i"
    assert str(found["W"]) == "∂EQ/∂w_ij = δ_h,j · I_i"


def test_a_name_is_taken_as_the_paper_or_the_file_writes_it() -> None:
    found = derivation("pelogia2019")
    assert found["w_{21}"] == found["W[1,2]"] == found["W[1, 2]"]
    assert list(found) == ["W", "V"]
    assert "V" in found
    assert {"W", "w_11", "v_11"} <= set(found._ipython_key_completions_())
    digits = derivation("digits")
    assert list(digits) == ["W1", "b1", "W2", "b2"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("w_13", r"no derivative by w_13; .* at n = 2, m = 2, K = 1 those of w_11, w_12"),
        ("v11", r"did you mean v_11\?"),
        ("wW_11", r"did you mean w_11\?"),
        ("I", "by I, which is an input: name it under derivatives_by"),
        ("y", "by y, which is a target"),
        ("H", "by H, which is computed"),
        ("", "no derivative by ;"),
        (3, "3 is given; give the name of an array or of an entry"),
        (("W", 1), "an object of type tuple is given"),
    ],
)
def test_an_unknown_name_is_told_with_what_there_is(name: Any, words: str) -> None:
    with pytest.raises(DeriveError, match=words):
        derivation("pelogia2019")[name]


GIVEN = {"W": [[0.1, 0.2], [0.3, 0.4]], "V": [[0.5, 0.6]], "I": [1, 0.5], "y": [1]}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"y": None}, r"y: not given; give numbers for W of shape \(m, n\), .* y of shape \(K,\)"),
        ({"U": 1}, r"pelogia2019 has no U; given are W"),
        ({"Wh": 1}, r"has no Wh; did you mean W\?"),
        ({"H": [1, 1]}, "H is computed, not given"),
        (
            {"W": [0.1, 0.2]},
            r"W is of shape \(2,\); of one sample: give real numbers of shape \(m, n\)",
        ),
        ({"I": [[1, 2], [3, 4]]}, r"I is of shape \(2, 2\); of one sample: .* \(n,\)"),
        ({"I": [1, 2, 3]}, r"I is of shape \(3,\); .*: n = 2 in W"),
        ({"I": []}, r"I is of shape \(0,\); n is a whole number from 1 on"),
        ({"I": ["a", "b"]}, r"I holds <U1; give real numbers of shape \(n,\)"),
        ({"I": [1, 1j]}, "I holds complex128"),
        ({"I": [1, np.nan]}, r"I is nan at \[1\]; give finite numbers"),
        ({"W": [[1, 2], [3]]}, "W is no array"),
    ],
)
def test_numbers_that_do_not_fit_are_told_by_their_name(
    changed: dict[str, Any], words: str
) -> None:
    given = {key: value for key, value in {**GIVEN, **changed}.items() if value is not None}
    with pytest.raises(DeriveError, match=words):
        derivation("pelogia2019")["w_11"].evaluate(given)


def test_sizes_are_those_of_what_is_given() -> None:
    random = np.random.default_rng(0)
    given = {"W": random.random((5, 3)), "V": random.random((4, 5)), "I": random.random(3)}
    value = derivation("pelogia2019")["W"].evaluate(given, y=random.random(4))
    assert np.shape(value) == (5, 3)
    assert derivation("pelogia2019")["w_21"].evaluate(given, y=np.ones(4))
    small = {"W": [[1.0]], "V": [[1.0]], "I": [1.0], "y": [1.0]}
    with pytest.raises(DeriveError, match="that there is not; n = 1 in what is given"):
        derivation("pelogia2019")["w_21"].evaluate(small)


def test_where_there_is_no_value_it_is_said() -> None:
    root = derive.differentiate(derive.model("L = log(w * x)", weights="w"))
    with pytest.raises(DeriveError, match="∂L/∂w has no value; at these numbers"):
        root["w"].evaluate(w=0, x=1)
    steep = derive.differentiate(derive.model("L = exp(w * x)", weights="w"))
    with pytest.raises(DeriveError, match="is too large for a float"):
        steep["w"].evaluate(w=1000, x=1)


def test_no_digit_is_lost_where_a_function_saturates() -> None:
    unit = derive.differentiate(derive.model("L = tanh(w * x)", weights="w"))
    assert unit["w"].evaluate(w=200, x=1) == pytest.approx(4 * np.exp(-400), rel=1e-14)


def test_what_is_too_long_to_write_out_is_refused_with_its_length() -> None:
    """64 inputs, 32 hidden units, 10 outputs: the softmax of every output holds all of them."""
    words = "has 461642 operations, written out; choose sizes for the example that make 100000"
    with pytest.raises(DeriveError, match=words):
        _ = derivation("digits")["W1[1,1]"].sympy


def test_it_is_one_line_and_goes_to_another_process() -> None:
    found = derivation("attention")
    for by in found:
        assert len(repr(found[by])) < 120
        assert "\n" not in repr(found[by])
        assert pickle.loads(pickle.dumps(found[by])) == found[by]

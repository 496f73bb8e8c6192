"""A model in Python without a file: what is inferred, and where a mistake is shown."""

from pathlib import Path
from typing import Any

import pytest

import derive
from tests.conftest import ROOT

SOFTMAX = """
z[k] = sum(i, W[k,i] * x[i]) + b[k]
p[k] = softmax(k, z[k])
L    = cross_entropy(k, p[k], y[k])
"""
UNIT = "L = squared_error(w * x, y)"


def test_a_model_in_four_lines_is_that_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "softmax.toml"
    path.write_text(
        "weights = ['W[k,i]', 'b[k]']\ninputs = ['x[i]']\ntargets = ['y[k]']\n"
        f"equations = '''{SOFTMAX}'''\n[sizes]\ni = 'n'\nk = 'K'\n[example]\nn = 3\nK = 2\n"
    )
    given = {"i": "n", "k": "K", "n": 3, "K": 2}
    model = derive.model(SOFTMAX, weights="W b", targets="y", sizes=given, name="softmax")
    assert model == derive.load(path)


def test_it_goes_the_whole_way(tmp_path: Path) -> None:
    model = derive.model(SOFTMAX, weights=["W", "b"], targets=["y"], sizes={"i": 3})
    assert derive.prove(model)
    assert tmp_path / "model" / "trainer.py" in derive.build(model, tmp_path)
    with pytest.raises(derive.DeriveError, match="there is no audit of model"):
        derive.audit(model)


def test_indices_sizes_and_what_is_not_declared_are_inferred() -> None:
    model = derive.model(SOFTMAX, weights=["W", "b"], targets=["y"], sizes={"i": 3})
    assert {array.name: array.shape for array in model.leaves} == {
        "W": ("n_k", "n_i"),
        "b": ("n_k",),
        "x": ("n_i",),
        "y": ("n_k",),
    }
    assert [array.name for array in model.role("input")] == ["x"]
    assert dict(model.example) == {"n_i": 3, "n_k": 2}


def test_letters_at_one_place_of_one_array_run_to_one_size() -> None:
    text = "h[j] = tanh(sum(i, W[j,i] * x[i]))\nL = sum(j, h[j]^2) * sum(l, h[l])"
    model = derive.model(text, weights="W", sizes={"l": 5})
    assert model.array("h").shape == ("n_j",)
    assert dict(model.example)["n_j"] == 5
    with pytest.raises(derive.DeriveError, match=r"j = 4 and l = 5; these letters stand at one"):
        derive.model(text, weights="W", sizes={"j": 4, "l": 5})


def test_a_symbol_is_none_of_the_names() -> None:
    model = derive.model("L = sum(i, w[i] * n_i * x[i])", weights="w", inputs="x n_i")
    assert model.array("w").shape != ("n_i",)


def test_all_that_a_file_has_is_taken() -> None:
    model = derive.model(
        "a = f(w * x)\nL = squared_error(a, y) + lambda_ * w^2",
        weights="w",
        inputs="x",
        targets="y",
        hyperparameters={"lambda_": 0.5},
        functions={"f": "z / (1 + abs(z))"},
        assumptions=["y in [0, 1]"],
        batch="sum",
        derivatives_by=["x"],
        definitions={"E": "a - y"},
        adjoints={"a": "delta"},
        notation={"w": "ω"},
        title="One weight",
        source="here",
        name="one",
    )
    assert (model.name, model.title, model.source, model.gather) == (
        "one", "One weight", "here", "sum",
    )  # fmt: skip
    assert model.by == ("x",)
    assert [name for name, _ in model.functions] == ["f"]
    assert derive.prove(model)


@pytest.mark.parametrize("name", ["digits", "pelogia2019", "trask2015"])
def test_the_equations_of_the_gallery_need_no_declarations_but_weights_and_targets(
    name: str,
) -> None:
    filed = derive.load(name)
    text = (ROOT / "derive" / "models" / f"{name}.toml").read_text().split("'''")[1]
    typed = derive.model(
        text,
        weights=[array.name for array in filed.weights],
        targets=[array.name for array in filed.role("target")],
        hyperparameters={key: float(value) for key, value in filed.hyperparameters},
        functions={key: row.name for key, row in filed.functions},
    )
    assert len(typed.equations) == len(filed.equations)
    assert [a.name for a in typed.data] == [a.name for a in filed.data]
    assert derive.prove(typed)


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"equations": UNIT, "weights": "w"},
     'x and y are inputs or targets; say which is which: inputs=["x"], targets=["y"]'),
    ({"equations": UNIT}, 'say which of w, x, y are trained: weights=["w"]'),
    ({"equations": "a = w * x\nL = squared_error(aa, y)", "weights": "w", "targets": "y"},
     "equations:2:1: the last equation is the error, and L stands behind a"),
    ({"equations": "\n\n  a = w * x\n  a = w * x\n  L = squared_error(a, y)", "weights": "w",
      "inputs": "x", "targets": "y"},
     "equations:2:3: a is defined twice\n      a = w * x\n      ^\n    it stands already in line 1;"),
    ({"equations": UNIT, "weights": ["w"], "inputs": ["x", "w"], "targets": "y"},
     "inputs:1:17: w is defined twice\n    inputs = [\"x\", \"w\"]\n                    ^\n"
     "    it stands already in weights;"),
    ({"equations": "L = sum(j, sum(i, W[j,i] * x[i]))", "weights": ["W[j i]"]},
     "weights:1:17: found 'i', expected ']'"),
    ({"equations": "L = sum(i, w[i] * x[i])", "weights": "w V"},
     "the weight V never reaches the error L"),
    ({"equations": "L = sum(i, w[i] * x[i])", "weights": "w", "sizes": {"n": 3}},
     "sizes: n is no index of the equations; their indices are i"),
    ({"equations": "L = sum(i, w[i] * x[i])", "weights": "w", "sizes": {"i": 0}},
     "sizes: i is 0; give a whole number from 1 on, or a symbol"),
    ({"equations": "L = sum(i, w[i] * x[i])", "weights": "w", "sizes": 3},
     'sizes is 3; give a dictionary: sizes={"i": 3, "j": 4}'),
    ({"equations": "z = W @ x\nL = squared_error(z, y)", "weights": "W", "targets": "y"},
     "equations:1:7: a product of whole arrays"),
    ({"equations": "L = tanhh(w * x)", "weights": "w"},
     'equations:1:5: tanhh is no known function\n    L = tanhh(w * x)\n        ^\n'
     '    did you mean tanh? docs/language.md lists all; functions takes a new one'),
    ({"equations": "weights = ['w']", "weights": "w"}, "equations:1:11: a line of a model file"),
    ({"equations": " \n", "weights": "w"}, "equations:1:1: there are no equations"),
    ({"equations": ["L = w"], "weights": "w"}, "equations is an object of type list"),
    ({"equations": UNIT, "weights": ["w", 3]}, "weights holds 3; give a list of texts"),
    ({"equations": UNIT + "\0", "weights": "w"}, "equations:1:28: U+0000, which nobody sees"),
    ({"equations": "L = w '''", "weights": "w"}, "quotes have no place in equations"),
    ({"equations": UNIT, "weights": "w", "targets": "y", "name": "my model"},
     "name: 'my model' is no name of a model;"),
    ({"equations": UNIT, "weights": "w", "targets": "y", "batch": "men"},
     "batch: 'men' is neither"),
    ({"equations": UNIT + " + lam * w^2", "weights": "w", "targets": "y", "inputs": "x"},
     "equations:1:31: lam is not defined"),
    ({"equations": UNIT, "weights": "w", "targets": "y", "hyperparameters": {"lam": "0.1"}},
     "hyperparameters: lam is '0.1'; give a number"),
    ({"equations": "L = f(w * x)", "weights": "w", "functions": {"f": "z +"}},
     "functions:1:9: found the end of the text"),
    ({"equations": UNIT, "weights": "w", "targets": "y", "assumptions": ["y > x"]},
     "assumptions:1:21: found 'x', expected a whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "words"), BROKEN, ids=[words[:30] for _, words in BROKEN])
def test_a_mistake_is_told_at_its_place_in_what_was_given(
    given: dict[str, Any], words: str
) -> None:
    with pytest.raises(derive.DeriveError) as caught:
        derive.model(**given)
    assert words in str(caught.value)
    assert not isinstance(caught.value, derive.InternalError)


def test_every_mistake_of_a_text_is_told_at_once() -> None:
    with pytest.raises(derive.ModelError) as caught:
        derive.model("a = w * u\nb = tahn(a)\nL = b * v", weights="w", inputs="x", targets="y")
    places = [each.at[0] for each in caught.value.all if each.file == "equations"]
    assert places[:3] == [1, 2, 3]

"""`import derive`: each stage takes what a person has, and says what it wants of anything else."""

import inspect
import tomllib
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

import derive
from derive.derivation.local import local_derivatives, slope_by
from derive.expressions.expression import unknown
from derive.pipeline import audit
from tests.conftest import NETWORK, ROOT, UNIT, declarations, write_model, write_text

SHIPPED = ROOT / "derive" / "models" / "logistic_regression.toml"


@pytest.mark.parametrize(
    "given",
    ["logistic_regression", str(SHIPPED), SHIPPED, derive.load("logistic_regression")],
)
def test_a_stage_takes_a_name_a_path_or_a_model(given: Any, tmp_path: Path) -> None:
    derivation = derive.differentiate(given)
    assert derivation == derive.differentiate(derive.load("logistic_regression"))
    assert derive.prove(given) == derive.prove(derivation)
    assert tmp_path / "logistic_regression" / "trainer.py" in derive.build(given, str(tmp_path))
    with pytest.raises(derive.DeriveError, match="there is no audit of logistic_regression"):
        derive.audit(given)


def test_an_audit_takes_a_name() -> None:
    assert derive.audit("pelogia2019").entries


class Frame:
    """What a table of pandas is like: it has no truth, and no hash."""

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise ValueError("the truth of a table is ambiguous")

    def __eq__(self, other: object) -> bool:
        raise ValueError("the truth of a table is ambiguous")

    def __repr__(self) -> str:
        raise RuntimeError("a table too long to write")


STAGES: dict[str, Callable[[Any], Any]] = {
    "load": derive.load,
    "differentiate": derive.differentiate,
    "prove": derive.prove,
    "audit": derive.audit,
    "build": lambda given: derive.build(given, "nowhere"),
    "out": lambda given: derive.build("hmkcode", given),
    "languages": lambda given: derive.build("hmkcode", "nowhere", given),
    "a language": lambda given: derive.build("hmkcode", "nowhere", [given]),
    "sizes": lambda given: derive.dense(given, ["tanh"]),
    "a size": lambda given: derive.dense([given, 1], ["tanh"]),
    "activations": lambda given: derive.dense([2, 1], given),
    "an activation": lambda given: derive.dense([2, 1], [given]),
    "loss": lambda given: derive.dense([2, 1], ["tanh"], given),
    "bias": lambda given: derive.dense([2, 1], ["tanh"], "squared_error", given),
    "name": lambda given: derive.dense([2, 1], ["tanh"], name=given),
}

OTHERS = [None, -3, 2.5, 10**5000, b"hmkcode", ["a", 1], {"a": 1}, Frame(), int, derive.load]


@pytest.mark.parametrize("given", OTHERS, ids=lambda given: type(given).__name__)
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_says_what_it_wants_of_anything_else(stage: str, given: Any) -> None:
    with pytest.raises(derive.DeriveError) as caught:
        STAGES[stage](given)
    assert type(caught.value) is derive.DeriveError
    assert caught.value.cure
    assert len(str(caught.value)) < 400
    assert not Path("nowhere").exists()


@pytest.mark.parametrize(
    "name", ["", ".", "/", "a\0b", "x" * 5000, "x/" * 9000, "\udcff", "a\nb/c"]
)
@pytest.mark.parametrize("stage", ["load", "differentiate", "prove", "audit", "build"])
def test_a_path_that_is_none_is_a_DeriveError(stage: str, name: str) -> None:
    with pytest.raises(derive.DeriveError) as caught:
        STAGES[stage](name)
    assert not isinstance(caught.value, derive.InternalError)


@pytest.mark.parametrize("stage", ["differentiate", "audit", "build"])
def test_a_derivation_where_a_model_is_wanted_is_told_where_it_is(stage: str) -> None:
    with pytest.raises(derive.DeriveError, match=r"its \.model is one"):
        STAGES[stage](derive.differentiate("hmkcode"))


def test_a_model_of_an_audited_name_that_is_another_is_not_judged(tmp_path: Path) -> None:
    other = derive.load(write_model(tmp_path, name="pelogia2019"))
    with pytest.raises(derive.DeriveError, match="not the pelogia2019 that comes with derive"):
        audit(other)


@pytest.mark.parametrize(
    ("place", "equation"),
    [
        ("derive.derivation.local.sympy.diff", "L"),
        ("derive.derivation.rewriting.cost", "dL-d"),
        ("derive.arrays.lower._lower", "a"),
        ("derive.page.equations.printed", "a"),
        ("derive.code.lines.expression", "a"),
    ],
)
@pytest.mark.parametrize("fault", [KeyError("x"), None, ZeroDivisionError(), RecursionError()])
def test_a_fault_of_derive_names_the_model_and_the_equation(
    place: str,
    equation: str,
    fault: Exception | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local_derivatives.cache_clear()
    slope_by.cache_clear()

    def fail(*_: object, **__: object) -> None:
        if fault is None:
            unknown(object(), "a pass")
        raise fault

    model = derive.load(write_text(tmp_path, UNIT))
    monkeypatch.setattr(place, fail)
    with pytest.raises(derive.InternalError) as caught:
        derive.build(model, tmp_path)
    assert caught.value.place.startswith(f"{model.name}, {equation}")
    ours = not isinstance(fault, RecursionError)
    assert ("please report it" in str(caught.value)) is ours
    assert ("no rule for object" in str(caught.value)) is (fault is None)


def test_a_hidden_layer_of_one_unit_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text(
        declarations(NETWORK)
        .replace("m = 2", "m = 1")
        .replace("K = 2", "K = 1")
        .replace("logistic", "tanh")
    )
    assert derive.build(path, tmp_path)


def test_a_sum_that_has_a_name_in_the_batch_alone_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "nested.toml"
    path.write_text(
        'title = "t"\nsource = "s"\nweights = ["w"]\ninputs = ["x"]\ntargets = ["y"]\n'
        'equations = """\nE = abs(abs(w*x - y))\n"""\n'
    )
    assert derive.build(path, tmp_path)


def test_all_that_is_public_says_what_it_is() -> None:
    """Functions say what they raise; what a class shows has its words."""
    for name in derive.__all__:
        given = getattr(derive, name)
        assert inspect.getdoc(given), name
        if inspect.isfunction(given):
            assert "Raises" in inspect.getdoc(given), name
        for member, value in vars(given).items() if inspect.isclass(given) else ():
            if not member.startswith("_") and (
                inspect.isfunction(value) or isinstance(value, property)
            ):
                assert inspect.getdoc(value), f"{name}.{member}"


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert derive.__version__ == project["version"] == metadata.version("derive")

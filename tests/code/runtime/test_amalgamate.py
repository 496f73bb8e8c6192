"""One text of a model's own part and the modules below it: whole, complete, importing little."""

import ast
import builtins
import dis
from collections.abc import Iterator
from types import CodeType
from typing import Any, get_args, get_type_hints

import pytest

from derive.code.amalgamate import HELPERS, TRAINER, amalgamate, body, source, syntax
from derive.code.check import check_trainer
from derive.code.estimator import CLASSIFIERS, RUNTIME
from derive.code.module import load
from derive.derivation.differentiate import differentiate
from derive.errors import InternalError
from derive.model.batch import batch
from derive.model.output import OutputKind
from tests.code.runtime.example import TEXT, model_of_text, texts
from tests.conftest import ROOT

EXAMPLE = texts(model_of_text(TEXT))

GENERATED = sorted((ROOT / "generated").glob("*/*.py"))

WEIGHTS = ("weights", "formats", "layers", "mlp")

MODULES = sorted(
    {*TRAINER, *HELPERS, *WEIGHTS, *(name for held in RUNTIME.values() for name in held)}
)


def statements(text: str) -> list[str]:
    """What a module says at its top but imports and its docstring, formatted alike."""
    nodes = [n for n in ast.parse(text).body if not isinstance(n, ast.Import | ast.ImportFrom)]
    return [ast.unparse(node) for node in nodes][1:]


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("trainer", ("example.model", "example.trainer")),
        ("weights", ("example.weights",)),
        ("estimator", ("example.estimator",)),
    ],
)
def test_the_example_is_what_the_templates_write(kind: str, parts: tuple[str, ...]) -> None:
    """Else the modules are typed and tested against a model's part that no model has."""
    written = statements(EXAMPLE[kind])
    held = {each for part in parts for each in statements(source(part))}
    below = {each for module in MODULES for each in statements(source(module))}
    # The words below constants that other kinds of outputs have stand in no Regressor.
    others = {each for each in held if "_CLASSES" in each or "_MIDDLE" in each}
    others |= {
        "'The targets of the two classes.'",
        "'The second class is that of outputs above it.'",
    }
    own = [each for each in written if each not in below and not each.startswith(("try:", "if __"))]
    assert len(own) > 3
    assert set(own) == held - (others if kind == "estimator" else set())


def test_the_constants_of_classifiers_are_those_of_the_example() -> None:
    text = TEXT.replace("y[k] in [-1, 1]", "y[k] in {0, 1}")
    text = text.replace("o[k] = tanh(b[k])", "o[k] = logistic(b[k])")
    text = text.replace("squared_error", "binary_cross_entropy")
    written = texts(model_of_text(text))["estimator"]
    for name in ("_CLASSES", "_MIDDLE", "_INDEXED"):
        assert f"\n{name} = " in written
        assert name in source("example.estimator")


@pytest.mark.parametrize(
    ("kind", "modules"),
    [
        ("trainer", TRAINER),
        ("weights", ("weights", "formats")),
        ("estimator", ("estimator", "manners")),
    ],
)
def test_the_modules_stand_whole_in_every_generated_file(
    kind: str, modules: tuple[str, ...]
) -> None:
    """Byte for byte, below the model's own part."""
    found = [path.read_text("utf-8") for path in GENERATED if path.stem == kind]
    assert len(found) > 10
    for module in modules:
        whole = body(source(module)).strip()
        assert len(whole) > 100
        assert all(text.count(whole) == 1 for text in found)


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def undefined(text: str, name: str, **beside: Any) -> set[str]:
    """The global names that a module's code takes and nothing defines."""
    module = load(text, name, **beside)
    taken = {
        instruction.argval
        for code in codes(compile(text, name, "exec"))
        for instruction in dis.get_instructions(code)
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    inside = {name for code in codes(compile(text, name, "exec")) for name in code.co_names}
    assert taken <= inside
    own = {"__module__", "__qualname__", "__name__", "__package__"}
    classes = {
        key for each in vars(module).values() if isinstance(each, type) for key in vars(each)
    }
    return taken - vars(module).keys() - vars(builtins).keys() - own - classes


KINDS = {
    "value": TEXT,
    "logistic": TEXT.replace("o[k] = tanh", "o[k] = logistic")
    .replace("squared_error", "binary_cross_entropy")
    .replace('assumptions = ["y[k] in [-1, 1]"]', ""),
    "logits": TEXT.replace("o[k] = tanh(b[k])", "o[k] = 1 * b[k]")
    .replace("squared_error", "binary_cross_entropy_logits")
    .replace('assumptions = ["y[k] in [-1, 1]"]', ""),
    "margin": TEXT.replace("squared_error", "hinge").replace("in [-1, 1]", "in {-1, 1}"),
    "softmax": TEXT.replace("o[k] = tanh(b[k])", "o[k] = softmax(k, b[k])")
    .replace("squared_error", "cross_entropy")
    .replace("y[k] in [-1, 1]", "one_hot(k, y[k])"),
    "log_softmax": TEXT.replace("o[k] = tanh(b[k])", "o[k] = log(softmax(k, b[k]))")
    .replace("squared_error(k, o[k], y[k])", "-sum(k, y[k] * o[k])")
    .replace("y[k] in [-1, 1]", "one_hot(k, y[k])"),
    "scores": TEXT.replace("y[k] in [-1, 1]", "one_hot(k, y[k])"),
}


@pytest.mark.parametrize("kind", RUNTIME)
def test_a_text_of_every_kind_of_output_defines_what_it_uses(kind: str) -> None:
    written = texts(model_of_text(KINDS[kind]))
    trainer = load(written["trainer"], "trainer")
    assert undefined(written["trainer"], "trainer") == set()
    assert undefined(written["weights"], "weights", trainer=trainer) == set()
    assert undefined(written["estimator"], "estimator", trainer=trainer) == set()
    last = RUNTIME[kind][1 if kind == "value" else 2]
    assert body(source(last)).strip() in written["estimator"]


def test_what_is_undefined_is_found() -> None:
    assert undefined("import os\ndef f():\n    return os, nowhere", "f") == {"nowhere"}


def test_modules_that_take_each_other_s_place_define_the_same_names() -> None:
    one, other = (
        [ast.unparse(node).splitlines()[0] for node in syntax(name).body[2:]]
        for name in ("one_hot", "two_classes")
    )
    names = [line.partition("(")[0] for line in one if line.startswith("def ")]
    assert names == ["def _coded", "def _chosen", "def _given_back"]
    assert [line for line in other if line.startswith("def ")] == [
        line for line in one if line.startswith("def ")
    ]
    assert set(CLASSIFIERS.values()) == {"one_hot", "two_classes"}


def test_imports_stand_at_the_top_each_once_and_sorted() -> None:
    own = '"""Words."""\n\nimport numpy as np\n\nx = np.pi\n'
    text = amalgamate(own, ("arguments", "descent"))
    assert text.startswith(
        '"""Words."""\n\nimport math\nfrom collections.abc import Callable, Generator, Sequence\nfrom typing import Any\n\n'
        "import numpy as np\n\nx = np.pi\n\n\n# Single numbers, checked.\n"
    )
    assert text.count("import") == 4


def test_a_name_that_is_defined_twice_is_an_error() -> None:
    with pytest.raises(InternalError, match="_whole is defined twice"):
        amalgamate("import numpy as np\n\n_whole = 1\n", ("arguments",))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("np.subtract(x, partial", "np.add(x, partial"),
        ("dE_da.T @ x", "-dE_da.T @ x"),
        ("return partials[0][0] if single else partials[0]", "return 2 * partials[0]"),
    ],
)
def test_a_fault_in_the_trainer_is_found_before_it_is_written(old: str, new: str) -> None:
    """An update with its sign turned among them."""
    derivation = differentiate(batch(model_of_text(TEXT)))
    assert EXAMPLE["trainer"].count(old) >= 1
    assert check_trainer(EXAMPLE["trainer"], derivation)
    mutant = EXAMPLE["trainer"].replace(old, new)
    assert not check_trainer(mutant, derivation)


def test_there_is_a_class_for_every_kind_of_output() -> None:
    assert RUNTIME.keys() == set(get_args(get_type_hints(OutputKind)["name"]))

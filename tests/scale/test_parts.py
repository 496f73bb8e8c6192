"""The parts that processes and partitions have in an error add up to it, for every model."""

from collections.abc import Callable
from pathlib import Path

import pytest

import derive
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.environment import environment
from derive.errors import DeriveError
from derive.model.batch import batch
from derive.model.model import Model
from derive.pipeline import Edition, make
from derive.reading.resolve import resolve
from derive.reading.source import Source
from derive.scale.record import scale
from tests.code.runtime.example import TEXT, model_of_text
from tests.code.runtime.test_amalgamate import statements
from tests.conftest import UNIT, write_text
from tests.scale.files import Written, for_dask, for_torch
from tests.stress.models import made
from tests.test_without import UNFED

pytest.importorskip("torch")
pytest.importorskip("dask")

KINDS = pytest.mark.parametrize("of", [for_torch, for_dask], ids=["torch", "dask"])
SEEDS = range(8)

RIDGE = """
title   = "A penalty"
source  = "tests"
weights = ["w[i]"]
inputs  = ["x[i]"]
targets = ["y"]
batch   = "{batch}"

equations = '''
o = sum(i, w[i] * x[i])
L = (o - y)^2 / 2 + sum(i, w[i]^2)
'''

[sizes]
i = "n"

[example]
n = 2
"""


def ridge(gather: str) -> Model:
    return model_of_text(RIDGE.format(batch=gather), "ridge")


def proven(written: Written) -> None:
    certificates = written.check()
    assert certificates
    for certificate in certificates:
        certificate.require()


@KINDS
@pytest.mark.parametrize("name", ["attention", "elman", "poisson_regression"])
def test_the_parts_add_up_in_the_gallery(of: Callable[[Model], Written], name: str) -> None:
    proven(of(derive.load(name)))


@KINDS
@pytest.mark.parametrize("seed", SEEDS)
def test_the_parts_of_random_models_add_up(of: Callable[[Model], Written], seed: int) -> None:
    model = resolve(f"random{seed}", Source(f"random{seed}.toml", made(seed).text))
    if model.data:
        proven(of(model))
    else:
        with pytest.raises(DeriveError, match="there are no samples to share out"):
            of(model)


@KINDS
@pytest.mark.parametrize("gather", ["mean", "sum"])
def test_a_penalty_counts_once(of: Callable[[Model], Written], gather: str) -> None:
    proven(of(ridge(gather)))


@pytest.mark.parametrize(
    ("of", "gather", "right", "wrong"),
    [
        (for_torch, "mean", "error * (rows / batch)", "error / batch"),
        (for_torch, "sum", "alone * (first - counted)", "alone * (first - 1)"),
        (for_torch, "sum", "error * counted", "error"),
        (for_dask, "mean", "return total / rows", "return total"),
        (for_dask, "sum", "times = first - counted", "times = 0"),
    ],
)
def test_parts_that_do_not_add_up_are_not_proven(
    of: Callable[[Model], Written], gather: str, right: str, wrong: str
) -> None:
    written = of(ridge(gather))
    assert any(right in text for text in written.files.values())
    (certificate,) = written.check(right, wrong)
    assert not certificate


def test_only_a_sum_with_a_penalty_is_added_up_as_one() -> None:
    alone = ridge("sum"), model_of_text(RIDGE.format(batch="sum").replace(" + sum(i, w[i]^2)", ""))
    assert [scale(m, batch(m)).penalised for m in (*alone, ridge("mean"))] == [True, False, False]
    proven(for_torch(alone[1]))
    proven(for_dask(alone[1]))


@KINDS
def test_a_model_without_samples_is_refused(of: Callable[[Model], Written], tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match=r"example: .*there are no samples to share out"):
        of(derive.load(write_text(tmp_path, UNFED)))


@pytest.mark.parametrize("name", ["processes", "partitions"])
def test_the_example_is_what_the_templates_write(name: str) -> None:
    """Else the modules below are typed against a model's part that no model has."""
    example = Path(derive.__file__).parent / "scale" / "runtime" / "example.py"
    model = model_of_text(TEXT)
    record = scale(model, simplify(differentiate(batch(model))).model)
    text = environment().get_template(f"scale/{name}.py.jinja").render(t=record, runtime="")
    own = [each for each in statements(text) if not each.startswith("if __name__")]
    assert len(own) > 3
    assert set(own[1:]) <= set(statements(example.read_text("utf-8")))


@pytest.mark.parametrize(
    ("target", "name", "title"),
    [
        ("ddp", "processes.py", "training in several processes of PyTorch"),
        ("dask", "partitions.py", "training on partitions of Dask"),
    ],
)
def test_it_is_written_for_whom_asks(target: str, name: str, title: str, tmp_path: Path) -> None:
    model = derive.load(write_text(tmp_path, UNIT))
    build = make(model, Edition(targets=(target,)))
    build.require()
    assert build.certificates[-1].title == title
    assert name in build.files
    assert ("network.py" in build.files) == (target == "ddp")

"""One answer to each question: the estimator and `derive train` take an output for the same."""

import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import derive
from derive.code.texts import estimator_text
from derive.code.weighted import weighted_steps
from derive.commands.main import main
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch_weighted
from derive.reading.dense import dense_text
from derive.training.run_file import load_run
from tests.conftest import write_text

DENSE = {
    "binary_cross_entropy": ([2, 3, 1], "logistic"),
    "binary_cross_entropy_logits": ([2, 3, 1], "identity"),
    "hinge": ([2, 3, 1], "identity"),
    "cross_entropy": ([2, 3, 2], "softmax"),
}

COLUMNS = {"numbers": ("0", "1"), "words": ("no", "yes"), "signs": ("-1", "1")}


def table(folder: Path, words: tuple[str, ...]) -> tuple[Path, list[str]]:
    """Rows of two numbers, and the word that their sum's sign (for three, its size) says."""
    X = np.random.default_rng(0).standard_normal((120, 2))
    places = np.searchsorted(np.linspace(-1, 1, len(words) + 1)[1:-1], X.sum(axis=1))
    said = [words[place] for place in places]
    lines = ["a,b,c", *(f"{a},{b},{word}" for (a, b), word in zip(X, said, strict=True))]
    (folder / "data.csv").write_text("\n".join(lines))
    return folder / "data.csv", said


def estimator_of(model: derive.Model) -> str:
    weighted = simplify(differentiate(batch_weighted(model)))
    return estimator_text(model, weighted, weighted_steps(weighted))


def train(path: Path, data: Path, out: Path) -> str:
    options = ["--target", "c", "--t", "0.05", "--out", str(out)]
    done = CliRunner().invoke(main, ["train", str(path), str(data), *options])
    assert done.exit_code == 0, done.output
    return done.output


def told(path: Path, data: Path, out: Path) -> list[str]:
    arguments = ["predict", str(path), str(out / "weights.npz"), str(data)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return [line.split(",")[0] for line in done.output.splitlines()[1:]]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("loss", DENSE)
def test_what_makes_a_classifier_is_trained_on_classes(
    loss: str, column: str, tmp_path: Path
) -> None:
    sizes, activation = DENSE[loss]
    path = write_text(tmp_path, dense_text(sizes, ["tanh", activation], loss))
    model = derive.load(path)
    assert "class Classifier(" in estimator_of(model)
    data, said = table(tmp_path, COLUMNS[column])
    shown = re.search(
        r"([\d.]+)% of the validation rows are told right", train(path, data, tmp_path)
    )
    assert shown
    assert float(shown[1]) > 80
    assert np.mean([a == b for a, b in zip(told(path, data, tmp_path), said, strict=True)]) > 0.9
    assert load_run(model, tmp_path / "weights.npz").encoding.classes == COLUMNS[column]


@pytest.mark.parametrize(
    ("activation", "loss"), [("softmax", "cross_entropy"), ("logistic", "cross_entropy")]
)
def test_several_classes_are_told_by_the_largest_output(
    activation: str, loss: str, tmp_path: Path
) -> None:
    path = write_text(tmp_path, dense_text([2, 4, 3], ["tanh", activation], loss))
    data, said = table(tmp_path, ("high", "low", "middle"))
    assert "told right" in train(path, data, tmp_path)
    assert set(told(path, data, tmp_path)) <= set(said)


def test_what_makes_a_regressor_is_trained_on_numbers(tmp_path: Path) -> None:
    path = write_text(tmp_path, dense_text([2, 3, 1], ["tanh", "logistic"], "squared_error"))
    model = derive.load(path)
    assert "class Regressor(" in estimator_of(model)
    data, _ = table(tmp_path, COLUMNS["numbers"])
    assert "R² = " in train(path, data, tmp_path)
    (target,) = load_run(model, tmp_path / "weights.npz").encoding.targets
    assert (target.mean, target.scale) == (0, 1)  # 0 and 1 lie in the interval of the output


def test_numbers_beyond_what_an_output_reaches_are_mapped_into_it(tmp_path: Path) -> None:
    path = write_text(tmp_path, dense_text([2, 3, 1], ["tanh", "logistic"], "squared_error"))
    X = np.random.default_rng(0).standard_normal((200, 2))
    lines = ["a,b,c", *(f"{a},{b},{5000 + 100 * a + 50 * b}" for a, b in X)]
    (tmp_path / "data.csv").write_text("\n".join(lines))
    said = train(path, tmp_path / "data.csv", tmp_path)
    assert "puts out numbers between 0 and 1; column c is mapped into that interval" in said
    predicted = [float(word) for word in told(path, tmp_path / "data.csv", tmp_path)]
    right = np.array([float(line.split(",")[2]) for line in lines[1:]])
    assert np.sqrt(np.mean((predicted - right) ** 2)) < 0.1 * right.std()


def test_words_are_no_numbers(tmp_path: Path) -> None:
    path = write_text(tmp_path, dense_text([2, 3, 1], ["tanh", "logistic"], "squared_error"))
    data, _ = table(tmp_path, COLUMNS["words"])
    options = ["--target", "c", "--out", str(tmp_path)]
    done = CliRunner().invoke(main, ["train", str(path), str(data), *options])
    assert done.exit_code == 2
    assert "column c holds words, and example predicts numbers" in done.output
    path.write_text('assumptions = ["y[j2] in {0, 1}"]\n' + path.read_text())
    assert "told right" in train(path, data, tmp_path)


def test_counts_are_no_differences_and_stay_counts(tmp_path: Path) -> None:
    path = write_text(tmp_path, dense_text([2, 1], ["exp"], "poisson"))
    data, _ = table(tmp_path, ("0", "1", "4"))
    assert "R² = " in train(path, data, tmp_path)
    kept = load_run(derive.load(path), tmp_path / "weights.npz")
    (target,) = kept.encoding.targets
    assert (target.mean, target.scale) == (0, 1)
    assert min(float(word) for word in told(path, data, tmp_path)) > 0

"""What `import derive` gives: every stage, from a name, a path or what a stage before made.

Each says what it wants where it is given anything else, and no error but a DeriveError leaves
any of them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from derive import pipeline
from derive.auditing.verdicts import Report
from derive.derivation import derivation as equations
from derive.derivation import differentiate as chain_rule
from derive.derivative.derivation import Derivation
from derive.errors import DeriveError, described, naming
from derive.evaluation.sides import with_sides
from derive.model.model import Model
from derive.page.column import JOURNAL, Column
from derive.page.words import WRITTEN
from derive.proof import prove as proof
from derive.proof.certificate import Certificate
from derive.reading import dense as layers
from derive.reading import preset as presets
from derive.reading import resolve
from derive.reading.inline import Besides, inline


def load(model: str | Path) -> Model:
    """The model of a name that comes with derive, or of a model file.

    Raises ModelError, with the place in the file, where it cannot be read.
    """
    with naming(_named(model)):
        if not isinstance(model, str | Path):
            _fail(model, "the name of a model, or the path of a model file")
        return resolve.load(model)


def model(
    equations: str,
    *,
    weights: Sequence[str] | str = (),
    inputs: Sequence[str] | str | None = None,
    targets: Sequence[str] | str | None = None,
    sizes: Mapping[str, int | str] | None = None,
    hyperparameters: Mapping[str, float] | None = None,
    functions: Mapping[str, str] | None = None,
    assumptions: Sequence[str] = (),
    batch: str = "mean",
    derivatives_by: Sequence[str] = (),
    definitions: Mapping[str, str] | None = None,
    adjoints: Mapping[str, str] | None = None,
    notation: Mapping[str, str] | None = None,
    title: str = "",
    source: str = "",
    name: str = "model",
) -> Model:
    """The model of some equations, without a file: one on each line, the last defines the error.

    `weights`, `inputs` and `targets` are the names of arrays, "W" or "W[j,i]". Where the inputs
    or the targets are left out, they are what nothing else defines. `sizes` says what an index
    runs to in the example, {"i": 3}, else 2, or by which symbol, {"i": "n", "n": 3}. All else is
    what a model file has under that key; see docs/language.md. Quantities have no units.

    Raises ModelError, with the place in the text or the argument, for what cannot be read, and
    DeriveError for an argument of another kind, or where it is not plain what is an input.
    """
    with naming("derive.model"):
        besides = Besides(
            title, source, hyperparameters, functions, assumptions, batch, derivatives_by,
            definitions, adjoints, notation,
        )  # fmt: skip
        arrays = {"weights": weights, "inputs": inputs, "targets": targets}
        return inline(equations, arrays, sizes, besides, name)


def dense(
    sizes: Sequence[int],
    activations: Sequence[str],
    loss: str = "squared_error",
    bias: bool = True,
    name: str = "dense",
) -> Model:
    """A network of dense layers from its sizes, [784, 128, 10], the inputs' first.

    The weights are W1, b1, W2, b2, ... in this order, W of shape (units, inputs), b of (units,);
    each layer has its activation, a function of the table, or softmax for the last. Raises
    DeriveError for sizes, activations or a loss that do not fit.
    """
    with naming("dense"):
        return layers.dense(sizes, activations, loss, bias, name)


def differentiate(model: str | Path | Model) -> Derivation:
    """Derive ∂EQ/∂X for every weight X of the model, and for the inputs it asks for.

    Its derivatives are found by name, derivation["W"] of the shape of W, derivation["w_11"] a
    number. The derivation's model names the sums that functions are applied to. Raises DeriveError
    where the derivative by a weight is zero everywhere, or a definition of the paper occurs in
    no derivative.
    """
    with naming(_named(model)):
        found = chain_rule.differentiate(with_sides(_model(model)))
        return Derivation(found.model, found.forward, found.backward)


def prove(derivation: str | Path | Model | equations.Derivation) -> Certificate:
    """Check a derivation, or that of a model, in every layer at two choices of sizes.

    The certificate is true where every check holds, and lists them: a failed one is no error.
    Raises DeriveError where there is nothing to prove, as `differentiate` does.
    """
    with naming(_named(derivation)):
        if isinstance(derivation, equations.Derivation):
            return proof.prove(derivation)
        wanted = "a derivation, a model, or its name or path"
        model = with_sides(_model(derivation, wanted))
        return proof.prove(chain_rule.differentiate(model))


def audit(model: str | Path | Model) -> Report:
    """Judge the published text of a model.

    Raises DeriveError where there is no audit of it, and ProofError where a correction does
    not hold.
    """
    with naming(_named(model)):
        return pipeline.audit(_model(model))


def build(
    model: str | Path | Model,
    out: str | Path,
    languages: Sequence[str] = WRITTEN,
    column: float = JOURNAL.width,
    notation: str | Path | None = None,
) -> tuple[Path, ...]:
    """Write a model's files into the folder `out`/<model>/; the paths written.

    `languages` are codes, at least one; the first is that of derivation.tex. `column` is the
    width in pt of the column that the pages are for; `notation` the name of a notation that comes
    with derive, or the path of one. Raises ProofError, with nothing written, where anything is not
    proven.
    """
    with naming(_named(model)):
        if not isinstance(out, str | Path) or "\0" in str(out):
            _fail(out, "the path of a folder to write to")
        if not _are_texts(languages):
            _fail(languages, 'a list of the codes of languages, ["en", "pt"]')
        if not isinstance(column, int | float) or isinstance(column, bool):
            _fail(column, "the width of a column in pt, such as 252")
        if not isinstance(notation, str | Path | None):
            _fail(notation, 'the name of a notation, "nielsen", or the path of one')
        chosen = presets.preset(notation) if notation is not None else None
        edition = pipeline.Edition(tuple(languages), Column(column), chosen)
        return pipeline.build(_model(model), out, edition)


# --- what was given ---------------------------------------------------------------------------


def _model(given: object, wanted: str = "a model, or its name or path") -> Model:
    if isinstance(given, Model):
        return given
    if isinstance(given, str | Path):
        return resolve.load(given)
    if isinstance(given, equations.Derivation):
        raise DeriveError("a derivation is given", f"expected {wanted}: its .model is one")
    _fail(given, wanted)


def _are_texts(given: object) -> bool:
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        return False
    return all(isinstance(each, str) for each in given)


def _named(given: object) -> str:
    """What is said of it where derive itself is at fault."""
    match given:
        case Model():
            return given.name
        case equations.Derivation():
            return given.model.name
        case str() | Path():
            return str(given)
    return type(given).__name__


def _fail(given: object, wanted: str) -> NoReturn:
    raise DeriveError(f"{described(given)} is given", f"expected {wanted}")

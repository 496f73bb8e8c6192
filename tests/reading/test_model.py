"""A model file that is wrong says where, what and how to mend it; nothing is executed."""

import contextlib
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive.commands.main import main
from derive.model.output import output_of
from derive.reading.declarations import MAX_BYTES
from derive.reading.resolve import resolve
from derive.reading.source import Source
from tests.conftest import NETWORK, declarations, write_model

LAST = "EQ = sum(k, (O[k] - y[k])^2) / 2"


def swapped(old: str, new: str) -> str:
    assert old in NETWORK
    return NETWORK.replace(old, new)


# (equations, the offending text that the column points at, words of problem and cure)
BAD_EQUATIONS = {
    "attribute": (swapped("W[j,i] * I[i]", "W.T * I[i]"), ".T * I", "attribute"),
    "unknown function": (swapped("f_h(", "g("), "g(H_in", "g is no known function"),
    "eval": (swapped("f_h(H_in[j])", "eval(H_in[j])"), "eval(", "eval is no known function"),
    "lambda": (swapped("f_h(H_in[j])", "lambda x: x"), "x: x", "'x' stands behind 'lambda'"),
    "colon": (swapped("f_h(H_in[j])", "H_in[j]: 2"), ": 2", "':' is not part"),
    "import": (swapped("f_h(", "__import__("), "__import__", "starts with a letter"),
    "string": (swapped("f_h(H_in[j])", "`os`"), "`os`", "no strings"),
    "undefined": (swapped("W[j,i] *", "Q[j,i] *"), "Q[j,i]", "Q is not defined"),
    "defined twice": (NETWORK.replace(LAST, f"H[j] = f_h(H_in[j])\n{LAST}"), "H[j] = f_h(H_in[j])\nEQ",
                      "H is defined twice"),
    "weight defined again": (f"W[j,i] = I[i]\n{NETWORK}", "W[j,i] = I", "W is defined twice"),
    "used before": (swapped("f_h(H_in[j])", "f_h(O_in[j])"), "O_in[j])", "before it is defined"),
    "itself": (swapped("f_h(H_in[j])", "f_h(H[j])"), "H[j])", "H is defined by itself"),
    "free on the right": (swapped("sum(i, W[j,i] * I[i])", "W[j,i] * I[i]"), "i] * I",
                          "free on the right and not on the left"),
    "left only": (swapped("H[j] = f_h(H_in[j])", "H[j] = f_h(sum(l, H_in[l]))"), "j] = f_h(sum",
                  "on the left and not on the right"),
    "summed twice": (swapped("sum(i, W[j,i] * I[i])", "sum(i, i, W[j,i] * I[i])"),
                     "i, W[j,i]", "summed twice"),
    "bound inside": (swapped("sum(i, W[j,i] * I[i])", "sum(i, sum(i, W[j,i] * I[i]))"),
                     "i, sum(i", "touches no array"),
    "bound and left": (swapped("H[j] = f_h(H_in[j])", "H[j] = f_h(sum(j, H_in[j]))"), "j] = f_h(sum",
                       "H is the same for every j"),
    "two sizes": (swapped("V[k,l] * H[l]", "V[l,k] * H[l]"), "l,k] * H[l]", "runs to m and to K"),
    "touches nothing": (swapped("sum(k, (O[k] - y[k])^2) / 2", "sum(k, (O[k] - y[k])^2) + sum(i, 2)"),
                        "i, 2)", "touches no array"),
    "not declared": (swapped("sum(i, W[j,i] * I[i])", "sum(r, W[j,r] * I[r])"), "r, W",
                     "the index r is not declared"),
    "not scalar": (NETWORK.replace(LAST, "EQ[k] = (O[k] - y[k])^2"), "EQ[k]", "still has the index k"),
    "unreached weight": (NETWORK.replace(LAST, "EQ = sum(k, l, V[k,l] * y[k])"), 'W[j,i]"',
                         "never reaches the error"),
    "number of indices": (swapped("W[j,i] *", "W[j] *"), "W[j] *", "W with 1 index"),
    "number as index": (swapped("W[j,i] *", "W[1,i] *"), "1,i] *", "expected a name"),
    "exponent": (swapped("^2", "^1000"), "1000", "exponent"),
    "index arithmetic": (swapped("I[i])", "I[i+j])"), "+j])", "no index arithmetic yet"),
    "product over an index": (swapped("f_o(", "prod(l, "), "prod(l", "no product over an index yet"),
    "large exponent": (swapped("^2", "^(129/2)"), "129/2)", "a number up to 64"),
    "a quantity as exponent": (swapped("^2", "^O[k]"), "O[k])", "write exp(w * log(q))"),
    "a root of less than 0": (swapped("^2", "^2 + (1 - 3)^0.5"), "(1 - 3)", "positive number"),
    "a root below a line": (swapped("^2", "^2 + 1/sqrt(0)"), "sqrt(0)", "division by zero"),
    "power tower": (swapped("^2", "^2^2^2^2"), "^2^2^2) / 2", "power of a power"),
    "bracket tower": (swapped("(O[k] - y[k])^2", "((((O[k])^9)^9)^9)"), "EQ", "multiply to 729"),
    "number tower": (swapped("/ 2", "/ ((9^64)^64)"), "(9^64)^64", "too large"),
    "digits": (swapped("/ 2", "/ " + "1" * 100), "1111", "100 digits"),
    "zero": (swapped("/ 2", "/ 0"), "0", "division by zero"),
    "zero of numbers": (swapped("/ 2", "/ (1 - 1)"), "1 - 1", "division by zero"),
    "zero of a quantity": (swapped("^2", "^2 / (O[k] - O[k])"), "O[k] - O", "division by zero"),
    "many terms": (swapped("/ 2", "/ 2" + " + 1" * 100), "sum(k, (O", "101 terms in a row"),
    "many factors": (swapped("/ 2", "/ 2" + " * 2" * 100), "sum(k, (O", "102 factors in a row"),
    "function bare": (swapped("f_h(H_in[j])", "f_h"), "f_h", "f_h is a function"),
    "two arguments": (swapped("f_h(H_in[j])", "f_h(H_in[j], 2)"), "f_h(", "2 arguments"),
    "index as quantity": (swapped("/ 2", "/ j"), "j", "j is no quantity"),
    "prints like another": (NETWORK.replace("H_in", "I_"), "I_[j] =", "I_ and I print alike"),
    "unclosed": (swapped("/ 2", "/ (2"), "the end", "expected ')'"),
    "two on a line": (swapped("\nH[j]", " H[j]"), "H[j] =", "one equation on each line"),
    "sum of nothing": (swapped("sum(i, W[j,i] * I[i])", "sum(W[j,i])"), "sum(W", "without an index"),
    "comparison outside a where": (swapped("f_h(H_in[j])", "f_h(H_in[j] > 0)"), "H_in[j] > 0",
                                   "stands only in a where"),
    "where without a comparison": (swapped("f_h(H_in[j])", "where(H_in[j], 1, 2)"), "H_in[j], 1",
                                   "no comparison"),
    "where of two": (swapped("f_h(H_in[j])", "where(H_in[j] > 0, 1)"), "where(", "2 arguments"),
    "where of comparisons": (swapped("f_h(H_in[j])", "where(H_in[j] > 0, 1 < 2, 0)"), "1 < 2",
                             "stands only in a where"),
    "equality": (swapped("f_h(H_in[j])", "where(H_in[j] = 0, 1, 2)"), "= 0, 1", "expected ')'"),
    "max of one": (swapped("f_h(H_in[j])", "max(H_in[j])"), "max(", "write max(a, b, c)"),
    "max over an index": (swapped("f_h(H_in[j])", "max(j, H_in[j])"), "max(j",
                          "no max over an index yet"),
    "softmax without an index": (swapped("f_h(H_in[j])", "softmax(H_in[j])"), "softmax(",
                                 "softmax without an index"),
    "softmax over what is summed away": (swapped("f_h(H_in[j])", "f_h(H_in[j]) * softmax(l, H_in[l])"),
                                         "l, H_in", "softmax keeps the index l"),
    "softmax of something else": (swapped("f_h(H_in[j])", "H_in[j] * softmax(j, 2)"), "j, 2",
                                  "touches no array in the softmax"),
    "loss of one argument": (NETWORK.replace(LAST, "EQ = squared_error(O[k])"), "squared_error",
                             "write squared_error(k, o[k], y[k])"),
    "loss without its index": (NETWORK.replace(LAST, "EQ = squared_error(O[k], y[k])"), "k], y",
                               "free on the right"),
    "huber without delta": (NETWORK.replace(LAST, "EQ = huber(k, O[k], y[k])"), "k, O[k]",
                            "k is no quantity"),
    "loss with too many": (NETWORK.replace(LAST, "EQ = hinge(k, 2, O[k], y[k])"), "2, O[k]",
                           "no index"),
    "loss as a name": (NETWORK.replace("EQ =", "poisson ="), "poisson =", "word of the equation"),
    "near miss": (swapped("f_h(", "sofmax("), "sofmax(", "did you mean softmax"),
    "mixed indices": (swapped("sum(i, W[j,i] * I[i])", "W[j,i] * I[i] + I[i]"), "i] * I", "free on"),
    "deep nesting": (swapped("/ 2", "/ " + "(" * 5000 + "2" + ")" * 5000), "(", "nested more than"),
    "deep functions": (swapped("f_h(H_in[j])", "f_h(" * 5000 + "H_in[j]" + ")" * 5000), "f_h(",
                       "nested more than"),
    "max in max": (swapped("f_h(H_in[j])", "max(H_in[j], " * 40 + "0" + ")" * 40), "max(H_in",
                   "max of too many in one another"),
    "max of many": (swapped("f_h(H_in[j])", "max(" + ", ".join(f"{n} * H_in[j]" for n in range(40)) + ")"), "max(0",
                    "max of too many in one another"),
    "deep minus": (swapped("/ 2", "/ (" + "1 - (" * 5000 + "2" + ")" * 5001), "1", "nested more than"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_EQUATIONS)
def test_wrong_equations_get_a_place_and_a_cure(name: str, tmp_path: Path) -> None:
    equations, offending, words = BAD_EQUATIONS[name]
    path = write_model(tmp_path, equations)
    with pytest.raises(derive.ModelError) as caught:
        derive.load(path)
    error = next(fault for fault in caught.value.all if words in str(fault))
    assert str(error).startswith(f"example.toml:{error.position.number}:{error.position.column}: ")
    assert error.cure
    text = path.read_text().splitlines()
    if offending != "the end":
        at = "\n".join(text[error.position.number - 1 :])[error.position.column - 1 :]
        assert at.startswith(offending)


def declared(old: str, new: str) -> str:
    text = declarations(NETWORK)
    assert old in text
    return text.replace(old, new)


BAD_FILES: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "", "empty"),
    "blank": (b"\n \n", "", "empty"),
    "binary": (b"\x7fELF\x00\x01\x02", "", "binary"),
    "latin-1": (b'title = "caf\xe9"', "title", "UTF-8"),
    "ten megabytes": (b"#" * 10_000_000, "", "larger than 500 kB"),
    "no TOML": (b"title = \n", "title", "not TOML"),
    "open string": (b"equations = '''\nEQ = 1\n", "equations", "has no end"),
    "no weights": (declared('weights = ["W[j,i]", "V[k,j]"]', "weights = []").encode(), "weights = []", "weights"),
    "missing key": (declared('weights = ["W[j,i]", "V[k,j]"]', "").encode(), "", "weights: is missing"),
    "unknown key": (declared("[sizes]", "colour = 3\n\n[sizes]").encode(), "colour = 3", "colour"),
    "wrong type": (declared('"A test"', "7").encode(), "title", "title"),
    "size of zero": (declared("m = 2", "m = 0").encode(), "m = ", "example.m"),
    "boolean size": (declared("m = 2", "m = true").encode(), "m = ", "example.m"),
    "no example": (declared("m = 2\n", "").encode(), 'j = "m"', "no example"),
    "size of no index": (declared("m = 2", "m = 2\nq = 3").encode(), "q = 3", "size of no index"),
    "index that touches nothing": (declared('l = "m"', 'l = "m"\nq = "m"').encode(), 'q = "m"',
                                   "touches no array"),
    "size that nothing carries": (
        declared('l = "m"', 'l = "m"\nq = "Q"').replace("m = 2", "m = 2\nQ = 2").replace(
            "O[k] - y[k])^2", "O[k] - y[k])^2 + sum(q, 2)").encode(), "sum(q, 2)", "touches no array"),
    "unknown function row": (declared('"tanh"', '"tangent"').encode(), "tangent", "no known function"),
    "declared twice": (declared('"I[i]"', '"W[i]"').encode(), "inputs", "W is defined twice"),
    "index letter as size": (declared('i = "n"', 'i = "k"').encode(), 'i = "k"', "an index and a size"),
    "bad declaration": (declared('"I[i]"', '"I[i"').encode(), "inputs", "expected ']'"),
    "word": (declared('"I[i]"', '"where[i]"').encode(), "inputs", "word of the equation language"),
    "deep array": (b"weights = " + b"[" * 5000 + b"]" * 5000, "weights", "nested"),
    "escapes": (declared("^2", r"^\u0032").encode(), "equations", "escapes"),
    "notation": (declared("[functions]", '[notation]\nW = "w"\n[functions]').encode(), 'W = "w"',
                 "no way to write"),
    "definition": (declared("[functions]", '[definitions]\n"E[k]" = "O[k] - q[k]"\n[functions]')
                   .encode(), "O[k] - q[k]", "q is not defined"),
    "assumption in no known form": (declared("[sizes]", 'assumptions = ["y is small"]\n[sizes]').encode(),
                                    "y is small", "no assumption that can be checked"),
    "assumption about a weight": (declared("[sizes]", 'assumptions = ["W[j,i] >= 0"]\n[sizes]').encode(),
                                  "W[j,i] >= 0", "neither an input nor a target"),
    "assumption with other indices": (declared("[sizes]", 'assumptions = ["y[j] >= 0"]\n[sizes]').encode(),
                                      "y[j] >= 0", "it is declared as y[k]"),
    "assumption over a foreign index": (
        declared("[sizes]", 'assumptions = ["sum(j, y[k]) = 1"]\n[sizes]').encode(), "sum(j, y[k])",
        "y has the indices k"),
    "assumption that nothing keeps": (declared("[sizes]", 'assumptions = ["y[k] in [1, 0]"]\n[sizes]').encode(),
                                      "in [1, 0]", "no number lies between"),
    "batch of neither": (declared("[sizes]", 'batch = "median"\n[sizes]').encode(), "median", "'mean' or 'sum'"),
    "derivatives by a weight": (declared("[sizes]", 'derivatives_by = ["W"]\n[sizes]').encode(),
                                'derivatives_by = ["W"]', "name inputs"),
    "function of something else": (declared('"tanh"', '"z * W"').encode(), "z * W", "the only quantity is z"),
    "function of nothing": (declared('"tanh"', '"1 + 1"').encode(), "1 + 1", "does not hold z"),
    "function with indices": (declared('"tanh"', '"z + I[i]"').encode(), "z + I[i]", "the only quantity is z"),
    "function with a kink somewhere": (declared('"tanh"', '"relu(z^2 - 1)"').encode(), "relu(z^2",
                                       "not linear in z"),
    "function with a sum": (declared('"tanh"', '"sum(i, z)"').encode(), "sum(i, z)", "functions of one argument"),
    "function divided by zero": (declared('"tanh"', '"z / 0"').encode(), "z / 0", "division by zero"),
    "function that breaks off": (declared('"tanh"', '"z + "').encode(), "z + ", "write a number"),
    "function with a condition": (declared('"tanh"', '"tanh(z > 1)"').encode(), "tanh(z > 1)", "equation"),
    "hyperparameter beyond all numbers": (declared("[functions]", "[hyperparameters]\na = 1e99\n[functions]")
                                          .encode(), "a = 1e99", "a is too large"),
    "hyperparameter of 5,000 digits": (
        declared("[functions]", f"[hyperparameters]\na = {'9' * 5000}\n[functions]").encode(), "a = 9",
        "a number of thousands of digits"),
    "adjoint": (declared("[functions]", '[adjoints]\nW = "delta"\n[functions]').encode(), 'W = "delta"',
                "no adjoint to name"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_wrong_files_exit_2_with_the_line_and_write_nothing(name: str, tmp_path: Path) -> None:
    raw, offending, words = BAD_FILES[name]
    path = tmp_path / "example.toml"
    path.write_bytes(raw)
    result = CliRunner().invoke(main, ["build", str(path), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2, result.output
    assert words in result.output
    number = re.search(r"example\.toml:(\d+):\d+: ", result.output)
    assert number
    lines = [*raw.decode("latin-1").splitlines(), ""]
    assert offending in lines[int(number[1]) - 1]
    assert not (tmp_path / "out").exists()


# An assumption, the part of it that is wrong, and what is said of it.
BAD_ASSUMPTIONS: tuple[tuple[str, str, str], ...] = (
    ("y is small", "is small", "'y is small' is no assumption that can be checked"),
    ("y[k] = 1", "= 1", "no assumption that can be checked"),
    ("y[k] < 1", "< 1", "no assumption that can be checked"),
    ("y[k] >= 0 and y[k] <= 1", "and", "no assumption that can be checked"),
    ("mean(k, y[k]) = 1", "mean", "no assumption that can be checked"),
    ("0 <= y[k]", "<= y", "no assumption that can be checked"),
    ("y[k] in [0]", "in [0]", "no assumption that can be checked"),
    ("y[k] in 0", "0", "found '0', expected '['"),
    ("y[k] in {0, 1]", "]", "found ']', expected '}'"),
    ("y[k] in {0, one}", "one", "expected a whole number"),
    ("y[k] in [1, 0]", "1, 0", "no number lies between 1 and 0"),
    ("y[k] in [-0.5, -1]", "-0.5", "no number lies between -1/2 and -1"),
    ("one_hot(k, q[k])", "q[k]", "q is neither an input nor a target"),
    ("one_hot(y[k])", "one_hot", "one_hot without an index"),
    ("sum(k, W[j,i]) = 1", "W[j,i]", "W is neither an input nor a target"),
    ("sum(k, y[j]) = 1", "y[j]", "it is declared as y[k]"),
    ("sum(j, y[k]) = 1", "j, y", "y has the indices k"),
    ("sum(k, k, y[k]) = 1", "k, y", "y has the indices k"),
    ("sum(k, 2 * y[k]) = 1", "2 *", "neither an input nor a target"),
    ("sum(k, y[k] = 1", "= 1", "expected ')'"),
    ("y[k] >= 1e-300", "1e-300", "exponent of at most two digits"),
    ("y[k] ≠ 0", "≠ 0", "no assumption that can be checked"),
)


@pytest.mark.parametrize(("text", "offending", "words"), BAD_ASSUMPTIONS)
def test_a_wrong_assumption_is_shown_at_its_column(text: str, offending: str, words: str) -> None:
    file = declared("[sizes]", f'assumptions = ["y[k] >= -9", "{text}"]\n[sizes]')
    with pytest.raises(derive.ModelError) as caught:
        resolve("example", Source("example.toml", file))
    error = caught.value
    assert words in str(error)
    line = file.splitlines()[error.position.number - 1]
    at = error.position.column - 1
    assert line[at:].startswith(offending)
    start = line.index(f'"{text}"') + 1
    assert start <= at < start + len(text)


def test_in_a_text_with_escapes_its_key_is_shown() -> None:
    file = declared("[sizes]", r'assumptions = ["y[k] \u003e= q"]' + "\n[sizes]")
    with pytest.raises(derive.ModelError, match="expected a whole number") as caught:
        resolve("example", Source("example.toml", file))
    assert file.splitlines()[caught.value.position.number - 1].startswith("assumptions")
    assert caught.value.position.column == 1


def test_a_missing_file_and_an_unknown_name_exit_2() -> None:
    for name in ("no/such/file.toml", "nobody2020"):
        result = CliRunner().invoke(main, ["check", name])
        assert result.exit_code == 2
        assert name in result.output


def test_a_file_name_that_is_no_module_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(derive.ModelError, match="takes its file's name"):
        derive.load(write_model(tmp_path, name="my-model"))


def test_the_size_limit_is_that_of_a_page_not_of_the_machine() -> None:
    assert MAX_BYTES < 10_000_000


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="HOWVIyfijkln_[](),+-*/^=<>0123. \nsumeanwhrxtof#'\"", max_size=120))
def test_any_text_is_a_model_or_a_ModelError(text: str) -> None:
    source = Source("fuzz.toml", declarations(text))
    with contextlib.suppress(derive.ModelError):
        resolve("fuzz", source)


def test_the_model_is_the_document(pelogia: derive.Model) -> None:
    assert [array.name for array in pelogia.weights] == ["W", "V"]
    assert pelogia.size_symbols == ("n", "m", "K")
    assert dict(pelogia.example) == {"n": 2, "m": 2, "K": 1}
    assert [equation.name for equation in pelogia.equations] == ["H_in", "H", "O_in", "O", "EQ"]
    assert output_of(pelogia).name == "O"
    assert hash(pelogia) == hash(derive.load("pelogia2019"))

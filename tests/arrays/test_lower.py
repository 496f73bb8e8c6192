"""Sums of products on whole arrays: right for any indices, and written as one would by hand."""

import itertools
import os
import re
import subprocess
import sys
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import derive
from derive import locate
from derive.arrays.axes import turns
from derive.arrays.lower import lower
from derive.arrays.program import Einsum, MatMul, Node, parts
from derive.code.lines import expression
from derive.code.trainer import trainer
from derive.derivation.derivation import Derivation, Equation, Given
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.expressions.building import add, multiply, power, summation
from derive.expressions.contents import free_indices
from derive.expressions.expression import (
    Add,
    Entry,
    Expression,
    Index,
    Multiply,
    Number,
    Power,
    Sum,
)
from derive.model.batch import batch
from derive.model.model import SAMPLE, Array, Definition, Model
from derive.pipeline import make
from derive.printing.macros import plain
from derive.printing.matrix_latex import matrix_form
from derive.printing.printed import Printed
from derive.printing.symbols import Symbols
from tests.conftest import ROOT, page_of

INDICES = {"s": SAMPLE, **{letter: Index(letter, f"n_{letter}") for letter in "abcdeijkr"}}


def lowered(
    target: Entry, value: Expression, sizes: dict[str, int] | None = None
) -> tuple[Node, Model]:
    """The node of one equation between made-up arrays."""
    example = {index.size: 2 for index in INDICES.values()} | (sizes or {})
    definition = Definition(target, value)
    array = Array("out", definition.indices, "quantity")
    model = Model("m", "", "", (array,), (definition,), example=tuple(example.items()))
    derivation = Derivation(model, (Equation("out", target, value, Given()),), ())
    return lower(simplify(derivation)).forward[0].value, model


def entry(text: str) -> Entry:
    name, letters = re.fullmatch(r"(\w+)\[(\w*)\]", text).groups()  # type: ignore[union-attr]
    return Entry(name, tuple(INDICES[letter] for letter in letters))


def code(text: str, sizes: dict[str, int] | None = None) -> str:
    """The NumPy of such as `out[sab] = d: q[sad] k[sbd]`."""
    left, over, right = re.fullmatch(r"(.*) = (\w+): (.*)", text).groups()  # type: ignore[union-attr]
    body = multiply(*map(entry, right.split()))
    return expression(*lowered(entry(left), Sum(tuple(INDICES[x] for x in over), body), sizes))


# --- right ------------------------------------------------------------------------------------


@st.composite
def factors(draw: st.DrawFn, letters: list[str], name: str) -> Expression:
    """An array, its square, a sum of two arrays, or a sum over an index of its own."""
    own = draw(st.permutations(letters))[: draw(st.integers(1, len(letters)))]
    first = Entry(name, tuple(INDICES[x] for x in own))
    kind = draw(st.sampled_from(["array", "array", "square", "two", "inner"]))
    if kind == "square":
        return power(first, 2)
    if kind == "two":
        part = draw(st.permutations(own))[: draw(st.integers(1, len(own)))]
        return add(
            first,
            multiply(Number(Fraction(-1)), Entry(f"{name}_", tuple(INDICES[x] for x in part))),
        )
    if kind == "inner":
        inside = INDICES["r"]
        left = Entry(name, (*first.indices, inside))
        part = draw(st.permutations(own))[: draw(st.integers(0, len(own)))]
        right = Entry(f"{name}_", (inside, *(INDICES[x] for x in part)))
        scale = [Entry(f"{name}__")] if draw(st.booleans()) else []
        return Sum((inside,), multiply(*scale, left, right))
    return first


@st.composite
def sums_of_products(draw: st.DrawFn) -> tuple[Entry, Expression, dict[str, int]]:
    """A coefficient times Σ of a product of 2 to 4 factors, perhaps for every sample."""
    letters = ["a", "b", "c", "d"][: draw(st.integers(2, 4))]
    if draw(st.booleans()):
        letters[0] = "s"
    count = draw(st.integers(2, 4))
    made = [draw(factors(letters, f"x{n}")) for n in range(count)]
    held = [index for factor in made for index in free_indices(factor)]
    order = draw(st.permutations(list(dict.fromkeys(held))))
    split = draw(st.integers(1, len(order)))
    over, out = tuple(order[:split]), tuple(order[split:])
    coefficient = draw(st.sampled_from([Fraction(1), Fraction(-2), Fraction(3, 2)]))
    value = multiply(Number(coefficient), summation(over, multiply(*made)))
    sizes = {index.size: draw(st.integers(1, 4)) for index in INDICES.values()}
    return Entry("out", out), value, sizes


def random_arrays(value: Expression, sizes: dict[str, int]) -> dict[str, Any]:
    random = np.random.default_rng(1)
    found: dict[str, Any] = {}

    def visit(node: Any) -> None:
        if isinstance(node, Entry):
            found[node.name] = random.standard_normal([sizes[i.size] for i in node.indices])
        for part in getattr(node, "factors", getattr(node, "terms", ())):
            visit(part)
        for name in ("body", "base"):
            if hasattr(node, name):
                visit(getattr(node, name))

    visit(value)
    return found


def by_loops(
    node: Expression, place: dict[Index, int], arrays: dict[str, Any], sizes: dict[str, int]
) -> Any:
    """The value of an expression at one place, every sum a loop."""
    match node:
        case Number():
            return float(node.value)
        case Entry():
            return arrays[node.name][tuple(place[index] for index in node.indices)]
        case Add():
            return sum(by_loops(term, place, arrays, sizes) for term in node.terms)
        case Multiply():
            return np.prod([by_loops(factor, place, arrays, sizes) for factor in node.factors])
        case Power():
            return by_loops(node.base, place, arrays, sizes) ** node.exponent
        case Sum():
            ranges = [range(sizes[index.size]) for index in node.over]
            places = (
                place | dict(zip(node.over, at, strict=True)) for at in itertools.product(*ranges)
            )
            return sum(by_loops(node.body, there, arrays, sizes) for there in places)
    raise AssertionError(node)


@settings(max_examples=400, deadline=None)
@given(sums_of_products())
@example((entry("out[sab]"), Sum((INDICES["d"],), multiply(entry("q[sad]"), entry("k[sbd]"))),
          {index.size: 3 for index in INDICES.values()}))  # fmt: skip
def test_a_sum_of_products_is_what_loops_compute(drawn: Any) -> None:
    target, value, sizes = drawn
    node, model = lowered(target, value, sizes)
    arrays = random_arrays(value, sizes)
    got = eval(expression(node, model), {"np": np, **arrays})
    shape = tuple(sizes[index.size] for index in target.indices)
    want = np.empty(shape)
    for place in np.ndindex(shape):
        want[place] = by_loops(value, dict(zip(target.indices, place, strict=True)), arrays, sizes)
    assert np.shape(got) == shape
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12, err_msg=expression(node, model))


def einsums(node: Node) -> list[Einsum]:
    return [part for part in parts(node) if isinstance(part, Einsum)]


@settings(max_examples=200, deadline=None)
@given(sums_of_products())
def test_no_einsum_has_more_than_two_operands(drawn: Any) -> None:
    assert all(len(found.operands) == 2 for found in einsums(lowered(*drawn)[0]))


@pytest.mark.parametrize("over", ["ij", "ijk", "ijd"])
def test_of_three_factors_two_are_multiplied_before_an_einsum(over: str) -> None:
    third = {"ij": "z[sij]", "ijk": "z[kab]", "ijd": "z[dsa]"}[over]
    second = "y[sijbd]" if "d" in over else "y[sijb]"
    body = multiply(*map(entry, ("x[sija]", second, third)))
    (found,) = einsums(lowered(entry("out[sab]"), Sum(tuple(INDICES[x] for x in over), body))[0])
    assert len(found.operands) == 2


# --- as one would write it --------------------------------------------------------------------

CODE = {
    # one index summed: a matrix product
    "out[ab] = c: x[ac] y[cb]": "x @ y",
    "out[sj] = i: W[ji] x[si]": "x @ W.T",
    "out[js] = i: W[ji] x[si]": "W @ x.T",
    "out[ji] = s: d[sj] x[si]": "d.T @ x",
    "out[ab] = c: x[ca] y[bc]": "(y @ x).T",
    "out[j] = i: W[ji] x[i]": "W @ x",
    "out[i] = j: W[ji] d[j]": "W.T @ d",
    "out[] = i: x[i] y[i]": "np.sum(x * y)",
    # of every sample, and of further axes
    "out[sab] = d: q[sad] k[sbd]": "q @ np.swapaxes(k, -1, -2)",
    "out[sad] = b: A[sab] v[sbd]": "A @ v",
    "out[sbd] = a: A[sab] q[sad]": "np.swapaxes(A, -1, -2) @ q",
    "out[saj] = i: W[ji] x[sai]": "x @ W.T",
    "out[sja] = i: W[ji] x[sia]": "W @ x",
    "out[jsa] = i: W[ji] x[sai]": "np.tensordot(W, x, axes=([1], [2]))",
    "out[saj] = i: x[sia] W[ji]": "np.swapaxes(W @ x, -1, -2)",
    "out[sa] = i: w[i] x[sai]": "x @ w",
    "out[skab] = d: q[skad] k[skbd]": "q @ np.swapaxes(k, -1, -2)",
    "out[skad] = c: Q[kdc] x[sac]": "x[:, None, :, :] @ np.swapaxes(Q, -1, -2)",
    "out[abij] = c: x[abc] y[ijc]": "np.tensordot(x, y, axes=([2], [2]))",
    "out[abs] = d: q[sad] k[sbd]": "np.transpose(q @ np.swapaxes(k, -1, -2), (1, 2, 0))",
    "out[dabe] = s: x[sdab] y[des]": "np.transpose(x, (1, 2, 3, 0)) @ np.swapaxes(y, -1, -2)[:, None, :, :]",
    "out[jsa] = i: W[ji] V[ij] x[sai]": "np.tensordot(W.T * V, x, axes=([0], [2]))",
    # a matrix and a vector of every sample
    "out[sa] = b: A[sab] v[sb]": "(A @ v[..., None])[..., 0]",
    "out[sb] = a: v[sa] A[sab]": "(np.swapaxes(A, -1, -2) @ v[..., None])[..., 0]",
    "out[sa] = d: q[sad] k[sad]": "np.sum(q * k, axis=2)",
    # several indices summed
    "out[ji] = sa: d[saj] x[sai]": "np.tensordot(d, x, axes=([0, 1], [0, 1]))",
    "out[ij] = sa: d[saj] x[sai]": "np.tensordot(x, d, axes=([0, 1], [0, 1]))",
    "out[kdc] = sa: q[skad] x[sac]": "np.tensordot(q, x, axes=([0, 2], [0, 1]))",
    "out[sae] = kd: O[ekd] z[skad]": "np.tensordot(z, O, axes=([1, 3], [1, 2]))",
    "out[k] = ij: A[kij] B[ij]": "np.tensordot(A, B, axes=([1, 2], [0, 1]))",
    "out[sk] = ij: A[skij] B[sij]": "np.sum(A * B[:, None, :, :], axis=(2, 3))",
    "out[] = ij: x[i] W[ij] y[j]": "np.sum((W.T @ x) * y)",
    "out[k] = ij: A[ik] B[jk]": "np.sum(A, axis=0) * np.sum(B, axis=0)",
    "out[be] = j: d[j] A[jb] g[e]": "np.outer(A.T @ d, g)",
    # more factors
    "out[ji] = s: d[sj] m[s] x[si]": "d.T * m @ x",
    "out[ji] = s: d[sj] e[sj] x[si]": "(d * e).T @ x",
    "out[ji] = sa: d[saj] m[s] x[sai]": "np.tensordot(d * m[:, None, None], x, axes=([0, 1], [0, 1]))",
    "out[k] = ij: V[kj] W[ji] x[i]": "V @ (W @ x)",
    "out[sae] = bd: A[sab] x[sbd] W[ed]": "A @ x @ W.T",
    "out[dc] = sab: D[sab] k[sbd] x[sac]": "np.tensordot(k, np.swapaxes(D, -1, -2) @ x, axes=([0, 1], [0, 1]))",
    # one operand
    "out[j] = s: d[sj]": "np.sum(d, axis=0)",
    "out[s] = j: d[sj]": "np.sum(d, axis=1)",
    "out[] = sj: d[sj]": "np.sum(d)",
    "out[j] = sa: d[saj]": "np.sum(d, axis=(0, 1))",
    "out[kj] = s: x[sjk]": "np.sum(np.swapaxes(x, -1, -2), axis=0)",
    # what is left
    "out[sab] = ij: x[sija] y[sijb]": "np.einsum('sija,sijb->sab', x, y)",
}  # fmt: skip


@pytest.mark.parametrize("text", CODE)
def test_a_sum_reads_as_written_by_hand(text: str) -> None:
    assert code(text) == CODE[text]


@pytest.mark.parametrize(
    "text",
    ["out[saj] = i: W[ji] x[sai]", "out[sja] = i: W[ji] x[sia]", "out[sa] = i: w[i] x[sai]"],
)
def test_a_product_with_a_stack_on_either_side_has_no_matrix_form(text: str) -> None:
    left, over, right = re.fullmatch(r"(.*) = (\w+): (.*)", text).groups()  # type: ignore[union-attr]
    body = multiply(*map(entry, right.split()))
    node, model = lowered(entry(left), Sum(tuple(INDICES[x] for x in over), body))
    assert any(isinstance(part, MatMul) for part in parts(node))
    assert matrix_form(node, Symbols(model), lambda name, _: Printed(str(name))) is None


@pytest.mark.parametrize(("rank", "other"), [(1, 8), (8, 2)])
def test_the_order_of_a_product_follows_the_sizes_of_the_example(rank: int, other: int) -> None:
    sizes = {"n_r": rank, "n_i": other, "n_j": other}
    first = {1: "x @ B.T @ A.T", 8: "x @ (A @ B).T"}[rank]
    assert code("out[sj] = ir: A[jr] B[ri] x[si]", sizes) == first


def test_what_is_constant_within_multiplies_the_result() -> None:
    inner = Sum((INDICES["b"],), multiply(entry("D[sab]"), entry("c[]"), entry("k[sbd]")))
    value = Sum((SAMPLE, INDICES["a"]), multiply(inner, entry("x[sae]")))
    node, model = lowered(entry("out[de]"), value)
    assert expression(node, model) == "c * np.tensordot(D @ k, x, axes=([0, 1], [0, 1]))"


@pytest.mark.parametrize(
    ("out", "array", "text"),
    [
        ("out[ij]", "x[ij]", "x"),
        ("out[ij]", "x[ji]", "x.T"),
        ("out[sab]", "x[sba]", "np.swapaxes(x, -1, -2)"),
        ("out[sab]", "x[abs]", "np.transpose(x, (2, 0, 1))"),
    ],
)
def test_an_array_alone_has_its_axes_in_the_order_of_what_it_becomes(
    out: str, array: str, text: str
) -> None:
    assert expression(*lowered(entry(out), entry(array))) == text


def test_a_transpose_stands_outside_where_that_takes_fewer() -> None:
    s, j = INDICES["s"], INDICES["j"]
    delta = multiply(entry("d[sj]"), add(entry("z[sj]"), entry("b[j]")))
    value = Sum((s,), multiply(delta, entry("x[si]")))
    node, model = lowered(entry("out[ji]"), value)
    assert expression(node, model) == "(d * (z + b)).T @ x"
    assert turns(node) == 1
    node, model = lowered(Entry("out", (j,)), Sum((s,), delta))
    assert expression(node, model) == "np.sum(d * (z + b), axis=0)"


def test_the_order_of_a_product_is_the_same_in_every_run() -> None:
    text = "out[] = abcdij: w[ab] x[bc] y[cd] z[da] u[ai] v[ij] t[jc]"
    program = f"from tests.arrays.test_lower import code; print(code({text!r}))"
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout
        for seed in ("0", "4242")
    }  # fmt: skip
    assert made == {f"{code(text)}\n"}


def test_a_sum_over_an_index_that_nothing_holds_is_refused() -> None:
    with pytest.raises(derive.DeriveError, match="an index that nothing holds"):
        lowered(entry("out[]"), Sum((INDICES["i"], INDICES["j"]), entry("x[i]")))


# --- models -----------------------------------------------------------------------------------


@cache
def lines(name: str) -> tuple[str, ...]:
    model = derive.load(name)
    return trainer(model, differentiate(batch(model)), ()).gradient_lines


@pytest.mark.parametrize("name", locate.shipped())
def test_no_model_needs_einsum(name: str) -> None:
    assert lines(name)
    assert not any("einsum" in line for line in lines(name))


def test_attention_is_matrix_products() -> None:
    found = [line.split("  #")[0].strip() for line in lines("attention")]
    for line in ("Q = X @ W_Q.T", "S = scale * (Q @ np.swapaxes(K, -1, -2))", "o = A @ V",
                 "dL_dQ = scale * (dL_dS @ K)",
                 "dL_dW_Q = np.tensordot(dL_dQ, X, axes=([0, 1], [0, 1]))"):  # fmt: skip
        assert line in found


def test_the_batch_sum_of_outer_products_is_one_product() -> None:
    found = [line.split("  #")[0].strip() for line in lines("planar")]
    assert "dJ_dW2 = dJ_dz2.T @ a1" in found
    assert "dJ_db2 = np.sum(dJ_dz2, axis=0)" in found


HEADS = """
title = "Attention of several heads"
source = "tests"
weights = ["Q[h,d,c]", "K_[h,d,c]", "V[h,d,c]", "O[e,h,d]", "u[a]", "A[j,r]", "B[r,e]"]
inputs = ["X[a,c]"]
targets = ["y[j]"]
equations = '''
q[h,a,d] = sum(c, Q[h,d,c] * X[a,c])
k[h,a,d] = sum(c, K_[h,d,c] * X[a,c])
v[h,a,d] = sum(c, V[h,d,c] * X[a,c])
S[h,a,b] = tanh(sum(d, q[h,a,d] * k[h,b,d]) / 2)
z[h,a,d] = sum(b, S[h,a,b] * v[h,b,d])
o[a,e] = sum(h, d, O[e,h,d] * z[h,a,d])
g[e] = sum(a, u[a] * o[a,e])
f[j] = sum(r, e, A[j,r] * B[r,e] * g[e])
L = sum(j, (f[j] - y[j])^2) / 2
'''
[sizes]
h = "H"
a = "T"
b = "T"
c = "p"
d = "m"
e = "E"
j = "J"
r = "R"
[example]
H = 2
T = 2
p = 2
m = 2
E = 2
J = 2
R = 1
"""


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> derive.Model:
    path = tmp_path_factory.mktemp("models") / "heads.toml"
    path.write_text(HEADS)
    return derive.load(path)


def test_attention_of_several_heads_needs_no_einsum(heads: derive.Model) -> None:
    made = make(heads)
    made.require()
    text = made.files["trainer.py"]
    assert "einsum" not in text
    for line in ("net_S = (q @ np.swapaxes(k, -1, -2)) / 2", "z = S @ v",
                 "o = np.tensordot(z, O, axes=([1, 3], [1, 2]))"):  # fmt: skip
        assert line in text


def test_what_is_no_matrix_is_updated_by_its_general_entry(heads: derive.Model) -> None:
    page = page_of(differentiate(heads))
    update = {formula.id: formula for formula in page.formulas if formula.id.startswith("update")}
    assert plain(update["update-A"].left) == "A"
    assert update["update-Q"].left == "Q_{hdc}"
    shown = {formula.id for formula in page.formulas}
    assert "matrix-f" in shown
    assert not shown & {"matrix-S", "entries-S", "entries-q"}


def test_a_stack_of_matrices_has_no_matrix_form(heads: derive.Model) -> None:
    derivation = differentiate(heads)
    symbols = Symbols(derivation.model)
    steps = lower(simplify(derivation)).forward
    shown = {step.equation.id for step in steps if matrix_form(step.value, symbols) is not None}
    assert not shown & {"q", "k", "v", "z", "o"}
    assert shown >= {"g", "f"}

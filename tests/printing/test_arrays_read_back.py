"""Random operations on arrays printed as matrix equations and as NumPy, and read back.

The reader of LaTeX and Python itself are the witnesses: the values are exact fractions,
worked out node by node here.
"""

import random
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.arrays import shapes
from derive.arrays.across import across
from derive.arrays.conditions import ONE, ZERO
from derive.arrays.program import (
    Call,
    Choose,
    Constant,
    Filled,
    Identity,
    MatMul,
    Node,
    Outer,
    Product,
    Raised,
    Ref,
    SizeOf,
    Sums,
    Total,
    Transpose,
    Widen,
    parts,
)
from derive.arrays.shapes import shape_of
from derive.code.lines import expression
from derive.evaluation.evaluate import Arithmetic, Values
from derive.expressions.expression import Adjoint
from derive.expressions.lettering import Pattern, Script
from derive.model.model import Model, Notation
from derive.printing.macros import plain
from derive.printing.matrix_latex import matrix_form
from derive.printing.symbols import Symbols
from derive.readback.reader import read_formula
from derive.readback.setting import Setting
from derive.readback.value import value
from derive.reading.resolve import resolve
from derive.reading.source import Source

TEXT = '''
title = "Arrays of every shape"
source = "tests"
weights = ["A[i,j]", "B[j,i]", "S[i,p]", "net[i]"]
inputs = ["u[i]", "v[j]", "c"]
equations = """
h[i] = c * u[i] + sum(j, A[i,j] * v[j])
EQ = sum(i, p, S[i,p] * net[i] * h[p]) + sum(j, i, B[j,i])
"""
[sizes]
i = "n"
p = "n"
j = "m"
[example]
n = 2
m = 3
[functions]
f = "tanh"
'''
MODEL: Model = resolve("arrays", Source("arrays.toml", TEXT))
ROWS: Model = replace(
    MODEL,
    notation=Notation((("A", Pattern("A", Script((), ("j", "i")))),), vectors="rows"),
)
"""The same with vectors as rows, and A with the index first that the model has last."""
SAMPLES: Model = replace(
    ROWS,
    arrays=tuple(
        replace(a, indices=tuple(replace(x, counts_samples=x.size == "m") for x in a.indices))
        for a in MODEL.arrays
    ),
)
"""The same where each sample has a number of v."""
SIZES = {"n": 2, "m": 3}
N, M = 2, 3
BY_A, BY_H = Adjoint("EQ", "A"), Adjoint("EQ", "h")
ARRAYS: dict[tuple[int, ...], tuple[Any, ...]] = {
    (): ("c",),
    (N,): ("u", "net", BY_H),
    (M,): ("v",),
    (N, M): ("A", BY_A),
    (M, N): ("B",),
    (N, N): ("S",),
}
Shape = tuple[int, ...]

# --- operations -------------------------------------------------------------------------------


@st.composite
def nodes(draw: st.DrawFn, shape: Shape = (), depth: int = 3) -> Node:
    """An operation that makes an array of a shape, with a matrix notation or without."""

    def inner(of: Shape = shape) -> Node:
        return draw(nodes(of, depth - 1))

    if depth == 0:
        return draw(leaves(shape))
    kinds = ["leaf", "call", "sum", "product", "quotient", "power", "matrix product", "transpose"]
    kinds += ["along an axis", "spread", "condition", "entry by entry"]
    match draw(st.sampled_from(kinds)), shape:
        case "along an axis", ():
            of = draw(st.sampled_from(list(ARRAYS)[1:]))
            return Total(inner(of), tuple(range(len(of))), all=True)
        case "along an axis", (size,):
            other = draw(st.sampled_from([N, M] if size == N else [N]))
            axis = draw(st.integers(0, 1))
            return Total(inner((other, size) if axis == 0 else (size, other)), (axis,), all=False)
        case "spread", (rows, columns):
            vectors = Widen(inner((rows,)), (True, False)), Widen(inner((columns,)), (False, True))
            chosen = draw(st.permutations([*vectors, inner(())]))[: draw(st.integers(1, 3))]
            parts = draw(st.permutations([*chosen, inner()]))
            if draw(st.booleans()):
                return Sums(tuple((draw(st.booleans()), part) for part in parts))
            divisors = tuple(vectors[: draw(st.integers(0, 2))])
            return Product(tuple(parts), divisors)
        case "spread", (_,):
            return Filled(Ref(draw(st.sampled_from(ARRAYS[shape]))), inner(()))
        case "condition", _:
            sides = draw(st.permutations([inner(), draw(st.sampled_from([inner(), inner(())]))]))
            branches = draw(
                st.sampled_from([(ONE, ZERO), (ZERO, ONE), tuple(sides), (sides[1], ZERO)])
            )
            return Choose(*sides, *branches)
        case "entry by entry", _ if shape:
            if shape == (N, N) and draw(st.booleans()):
                return Identity(SizeOf("n"))
            return Product((inner(),), (inner(),)) if draw(st.booleans()) else Raised(inner(), 3)
        case "call", _:
            return Call("f", draw(st.integers(0, 1)), inner())
        case "sum", _:
            beside = [inner(()), inner()] if shape else [inner(), inner()]
            terms = draw(st.permutations([inner(), draw(st.sampled_from(beside))]))
            return Sums(tuple((draw(st.booleans()), term) for term in terms))
        case "product", _:
            factors = [inner(()), inner(), inner()][draw(st.integers(0, 1)) :]
            return Product(tuple(factors))
        case "quotient", _:
            divisors = tuple(inner(()) for _ in range(draw(st.integers(1, 2))))
            return Product((inner(()), inner())[draw(st.integers(0, 1)) :], divisors)
        case "power", _:
            return Raised(inner(), 2)
        case "matrix product", ():
            vector = draw(st.sampled_from([(N,), (M,)]))
            if draw(st.booleans()):
                return Total(Raised(inner(vector), 2), (0,), all=True)
            names = [Ref(draw(st.sampled_from(ARRAYS[vector]))) for _ in range(2)]
            return Total(Product(tuple(names)), (0,), all=True)
        case "matrix product", (rows,):
            between = draw(st.sampled_from([N, M])) if rows == N else N
            return MatMul(inner((rows, between)), inner((between,)))
        case "matrix product", (rows, columns):
            if draw(st.booleans()):
                return Outer(inner((rows,)), inner((columns,)))
            between = N if rows == M else draw(st.sampled_from([N, M] if columns == N else [N]))
            return MatMul(inner((rows, between)), inner((between, columns)))
        case "transpose", (rows, columns):
            return Transpose(inner((columns, rows)))
    return draw(leaves(shape))


@st.composite
def leaves(draw: st.DrawFn, shape: Shape) -> Node:
    name = draw(st.sampled_from(ARRAYS[shape]))
    if shape:
        return Ref(name)
    numbers = [Constant(Fraction(n, d)) for n in (-2, -1, 1, 3) for d in (1, 2)]
    return draw(st.sampled_from([Ref(name, scalar=True), SizeOf("n"), *numbers]))


# --- values -----------------------------------------------------------------------------------


def _apply(name: str, order: int, z: Fraction) -> Fraction:
    return z * z + 1 if order == 0 else z - 3


def random_arrays() -> dict[Any, Any]:
    chance = random.Random(1)
    made: dict[Any, Any] = {}
    for shape, names in ARRAYS.items():
        for name in names:
            count = prod(shape)
            numbers = [Fraction(chance.choice([-5, -3, -2, 1, 3, 4, 7]), 3) for _ in range(count)]
            made[name] = np.array(numbers, object).reshape(shape) if shape else numbers[0]
    return made


HELD = random_arrays()


def worked_out(node: Node) -> Any:
    """What an operation makes."""
    match node:
        case Ref():
            return HELD[node.name]
        case Constant():
            return node.value
        case SizeOf():
            return Fraction(SIZES[node.symbol])
        case Call():
            return np.vectorize(lambda z: _apply("f", node.order, z), otypes=[object])(
                worked_out(node.argument)
            )
        case Sums():
            return reduce(
                lambda a, b: a + b, [(-1 if m else 1) * worked_out(t) for m, t in node.terms]
            )
        case Product():
            above, below = (
                reduce(lambda a, b: a * b, map(worked_out, of), Fraction(1))
                for of in (node.factors, node.divisors)
            )
            return above / below
        case Raised():
            return worked_out(node.base) ** node.exponent
        case Transpose():
            return worked_out(node.operand).T
        case MatMul():
            return worked_out(node.left) @ worked_out(node.right)
        case Outer():
            return np.outer(worked_out(node.left), worked_out(node.right))
        case Total():
            operand = worked_out(node.operand)
            return np.sum(operand, None if node.all else node.axes)
        case Widen():
            operand = worked_out(node.operand)
            return operand[:, None] if node.own[0] else operand[None, :]
        case Identity():
            return np.eye(N, dtype=int).astype(object)
        case Filled():
            return np.full(np.shape(worked_out(node.like)), worked_out(node.operand))
        case Choose():
            four = map(worked_out, (node.left, node.right, node.then, node.other))
            return np.vectorize(lambda a, b, c, d: c if a > b else d, otypes=[object])(*four)[()]
    raise AssertionError(node)


def known(node: Node) -> Any:
    try:
        return worked_out(node)
    except ZeroDivisionError:
        assume(False)
        raise


def same(got: Any, want: Any) -> bool:
    """Equal entries; a vector may stand as a column."""
    got, want = np.asarray(got, object), np.asarray(want, object)
    shape = (*want.shape, 1)[:2] if want.ndim else ()
    return got.shape in (want.shape, shape) and bool(np.all(got.ravel() == want.ravel()))


SHAPES = st.sampled_from(list(ARRAYS)).flatmap(nodes)


@settings(max_examples=200, deadline=None)
@given(SHAPES)
def test_python_reads_a_printed_operation_as_itself(node: Node) -> None:
    choices = [part for part in parts(node) if isinstance(part, Choose)]
    ties = [np.any(known(each.left) == known(each.right)) for each in choices]
    assume(not any(ties))  # thirds that are equal need not be equal as floats
    want = np.asarray(known(node), float)
    names = {str(name): np.asarray(array, float) for name, array in HELD.items()}
    names |= {"dEQ_dA": names[str(BY_A)], "dEQ_dh": names[str(BY_H)], "n": N}
    functions = {"f": lambda z: _apply("f", 0, z), "f_prime": lambda z: _apply("f", 1, z)}
    code = expression(node, MODEL)
    got = eval(code, {"np": np, **names, **functions})
    assert np.shape(got) == want.shape
    np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-6, err_msg=code)


@settings(max_examples=100, deadline=None)
@given(SHAPES)
def test_the_shape_of_an_operation_is_that_of_what_it_makes(node: Node) -> None:
    symbols = shape_of(node, lambda name: tuple(i.size for i in MODEL.indices(name)))
    assert tuple(SIZES[str(size)] for size in symbols) == np.shape(known(node))


def cells() -> Values:
    """The arrays cell by cell."""
    found: Values = {}
    for name, array in HELD.items():
        for place in np.ndindex(np.shape(array)):
            found[name, tuple(at + 1 for at in place)] = np.asarray(array, object)[place]
    return {**found, ("EQ", ()): Fraction(1)}


@settings(max_examples=200, deadline=None)
@given(SHAPES)
def test_the_reader_of_latex_reads_a_matrix_equation_as_itself(node: Node) -> None:
    got, form = read_back(node, MODEL)
    assert same(got, known(node)), form


@settings(max_examples=300, deadline=None)
@given(SHAPES, st.sampled_from([ROWS, SAMPLES]))
def test_where_vectors_are_rows_the_equation_reads_as_itself_too(node: Node, model: Model) -> None:
    got, form = read_back(node, model)
    want = np.asarray(known(node), object)
    lies = want.shape == (N,) or (want.shape == (M,) and model is ROWS)
    assert same(got, want[None] if lies else want), form


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([(N, M), (M, N), (N, N)]).flatmap(nodes))
def test_what_makes_the_transpose_does(node: Node) -> None:
    turned = across(node, shape)
    assert same(known(turned), known(node).T)
    got, form = read_back(turned, ROWS)
    assert same(got, known(node).T), form


def read_back(node: Node, model: Model) -> tuple[Any, str]:
    """What the reader reads where a matrix equation in a model's notation is printed."""
    form = matrix_form(node, Symbols(model))
    assume(form is not None)
    assert form is not None
    known(node)
    how = Arithmetic(lambda number: number, _apply)
    setting = Setting(model, SIZES, cells(), how, lambda of, by: pytest.fail(f"∂{of}/∂{by}"))
    read = read_formula(plain(form.text), setting.functions, setting.names)
    return value(read.sides[0], setting), form.text


def shape(node: Node) -> shapes.Shape:
    return shape_of(node, lambda name: tuple(i.size for i in MODEL.indices(name)))

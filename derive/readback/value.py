"""What a LaTeX formula says, in numbers: its tree evaluated with a model's quantities.

A value is a number or a matrix, an object array of two axes; a matrix of one entry is
that number. A vector is a column, W has a row for each of its first index.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from derive.evaluation.evaluate import Branch, Cell
from derive.expressions.expression import Adjoint, Index, Name
from derive.readback.setting import MeaningError, Place, Setting, find_array, find_cell
from derive.readback.tree import (
    Application,
    Cases,
    Constant,
    Extreme,
    Holds,
    Matrix,
    Named,
    Norm,
    Ones,
    Plus,
    Quotient,
    Ratio,
    Superscript,
    Symbol,
    Times,
    Total,
    Transposed,
    Tree,
    letter,
)


def _array(name: Name, indices: tuple[Index, ...], setting: Setting) -> Any:
    shape = [setting.sizes[index.size] for index in indices]
    if len(shape) > 2:
        raise MeaningError(f"{name} has {len(shape)} axes and is no matrix")
    rows, columns = (*shape, 1, 1)[:2]
    made = np.empty((rows, columns), object)
    for row in range(rows):
        for column in range(columns):
            cell = (row + 1, column + 1)[: len(shape)]
            made[row, column] = setting.values[name, cell]
    return made


# --- evaluation -------------------------------------------------------------------------------


def value(tree: Tree, setting: Setting, place: Place | None = None) -> Any:
    """The number or matrix that a tree stands for. Raises MeaningError."""
    return _simple(_value(tree, setting, place or {}))


def _simple(found: Any) -> Any:
    return found[0, 0] if isinstance(found, np.ndarray) and found.size == 1 else found


def _value(tree: Tree, setting: Setting, place: Place) -> Any:
    def at(part: Tree) -> Any:
        return value(part, setting, place)

    match tree:
        case Constant():
            return setting.how.number(tree.value)
        case Symbol():
            return _symbol(tree, setting, place)
        case Named():
            return at(tree.of)
        case Ratio():
            return _ratio(tree, setting, place)
        case Quotient():
            return at(tree.above) / at(tree.below)
        case Application():
            return _apply(tree.function, at(tree.argument), setting)
        case Plus():
            return _plus([(negative, at(term)) for negative, term in tree.terms])
        case Times():
            return _times([(sign, at(factor)) for sign, factor in tree.factors])
        case Superscript():
            return _power(at(tree.base), tree.exponent)
        case Transposed():
            base = at(tree.base)
            return base.T if isinstance(base, np.ndarray) else base
        case Total():
            end = int(at(tree.end)) if not isinstance(tree.end, Symbol) else _end(tree, setting)
            terms = [value(tree.body, setting, {**place, tree.index: k + 1}) for k in range(end)]
            return _plus([(False, term) for term in terms])
        case Matrix():
            return _stack([[at(entry) for entry in row] for row in tree.rows])
        case Norm():
            # Only its square is rational: see _power.
            return _Norm(at(tree.of))
        case Ones():
            return _Full(setting.how.number(Fraction(1)))
        case Extreme():
            left, right = at(tree.left), at(tree.right)
            pair = (left, right) if tree.name == "max" else (right, left)
            return _choose(setting, *pair, lambda: left, lambda: right)
        case Holds():
            one, zero = (setting.how.number(Fraction(number)) for number in (1, 0))
            return _where(tree, setting, place, lambda: one, lambda: zero)
        case Cases():
            return _cases(tree, setting, place)
    raise MeaningError(f"no meaning for {tree!r}")


def _cases(tree: Cases, setting: Setting, place: Place) -> Any:
    """Two rows, of which the second says what holds otherwise."""
    if len(tree.rows) != 2:
        raise MeaningError("cases are read in twos")
    (then, condition), (other, otherwise) = tree.rows
    if (condition.left, condition.right) != (otherwise.left, otherwise.right):
        raise MeaningError("the second case is not the first one's opposite")
    if (condition.sign, otherwise.sign) != (">", r"\le"):
        raise MeaningError("the second case is not the first one's opposite")
    first, second = (partial(value, part, setting, place) for part in (then, other))
    return _where(condition, setting, place, first, second)


def _where(condition: Holds, setting: Setting, place: Place, then: Branch, other: Branch) -> Any:
    if condition.sign != ">":
        then, other = other, then
    left, right = (value(side, setting, place) for side in (condition.left, condition.right))
    return _choose(setting, left, right, then, other)


def _choose(setting: Setting, left: Any, right: Any, then: Branch, other: Branch) -> Any:
    if _shape(left) or _shape(right):
        raise MeaningError("a comparison of matrices")
    return setting.how.choose(left, right, then, other)


@dataclass(frozen=True)
class _Norm:
    """A norm that waits for its square."""

    of: Any


def _end(tree: Total, setting: Setting) -> int:
    assert isinstance(tree.end, Symbol)
    name = _size_name(tree.end)
    if name not in setting.sizes:
        raise MeaningError(f"{name} is no size of {setting.model.name}")
    return setting.sizes[name]


def _symbol(symbol: Symbol, setting: Setting, place: Place) -> Any:
    key = (symbol.head, symbol.subscript)
    if key in setting.also and not symbol.primes:
        return setting.also[key]
    if symbol.head == "Id" and letter(symbol.subscript) in setting.sizes:
        return _identity(setting.sizes[letter(symbol.subscript)], setting)
    if _size_name(symbol) in setting.sizes:
        return setting.how.number(Fraction(setting.sizes[_size_name(symbol)]))
    cell = find_cell(symbol, setting, place)
    if cell is not None:
        if cell not in setting.values:
            raise MeaningError(f"{symbol.head}_{symbol.subscript} lies outside its array")
        return setting.values[cell]
    array = find_array(symbol, setting)
    if array is None:
        raise MeaningError(f"{symbol.head}_{{{symbol.subscript}}} is no quantity of the model")
    return _array(*array, setting)


def _size_name(symbol: Symbol) -> str:
    """n, or n1 for n_1."""
    return letter(symbol.head + symbol.subscript)


def _identity(size: int, setting: Setting) -> Any:
    one, zero = (setting.how.number(Fraction(number)) for number in (1, 0))
    return np.array([[one if a == b else zero for b in range(size)] for a in range(size)], object)


def _bare(tree: Tree) -> Symbol:
    if isinstance(tree, Named):
        return _bare(tree.of)
    if isinstance(tree, Symbol):
        return tree
    raise MeaningError("a derivative is of one symbol by another")


def _ratio(tree: Ratio, setting: Setting, place: Place) -> Any:
    of, by = _bare(tree.of), _bare(tree.by)
    above = find_cell(of, setting, place)
    if above is None:
        raise MeaningError(f"a derivative of {of.head}, which is no scalar")
    below = find_cell(by, setting, place)
    if below is not None:
        return _derivative(above, below, setting)
    array = find_array(by, setting)
    if array is None:
        raise MeaningError(f"a derivative by {by.head}_{{{by.subscript}}}, which is no quantity")
    name, indices = array
    adjoint = Adjoint(str(above[0]), str(name))
    return _array(adjoint, indices, setting)


def _derivative(above: Cell, below: Cell, setting: Setting) -> Any:
    adjoint = Adjoint(str(above[0]), str(below[0]))
    if not above[1] and (adjoint, below[1]) in setting.values:
        return setting.values[adjoint, below[1]]
    return setting.local(above, below)


def _apply(function: Symbol, argument: Any, setting: Setting) -> Any:
    head = function.head + (f"_{function.subscript}" if function.subscript else "")
    name = setting.functions[head]

    def apply(z: Any) -> Any:
        return setting.how.apply(name, function.primes, z)

    if isinstance(argument, np.ndarray):
        return np.array([[apply(z) for z in row] for row in argument], object)
    return apply(argument)


def _shape(found: Any) -> tuple[int, ...]:
    return found.shape if isinstance(found, np.ndarray) else ()


@dataclass(frozen=True)
class _Full:
    """An array full of one number, waiting for its shape."""

    of: Any


def _plus(terms: list[tuple[bool, Any]]) -> Any:
    if any(isinstance(term, _Full) for _, term in terms):
        like = next((term for _, term in terms if not isinstance(term, _Full)), None)
        if like is None:
            raise MeaningError("ones beside nothing that has a shape")
        shape = like.shape if isinstance(like, np.ndarray) else ()
        terms = [
            (minus, _simple(np.full(shape, term.of, object)) if isinstance(term, _Full) else term)
            for minus, term in terms
        ]
    shapes = {_shape(term) for _, term in terms}
    if len(shapes) > 1:
        raise MeaningError(f"a sum of shapes {' and '.join(map(_spell, sorted(shapes)))}")
    total: Any = None
    for negative, term in terms:
        signed = -term if negative else term
        total = signed if total is None else total + signed
    return total


def _spell(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a number"


def _times(factors: list[tuple[str, Any]]) -> Any:
    (_, product), *rest = factors
    for sign, factor in rest:
        product = _simple(_multiply(sign, product, factor))
    return product


def _multiply(sign: str, left: Any, right: Any) -> Any:
    if isinstance(left, _Norm) or isinstance(right, _Norm):
        raise MeaningError("a norm stands only in its square")
    if isinstance(right, _Full) and not _shape(left):
        return _Full(left * right.of)
    if isinstance(left, _Full) or isinstance(right, _Full):
        raise MeaningError("ones stand only in a sum")
    if not _shape(left) or not _shape(right):
        return left * right
    shown = f"{_spell(left.shape)} and {_spell(right.shape)}"
    if sign == r"\otimes":
        return np.kron(left, right)
    if sign == r"\odot":
        if left.shape != right.shape:
            raise MeaningError(f"an entrywise product of {shown}")
        return left * right
    if left.shape[1] != right.shape[0]:
        raise MeaningError(f"a product of {shown}")
    return left @ right


def _power(base: Any, exponent: int) -> Any:
    if isinstance(base, _Norm):
        if exponent != 2:
            raise MeaningError("a norm stands only in its square")
        entries = base.of.ravel() if isinstance(base.of, np.ndarray) else [base.of]
        return _plus([(False, entry * entry) for entry in entries])
    if _shape(base):
        raise MeaningError(f"a power of {_spell(base.shape)}")
    return base**exponent if exponent >= 0 else 1 / base**-exponent


def _stack(rows: list[list[Any]]) -> Any:
    """A matrix of numbers, or of blocks that fit."""
    blocks = [[x if _shape(x) else np.array([[x]], object) for x in row] for row in rows]
    try:
        return np.block(blocks)
    except ValueError as error:
        raise MeaningError("blocks whose shapes do not fit") from error

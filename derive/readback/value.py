"""What a LaTeX formula says, in numbers: its tree evaluated with a model's quantities.

A value is a number or a matrix, an object array of two axes; a matrix of one entry is
that number. A vector is a column or a row, as the notation has it; W has a row for each of its
first index, or of the index that is written first where vectors are rows.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from derive.evaluation.evaluate import Branch, Cell
from derive.expressions.expression import Adjoint, Index, Name
from derive.readback.arithmetic import (
    WaitingOnes,
    diagonal,
    entry_by_entry,
    over,
    over_their_sums,
    plus,
    power,
    shape_of,
    simple,
    squares,
    stack,
    times,
    trace,
    whole_power,
)
from derive.readback.setting import MeaningError, Place, Setting, find_array, find_cell, kronecker
from derive.readback.tree import (
    Application,
    Cases,
    Constant,
    Entrywise,
    Extreme,
    Holds,
    Matrix,
    Nabla,
    Named,
    Norm,
    OfWhole,
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
)


def array_of(name: Name, indices: tuple[Index, ...], setting: Setting) -> Any:
    """A whole array as it is written."""
    shape = [setting.sizes[index.size] for index in indices]
    if len(shape) > 2:
        raise MeaningError(f"{name} has {len(shape)} axes and is no matrix")
    rows, columns = (*shape, 1, 1)[:2]
    made = np.empty((rows, columns), object)
    for row in range(rows):
        for column in range(columns):
            cell = (row + 1, column + 1)[: len(shape)]
            made[row, column] = setting.values[name, cell]
    lies = len(shape) == 1 and setting.rows and not indices[0].counts_samples
    return made.T if lies or setting.model.is_turned(name) else made


# --- evaluation -------------------------------------------------------------------------------


def value(tree: Tree, setting: Setting, place: Place | None = None) -> Any:
    """The number or matrix that a tree stands for. Raises MeaningError."""
    return simple(_value(tree, setting, place or {}))


def _value(tree: Tree, setting: Setting, place: Place) -> Any:
    def at(part: Tree) -> Any:
        return value(part, setting, place)

    match tree:
        case Symbol() | Superscript() | Nabla() if tree in setting.known:
            return setting.known[tree]
        case Constant():
            return setting.how.number(tree.value)
        case Symbol():
            return _symbol(tree, setting, place)
        case Named():
            return at(tree.of)
        case Ratio():
            return _ratio(tree, setting, place)
        case Quotient():
            return over(at(tree.above), at(tree.below))
        case Application():
            return _apply(tree.function, at(tree.argument), setting)
        case Plus():
            return plus([(negative, at(term)) for negative, term in tree.terms])
        case Times():
            return times([(sign, at(factor)) for sign, factor in tree.factors])
        case Superscript(Norm() as norm, int(exponent)):
            return _norm(norm, exponent, at, setting)
        case Superscript(OfWhole("diag", column), -1):
            inverse = entry_by_entry(lambda z: over(1, z), _vector(at(column), setting))
            return _diagonal(inverse, setting)
        case Superscript():
            return _raised(at(tree.base), tree.exponent, at, setting)
        case Entrywise():
            return _entrywise(at(tree.base), tree.exponent, at, setting)
        case OfWhole():
            return _of_whole(tree.function, at(tree.of), setting)
        case Transposed():
            base = at(tree.base)
            return base.T if isinstance(base, np.ndarray) else base
        case Total():
            end = _size(tree.end, setting) if isinstance(tree.end, Symbol) else int(at(tree.end))
            terms = [value(tree.body, setting, {**place, tree.index: k + 1}) for k in range(end)]
            return plus([(False, term) for term in terms])
        case Matrix():
            return stack([[at(entry) for entry in row] for row in tree.rows])
        case Norm():
            return _norm(tree, 1, at, setting)
        case Ones():
            one = setting.how.number(Fraction(1))
            return WaitingOnes(one) if tree.size is None else _ones(tree.size, one, setting)
        case Extreme():
            choose = partial(_extreme, setting, tree.name == "max")
            return entry_by_entry(choose, at(tree.left), at(tree.right))
        case Holds():
            one, zero = (setting.how.number(Fraction(number)) for number in (1, 0))
            branches = (one, zero) if tree.sign == ">" else (zero, one)
            then, other = (partial(_same, branch) for branch in branches)
            choose = partial(_choose, setting, then, other)
            return entry_by_entry(choose, at(tree.left), at(tree.right))
        case Cases():
            return _cases(tree, setting, place)
    raise MeaningError(f"no meaning for {tree!r}")


def _raised(base: Any, exponent: int | Tree, at: Callable[[Tree], Any], setting: Setting) -> Any:
    if isinstance(exponent, int):
        return power(base, exponent)
    real = at(exponent)
    if shape_of(base) or shape_of(real):
        raise MeaningError("a real power of what is no number")
    return setting.how.raised(base, real, False)


def _entrywise(base: Any, exponent: int | Tree, at: Callable[[Tree], Any], setting: Setting) -> Any:
    if isinstance(exponent, int):
        return entry_by_entry(lambda z: whole_power(z, exponent), base)
    return entry_by_entry(lambda z: _raised(z, exponent, at, setting), base)


def _norm(norm: Norm, exponent: int, at: Callable[[Tree], Any], setting: Setting) -> Any:
    """A power of a norm, of which only the even ones are rational."""
    square = squares(_standing(at(norm.of), setting), norm.frobenius)
    if exponent % 2 == 0:
        return power(square, exponent // 2)
    return setting.how.raised(square, setting.how.number(Fraction(exponent, 2)), False)


def _of_whole(function: str, of: Any, setting: Setting) -> Any:
    match function:
        case "diag":
            return _diagonal(of, setting)
        case "tr":
            return trace(of)
    return over_their_sums(entry_by_entry(lambda z: setting.how.apply("exp", 0, z), of))


def _diagonal(of: Any, setting: Setting) -> Any:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix as a vector."""
    found = diagonal(_standing(of, setting))
    lies = setting.rows and shape_of(found)[1:] == (1,)
    return found.T if lies else found


def _standing(found: Any, setting: Setting) -> Any:
    """A row as a column, where a vector may be a row."""
    lies = setting.rows and shape_of(found)[:1] == (1,)
    return found.T if lies else found


def _vector(found: Any, setting: Setting) -> Any:
    if shape_of(_standing(found, setting))[1:] not in ((), (1,)):
        raise MeaningError("an inverse of what is no diagonal matrix")
    return found


def _ones(size: Symbol, one: Any, setting: Setting) -> Any:
    return np.full((_size(size, setting), 1), one, object)


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
    if shape_of(left) or shape_of(right):
        raise MeaningError("cases of matrices")
    return _choose(setting, then, other, left, right)


def _choose(setting: Setting, then: Branch, other: Branch, left: Any, right: Any) -> Any:
    return setting.how.choose(left, right, then, other)


def _extreme(setting: Setting, greatest: bool, left: Any, right: Any) -> Any:
    pair = (left, right) if greatest else (right, left)
    return _choose(setting, partial(_same, left), partial(_same, right), *pair)


def _same(found: Any) -> Any:
    return found


def _size(symbol: Symbol, setting: Setting) -> int:
    size = setting.size_of.get((symbol.head, symbol.subscript))
    if size is None:
        shown = f"{symbol.head}_{{{symbol.subscript}}}"
        raise MeaningError(f"{shown} is no size of {setting.model.name}")
    return size


def _symbol(symbol: Symbol, setting: Setting, place: Place) -> Any:
    key = (symbol.head, symbol.subscript)
    bare = not symbol.primes and not symbol.superscript
    if key in setting.also and bare:
        return setting.also[key]
    identity = _size_below(symbol, setting) if symbol.head == "Id" else None
    if identity is not None:
        return _identity(identity, setting)
    cell = find_cell(symbol, setting, place)
    if cell is not None:
        if cell not in setting.values:
            raise MeaningError(f"{symbol.head}_{symbol.subscript} lies outside its array")
        return setting.values[cell]
    if key in setting.size_of and bare:
        return setting.how.number(Fraction(setting.size_of[key]))
    delta = kronecker(symbol, place)
    if delta is not None and bare:
        return setting.how.number(Fraction(delta))
    array = find_array(symbol, setting)
    if array is None:
        raise MeaningError(f"{symbol.head}_{{{symbol.subscript}}} is no quantity of the model")
    return array_of(*array, setting)


def _size_below(symbol: Symbol, setting: Setting) -> int | None:
    """The size that is the subscript of a symbol, where a Greek letter has no backslash."""
    head, _, low = symbol.subscript.partition("_")
    sizes = {(name.removeprefix("\\"), below): n for (name, below), n in setting.size_of.items()}
    return sizes.get((head, low.strip("{}")))


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
    return array_of(adjoint, indices, setting)


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

    return entry_by_entry(apply, argument)

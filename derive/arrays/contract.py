"""Σ of a product: a matrix product where it is one, else np.tensordot, a plain sum, einsum.

Factors with the same indices are multiplied entry by entry; of more than two, those whose
product is smallest, until two are left. The two are then contracted in the `Form` that
puts the fewest axes in order; `FORMS` are the rules, the best to read first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from derive.arrays.axes import Axes, Operand, in_order, turned, turns, widened
from derive.arrays.program import Column, Einsum, MatMul, Node, TensorDot, Total
from derive.expressions.building import multiply
from derive.expressions.contents import entries, free_indices
from derive.expressions.expression import Delta, Entry, Expression, Index, Sum

Lower = Callable[[Expression, Axes], Operand]
"""The array of an expression with its axes in an order."""


@dataclass(frozen=True)
class Form:
    """How two operands are contracted: the orders that each may have, best first, and the node.

    `cost` is what the operation itself takes from the reader, as a number of transposes.
    """

    left: tuple[Axes, ...]
    right: tuple[Axes, ...]
    result: Axes
    node: Callable[[Operand, Operand], Node]
    cost: int = 0


def contract(over: Axes, factors: Sequence[Expression], axes: Axes, lower: Lower) -> Node:
    """Σ_over of the product of the factors, with its axes in the order of `axes`."""
    operands = _two_at_most(factors)
    if len(operands) == 1:
        return total(over, operands[0], axes, lower)
    first, second = (_alone(over, a, b) for a, b in (operands, operands[::-1]))
    shared = tuple(index for index in over if index in free_indices(first))
    if not shared:
        return lower(multiply(first, second), axes)[0]
    found = []
    for rule, (left, right) in product(FORMS, ((first, second), (second, first))):
        orders = _natural(left), _natural(right)
        form = rule(*orders, shared, axes)
        if form is not None:
            found.append((_burden(form, *orders, axes), form, left, right))
    if not found:
        return _plainly(shared, (first, second), axes, lower)
    _, form, left, right = min(found, key=lambda each: each[0])
    node = form.node(_laid_out(left, form.left, lower), _laid_out(right, form.right, lower))
    return turned((node, form.result), axes)


# --- the operands -----------------------------------------------------------------------------


def _two_at_most(factors: Sequence[Expression]) -> list[Expression]:
    """Multiply entry by entry what has the same indices, then what grows least."""
    operands = list(factors)

    def growth(pair: tuple[int, int]) -> tuple[bool, int, int]:
        one, other = (set(free_indices(operands[place])) for place in pair)
        both = one | other
        return one != other, len(both) - max(len(one), len(other)), len(both)

    while len(operands) > 1:
        pair = min(combinations(range(len(operands)), 2), key=growth)
        if len(operands) == 2 and growth(pair)[0]:
            break
        operands[pair[0]] = multiply(operands[pair[0]], operands.pop(pair[1]))
    return operands


def _alone(over: Axes, factor: Expression, other: Expression) -> Expression:
    """The factor summed over what the other does not hold."""
    held = free_indices(factor)
    alone = tuple(index for index in over if index in held and index not in free_indices(other))
    return Sum(alone, factor) if alone else factor


def _natural(factor: Expression) -> Axes:
    """The order of axes that turns least: that of the widest array, samples in rows."""
    held = free_indices(factor)
    if isinstance(factor, Entry | Delta):
        return held

    def order(entry: Entry) -> tuple[int, bool]:
        return -len(entry.indices), not any(index.counts_samples for index in entry.letters)

    widest = sorted(entries(factor), key=order)
    met = [index for entry in widest for index in entry.indices if index in held]
    return tuple(dict.fromkeys(index for index in met if isinstance(index, Index)))


def _laid_out(factor: Expression, orders: Sequence[Axes], lower: Lower) -> Operand:
    """The factor in one of the orders: turned as a whole, or every array in it if that is less."""
    whole = lower(factor, _natural(factor))
    ways: list[Operand] = []
    for order in dict.fromkeys(orders):
        ways += [(turned(whole, order), order), lower(factor, order)]
    return min(ways, key=lambda way: turns(way[0]))


# --- the forms --------------------------------------------------------------------------------


def _matrix_product(left: Axes, right: Axes, over: Axes, axes: Axes) -> Form | None:
    """A @ B: the last own axis of each makes the matrices, all other axes a stack of them."""
    rows = [index for index in axes if index not in right]
    columns = [index for index in axes if index not in left]
    if len(over) != 1 or not rows:
        return None
    if right == over:
        return Form(((*axes, *over),), (right,), axes, _matmul)
    row, column = rows[-1], columns[-1] if columns else None
    lead = tuple(index for index in axes if index not in (row, column))
    # A vector for each matrix of the stack is a matrix of one column.
    tall, wide = (*lead, row, *over), (*lead, *over, column or row)

    def node(a: Operand, b: Operand) -> Node:
        stack = _matmul((widened(a, tall), tall), (widened(b, wide), wide))
        return stack if column else Column(stack)

    first, second = in_order(left, tall), in_order(right, wide)
    gaps = (first != tall[-len(first) :]) + (second != wide[-len(second) :])
    result = (*lead, row, column) if column else (*lead, row)
    return Form((first,), (second,), result, node, cost=gaps)


def _matmul(left: Operand, right: Operand) -> Node:
    """The left operand has every axis of a stack; the right one too, or is a vector."""
    return MatMul(left[0], right[0], stacked=len(left[1]) > 2)


def _tensordot(left: Axes, right: Axes, over: Axes, axes: Axes) -> Form | None:
    """Any axes summed wherever they stand, the left operand's own before the right one's."""
    rows, columns = in_order(left, axes), in_order(right, axes)
    if set(rows) & set(columns):
        return None

    def node(a: Operand, b: Operand) -> Node:
        places = [tuple(own.index(index) for index in over) for _, own in (a, b)]
        return TensorDot(a[0], b[0], *places)

    # Where it takes no more turns, what is summed stands first in both.
    orders = ((*over, *rows), *_orders(left, over, axes))
    others = ((*over, *columns), *_orders(right, over, axes))
    return Form(orders, others, (*rows, *columns), node, cost=2)


FORMS = (_matrix_product, _tensordot)


def _orders(factor: Axes, over: Axes, axes: Axes) -> tuple[Axes, ...]:
    """Orders for an operation that sums anywhere: what is left stands as in the result."""
    rest = in_order(factor, axes)
    as_it_is = (factor,) if rest == tuple(index for index in factor if index in axes) else ()
    return (*as_it_is, (*over, *rest), (*rest, *over))


def _burden(form: Form, left: Axes, right: Axes, axes: Axes) -> int:
    """What a reader has to turn in the mind."""
    operands = ((left, form.left), (right, form.right))
    before = sum(min(_turn(own, order) for order in orders) for own, orders in operands)
    return before + _turn(form.result, axes) + form.cost


def _turn(own: Axes, order: Axes) -> int:
    """Matrices turn easily, in a stack too."""
    if own == order:
        return 0
    return 1 if own[:-2] == order[:-2] else 3


# --- what no form fits ------------------------------------------------------------------------


def _plainly(over: Axes, operands: tuple[Expression, Expression], axes: Axes, lower: Lower) -> Node:
    """Multiplied entry by entry and summed where one operand has all the axes; else einsum."""
    held = [set(free_indices(operand)) for operand in operands]
    if held[0] <= held[1] or held[1] <= held[0]:
        return total(over, multiply(*operands), axes, lower)
    return _einsum(operands, axes, lower)


def total(over: Axes, factor: Expression, axes: Axes, lower: Lower) -> Node:
    """Σ_over of one factor, multiplied entry by entry where it is a product."""
    node, own = _laid_out(factor, _orders(_natural(factor), over, axes), lower)
    places = tuple(sorted(own.index(index) for index in over))
    return Total(node, places, all=not axes)


def _einsum(factors: Sequence[Expression], axes: Axes, lower: Lower) -> Node:
    operands = [lower(factor, _natural(factor)) for factor in factors]
    return Einsum(subscripts([own for _, own in operands], axes), tuple(x for x, _ in operands))


def subscripts(owns: Sequence[Axes], axes: Axes) -> str:
    """What np.einsum is told: the axes of its operands, and those of the result, jj->j."""
    letters: dict[Index, str] = {}
    for index in (index for own in owns for index in own):
        letters.setdefault(index, _letter(index, letters))
    written = ["".join(letters[index] for index in own) for own in (*owns, axes)]
    return f"{','.join(written[:-1])}->{written[-1]}"


def _letter(index: Index, taken: dict[Index, str]) -> str:
    choices = index.name[0].lower() + "abcdefghijklmnopqrstuvwxyz"
    free = [letter for letter in choices if letter not in taken.values()]
    return free[0]

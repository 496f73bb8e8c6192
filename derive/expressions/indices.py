"""Expressions moved to other indices, without ever capturing one.

`substitute` is the only way into another context: what a sum binds steps aside for what
arrives. All else here is made of it.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import count

from derive.expressions.building import rebuild, summation
from derive.expressions.contents import children, free_indices
from derive.expressions.expression import (
    ONE,
    ZERO,
    Delta,
    Entry,
    Expression,
    Index,
    Name,
    Number,
    Size,
    Softmax,
    Subscript,
    Sum,
)


def fresh(index: Index, avoid: Iterable[Index]) -> Index:
    """The index itself if nothing to avoid has its name, else its first free copy."""
    taken = {(other.name, other.copy) for other in avoid}
    copies = (Index(index.name, index.size, copy) for copy in count(index.copy))
    return next(copy for copy in copies if (copy.name, copy.copy) not in taken)


# --- moving -----------------------------------------------------------------------------------


def substitute(node: Expression, new: Mapping[Index, Subscript]) -> Expression:
    """Replace free indices, all at once; bound ones step aside where they would capture."""
    match node:
        case Entry():
            return substitute_entry(node, new)
        case Delta():
            left, right = _put(node.left, new), _put(node.right, new)
            if isinstance(left, int) and isinstance(right, int):
                return ONE if left == right else ZERO
            return ONE if left == right else Delta(left, right)
        case Sum():
            return _substitute_under_sum(node, new)
        case Softmax():
            along = tuple(_put(index, new) for index in node.along)
            return Softmax(along, substitute(node.argument, new))
        case _:
            return rebuild(node, (substitute(part, new) for part in children(node)))


def substitute_entry(entry: Entry, new: Mapping[Index, Subscript]) -> Entry:
    """The same for an entry, which stays one."""
    if new.keys().isdisjoint(entry.indices):
        return entry
    return Entry(entry.name, tuple(_put(index, new) for index in entry.indices))


def numbered(node: Expression, sizes: Mapping[str, int]) -> Expression:
    """Sizes as the numbers that they are."""
    if isinstance(node, Size) and node.symbol in sizes:
        return Number(Fraction(sizes[node.symbol]))
    return rebuild(node, (numbered(part, sizes) for part in children(node)))


def _put(index: Subscript, new: Mapping[Index, Subscript]) -> Subscript:
    return new.get(index, index) if isinstance(index, Index) else index


def _substitute_under_sum(node: Sum, new: Mapping[Index, Subscript]) -> Expression:
    free = free_indices(node)
    inside = {index: new[index] for index in free if index in new}
    if not inside:
        return node
    arriving = [index for index in inside.values() if isinstance(index, Index)]
    avoid = [*arriving, *(index for index in free if index not in inside)]
    over: list[Index] = []
    renamed: dict[Index, Subscript] = {}
    for index in node.over:
        bound = fresh(index, [*avoid, *over])
        over.append(bound)
        renamed[index] = bound
    body = substitute(node.body, inside | renamed)
    # A number that was written inside stays inside: the formula at k' looks as it does at k.
    total = Sum if set(over) <= {*free_indices(body)} else summation
    return total(tuple(over), body)


def unshadow(node: Expression, seen: tuple[Index, ...]) -> Expression:
    """Rename bound indices that a reader could take for an index in sight."""
    if not isinstance(node, Sum):
        return rebuild(node, (unshadow(part, seen) for part in children(node)))
    over: list[Index] = []
    for index in node.over:
        over.append(fresh(index, [*seen, *over]))
    new: dict[Index, Subscript] = dict(zip(node.over, over, strict=True))
    body = unshadow(substitute(node.body, new), (*seen, *over))
    return summation(tuple(over), body)


def replace_entries(node: Expression, name: Name, pattern: Entry, value: Expression) -> Expression:
    """Put `value`, a formula in the indices of `pattern`, for every entry called `name`."""
    if isinstance(node, Entry) and node.name == name:
        return substitute(value, dict(zip(pattern.letters, node.indices, strict=True)))
    if not isinstance(node, Sum):
        parts = (replace_entries(part, name, pattern, value) for part in children(node))
        return rebuild(node, parts)
    # An index free in `value` beyond the pattern's would be captured here; a formula has none.
    return summation(node.over, replace_entries(node.body, name, pattern, value))


def canonical(node: Expression) -> Expression:
    """The same expression with bound indices numbered by depth, so that == ignores their names."""
    return _canonical(node, {}, 0)


def _canonical(node: Expression, new: Mapping[Index, Index], depth: int) -> Expression:
    match node:
        case Entry():
            return Entry(node.name, tuple(_put(index, new) for index in node.indices))
        case Delta():
            return Delta(_put(node.left, new), _put(node.right, new))
        case Sum():
            numbered = {x: Index("", x.size, depth + k) for k, x in enumerate(node.over)}
            body = _canonical(node.body, {**new, **numbered}, depth + len(numbered))
            return summation(tuple(numbered.values()), body)
        case Softmax():
            along = tuple(_put(index, new) for index in node.along)
            return Softmax(along, _canonical(node.argument, new, depth))
        case _:
            return rebuild(node, (_canonical(part, new, depth) for part in children(node)))

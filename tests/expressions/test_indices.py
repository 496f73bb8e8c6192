"""The calculus of indices: nothing is ever captured."""

from derive.expressions.building import multiply, power
from derive.expressions.contents import free_indices
from derive.expressions.expression import (
    ONE,
    ZERO,
    Delta,
    Entry,
    Index,
    Multiply,
    Number,
    Power,
    Sum,
)
from derive.expressions.indices import canonical, replace_entries, substitute

I, J, K = Index("i", "n"), Index("j", "n"), Index("k", "n")


def x(*indices: Index) -> Entry:
    return Entry("x", indices)


def w(*indices: Index) -> Entry:
    return Entry("w", indices)


def test_a_bound_index_steps_aside_for_one_that_arrives() -> None:
    inner = Sum((I,), multiply(w(J, I), x(I)))
    moved = substitute(inner, {J: I})
    copy = Index("i", "n", 1)
    assert moved == Sum((copy,), multiply(w(I, copy), x(copy)))
    assert free_indices(moved) == (I,)


def test_indices_are_exchanged_all_at_once() -> None:
    assert substitute(w(I, J), {I: J, J: I}) == w(J, I)


def test_a_bound_index_is_not_substituted() -> None:
    node = Sum((I,), x(I))
    assert substitute(node, {I: 3}) == node


def test_the_square_of_a_sum_stays_a_square_when_inlined_twice() -> None:
    # y[j] = Σ_i w[j,i] x[i]; Σ_j y[j]² must hold two sums over i for each j, one of them squared.
    value = Sum((I,), multiply(w(J, I), x(I)))
    outer = Sum((I,), power(Entry("y", (I,)), 2))
    once = replace_entries(outer, "y", Entry("y", (J,)), value)
    assert isinstance(once, Sum)
    assert isinstance(once.body, Power)
    (bound,) = once.over
    inner = once.body.base
    assert isinstance(inner, Sum)
    assert bound not in inner.over
    assert free_indices(inner) == (bound,)
    again = replace_entries(once, "x", Entry("x", (K,)), Sum((I,), w(K, I)))
    assert free_indices(again) == ()
    assert numeric(again) == numeric_by_loops()


def numeric(node: object) -> int:
    """At n = 2 with w[a,b] = 2a + b, by hand-written recursion."""

    def at(part: object, place: dict[Index, int]) -> int:
        match part:
            case Number():
                return int(part.value)
            case Entry(name="w"):
                a, b = (place[index] for index in part.indices)
                return 2 * a + b
            case Multiply():
                result = 1
                for factor in part.factors:
                    result *= at(factor, place)
                return result
            case Power():
                return at(part.base, place) ** part.exponent
            case Sum():
                (index,) = part.over
                return sum(at(part.body, {**place, index: number}) for number in (1, 2))
        raise AssertionError(part)

    return at(node, {})


def numeric_by_loops() -> int:
    def weight(a: int, b: int) -> int:
        return 2 * a + b

    value = {b: sum(weight(b, c) for c in (1, 2)) for b in (1, 2)}
    return sum(sum(weight(a, b) * value[b] for b in (1, 2)) ** 2 for a in (1, 2))


def test_names_of_bound_indices_do_not_matter() -> None:
    assert canonical(Sum((I,), x(I))) == canonical(Sum((K,), x(K)))
    assert canonical(Sum((I,), w(I, J))) != canonical(Sum((I,), w(J, I)))


def test_a_delta_of_one_index_with_itself_is_one() -> None:
    assert substitute(Delta(I, J), {I: J}) == ONE
    assert substitute(Delta(I, J), {I: 1, J: 2}) == ZERO

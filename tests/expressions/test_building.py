"""Sums and products put together, and nodes made again around other parts."""

from fractions import Fraction

from derive.expressions.building import add, multiply, rebuild, summation
from derive.expressions.expression import ZERO, Entry, Index, Multiply, Number, Size, Sum

I, J = Index("i", "n"), Index("j", "n")


def x(*indices: Index) -> Entry:
    return Entry("x", indices)


def w(*indices: Index) -> Entry:
    return Entry("w", indices)


def test_numbers_gather_in_front_and_the_rest_keeps_its_order() -> None:
    half = Number(Fraction(1, 2))
    assert multiply(x(I), half, w(I, J)) == Multiply((half, x(I), w(I, J)))
    assert multiply(x(I), ZERO) == ZERO
    assert add(ZERO, x(I)) == x(I)


def test_a_node_around_its_own_parts_is_itself_and_around_fewer_another() -> None:
    product = Multiply((x(I), w(J, I), x(J)))
    assert rebuild(product, product.factors) is product
    assert rebuild(product, product.factors[:2]) == Multiply((x(I), w(J, I)))
    halves = Sum((I,), Multiply((Number(Fraction(1, 2)), x(I))))
    assert rebuild(halves, (halves.body,)) == multiply(Number(Fraction(1, 2)), Sum((I,), x(I)))


def test_a_sum_over_an_index_that_vanished_is_a_factor_of_its_size() -> None:
    assert summation((I,), x(J)) == multiply(Size("n"), x(J))
    assert summation((I, J), x(J)) == multiply(Size("n"), Sum((J,), x(J)))

r"""LaTeX formulas read back: the grammar of what the printers print and papers write.

    formula  = sum { ("=" | "<" | "\leftarrow") sum }
    sum      = ["-"] product { ("+" | "-") product }
    product  = raised { [ "\cdot" | "\odot" | "\oslash" | "\otimes" ] raised }
    raised   = atom [ "^" [ "\circ" ] exponent ]     (a number, 3/2, or a sum)
    atom     = number | symbol | symbol "(" sum ")" | "(" sum ")" | "\frac" group group
             | "\sqrt" group
             | "\sum" bounds product | "\lVert" sum "\rVert" [ "_F" ] | "\lvert" sum "\rvert"
             | ("diag" | "tr" | "softmax") "(" sum ")"
             | ("\max" | "\min") "(" sum "," sum ")" | "[" sum relation sum "]" | cases | pmatrix
             | "\mathbf{1}" [ "_" symbol ] | "\nabla" symbol [ "(" sum ")" ]
             | "\nabla" "_" "{" symbol "}" symbol    (a derivative as \frac writes it)
             | symbol pmatrix-with-dots              (a symbol with its list of arguments)

The reader knows nothing of the printers, so that a bracket lost there is a wrong number
here.
"""

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import cache

from derive.readback.symbols import read_symbol
from derive.readback.tokens import Cursor, LatexError
from derive.readback.tree import (
    Application,
    Cases,
    Constant,
    Entrywise,
    Extreme,
    Formula,
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
    letter,
)

RELATIONS = ("=", "<", r"\leftarrow")


_PRODUCTS = (r"\cdot", r"\odot", r"\oslash", r"\otimes")


_OF_WHOLES = (r"\operatorname{diag}", r"\operatorname{tr}", r"\operatorname{softmax}")


_CLOSERS = frozenset(
    [
        *(*")]},&+-=<>", ""),
        *(r"\\", r"\le", r"\leftarrow", r"\rVert", r"\rvert"),
        *(r"\end{pmatrix}", r"\end{cases}"),
    ]
)


def read_formula(
    text: str,
    functions: Iterable[str],
    names: Iterable[str] = ("EQ",),
    raised: frozenset[tuple[str, str]] = frozenset(),
) -> Formula:
    r"""The tree of a formula.

    `functions` are the heads that may apply to a bracket (f_h, \tanh); `names` the heads
    of several letters; `raised` the heads whose superscript is no exponent, with the bracket that
    it begins with, or without one. Raises LatexError with the place where reading stopped.
    """
    return _read(text, frozenset(functions), tuple(sorted(names, key=len, reverse=True)), raised)


@cache
def _read(
    text: str,
    functions: frozenset[str],
    names: tuple[str, ...],
    raised: frozenset[tuple[str, str]],
) -> Formula:
    reader = _Reader(text, functions, names, raised)
    sides, relations = [reader.sum()], []
    while reader.next in RELATIONS:
        relations.append(reader.take())
        sides.append(reader.sum())
    if reader.next:
        reader.fail("expected the end")
    return Formula(tuple(sides), tuple(relations))


class _Reader(Cursor):
    """Recursive descent over LaTeX tokens."""

    def __init__(
        self,
        text: str,
        functions: frozenset[str],
        names: tuple[str, ...],
        raised: frozenset[tuple[str, str]],
    ) -> None:
        super().__init__(text, names)
        self.functions, self.names, self.raised_heads = functions, names, raised

    def sum(self) -> Tree:
        negative = self.next == "-"
        if negative:
            self.take()
        terms = [(negative, self.product())]
        while self.next in ("+", "-"):
            terms.append((self.take() == "-", self.product()))
        return terms[0][1] if terms == [(False, terms[0][1])] else Plus(tuple(terms))

    def product(self) -> Tree:
        factors = [("", self.raised())]
        while self.next not in _CLOSERS:
            sign = self.take() if self.next in _PRODUCTS else ""
            factors.append((sign, self.raised()))
        return factors[0][1] if len(factors) == 1 else Times(tuple(factors))

    def raised(self) -> Tree:
        base = self.atom()
        while self.next == "^":
            self.take()
            group = self.group()
            if group in ([r"\top"], ["T"]):
                base = Transposed(base)
            elif group[:1] == [r"\circ"]:
                base = Entrywise(base, self.exponent(group[1:]))
            else:
                base = Superscript(base, self.exponent(group))
        return base

    def exponent(self, group: list[str]) -> int | Tree:
        """What is in an exponent: a whole number, a fraction on the line, or a formula."""
        number = re.fullmatch(r"(-?\d+)(?:/(\d+))?", "".join(group))
        if number is None:
            inside = self.inner(group)
            tree = inside.sum()
            return inside.fail("expected the end of an exponent") if inside.next else tree
        if number[2] is None:
            return int(number[1])
        return Constant(Fraction(int(number[1]), int(number[2])))

    def inner(self, group: list[str]) -> "_Reader":
        """A reader of what stands in braces."""
        return _Reader(" ".join(group), self.functions, self.names, self.raised_heads)

    def atom(self) -> Tree:
        token = self.next
        if re.fullmatch(r"\d+(\.\d+)?", token):
            return Constant(Fraction(self.take()))
        if token == "(":
            return self.between("(", ")")
        if token == "{":
            return self.between("{", "}")
        if token == r"\lVert":
            return self.norm()
        if token == r"\lvert":
            return Application(Symbol("abs"), self.between(r"\lvert", r"\rvert"))
        if token in (r"\max", r"\min"):
            return self.extreme()
        if token == r"\mathbf{1}":
            return self.ones()
        if token in _OF_WHOLES:
            name = self.take().removeprefix(r"\operatorname{").removesuffix("}")
            return OfWhole(name, self.between("(", ")"))
        if token == r"\nabla":
            return self.gradient()
        if token == "[":
            self.take("[")
            condition = self.condition()
            self.take("]")
            return condition
        if token == r"\begin{cases}":
            return self.cases()
        if token == r"\frac":
            fraction = self.fraction()
            return self.arguments(fraction) if isinstance(fraction, Ratio) else fraction
        if token == r"\sqrt":
            self.take()
            return Entrywise(self.between("{", "}"), Constant(Fraction(1, 2)))
        if token == r"\sum":
            return self.total()
        if token == r"\begin{pmatrix}":
            return Matrix(self.rows())
        if token[:1].isalpha() or token[:1] == "\\":
            return self.symbol_or_application()
        self.fail("expected a symbol or a bracket")

    def between(self, left: str, right: str) -> Tree:
        self.take(left)
        inside = self.sum()
        self.take(right)
        return inside

    def gradient(self) -> Nabla | Ratio:
        self.take(r"\nabla")
        if self.next == "_":
            self.take()
            inside = self.inner(self.group())
            by = inside.symbol()
            if inside.next:
                inside.fail("expected the end of what the gradient is taken by")
            return Ratio(self.symbol(), by)
        of = self.symbol()
        return Nabla(of, self.between("(", ")") if self.next == "(" else None)

    def norm(self) -> Norm:
        of = self.between(r"\lVert", r"\rVert")
        if self.next != "_":
            return Norm(of)
        self.take()
        self.take("F")
        return Norm(of, frobenius=True)

    def ones(self) -> Ones:
        self.take(r"\mathbf{1}")
        if self.next != "_":
            return Ones()
        self.take()
        inside = self.inner(self.group())
        size = inside.symbol()
        return inside.fail("expected the end of a size") if inside.next else Ones(size)

    def extreme(self) -> Extreme:
        name = self.take()[1:]
        self.take("(")
        left = self.sum()
        self.take(",")
        right = self.sum()
        self.take(")")
        return Extreme(name, left, right)

    def condition(self) -> Holds:
        left = self.sum()
        sign = self.take(">", r"\le")
        return Holds(left, sign, self.sum())

    def cases(self) -> Cases:
        self.take(r"\begin{cases}")
        rows = []
        while self.next != r"\end{cases}":
            value = self.sum()
            self.take("&")
            rows.append((value, self.condition()))
            if self.next == r"\\":
                self.take()
        self.take(r"\end{cases}")
        return Cases(tuple(rows))

    def fraction(self) -> Ratio | Quotient:
        self.take(r"\frac")
        if self.tokens[self.position + 1 : self.position + 2] == [r"\partial"]:
            return Ratio(self.differential(), self.differential())
        return Quotient(self.between("{", "}"), self.between("{", "}"))

    def differential(self) -> Tree:
        self.take("{")
        self.take(r"\partial")
        inside = self.raised()
        self.take("}")
        return inside

    def total(self) -> Tree:
        self.take(r"\sum")
        self.take("_")
        index, equals, start = self._bound()
        if equals != "=" or start != "1":
            self.fail("a sum starts at index = 1")
        self.take("^")
        end = self.inner(self.group()).sum()
        return Total(index, end, self.product())

    def _bound(self) -> tuple[str, str, str]:
        tokens = self.group()
        return letter("".join(tokens[:-2])), tokens[-2], tokens[-1]

    def rows(self) -> tuple[tuple[Tree, ...], ...]:
        self.take(r"\begin{pmatrix}")
        start = self.places[self.position]
        rows: list[tuple[Tree, ...]] = [self.row()]
        while self.next == r"\\":
            self.take()
            if self.next != r"\end{pmatrix}":
                rows.append(self.row())
        self.take(r"\end{pmatrix}")
        if len({len(row) for row in rows}) != 1:
            raise LatexError(f"rows of unequal length at {self.text[start : start + 25]!r}")
        return tuple(rows)

    def row(self) -> tuple[Tree, ...]:
        entries = [self.sum()]
        while self.next == "&":
            self.take()
            entries.append(self.sum())
        return tuple(entries)

    def symbol_or_application(self) -> Tree:
        symbol = self.symbol()
        name = symbol.head + (f"_{symbol.subscript}" if symbol.subscript else "")
        if name in self.functions and self.next == "(":
            return Application(symbol, self.between("(", ")"))
        return self.arguments(symbol)

    def symbol(self) -> Symbol:
        return read_symbol(self, self.raised_heads)

    def arguments(self, of: Symbol | Ratio) -> Symbol | Ratio | Named:
        r"""What is read, with its list of arguments where a pmatrix with dots follows."""
        if self.next != r"\begin{pmatrix}":
            return of
        end = self.tokens.index(r"\end{pmatrix}", self.position)
        listed = self.tokens[self.position : end]
        dots, between = (r"\vdots", r"\\") if r"\vdots" in listed else (r"\dots", "&")
        if dots not in listed:
            return of
        self.take(r"\begin{pmatrix}")
        first = self.symbol()
        self.take(between)
        self.take(dots)
        self.take(between)
        last = self.symbol()
        self.take(r"\end{pmatrix}")
        return Named(of, first, last)

"""The table of precedences: a row for every node, and printers that look at nothing else."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from derive.arrays import program
from derive.errors import InternalError
from derive.expressions import expression
from derive.printing.precedence import PRECEDENCE, Binding, in_latex, in_line
from derive.printing.printed import Edge, Printed, bracketed, negated, plus
from derive.printing.spacing import beside
from tests.conftest import ROOT

NODES = (*get_args(expression.Expression), *get_args(program.Node))


@pytest.mark.parametrize("node", NODES)
def test_every_node_has_a_row(node: type) -> None:
    assert node in PRECEDENCE
    for printed, written in ((PRECEDENCE[node].line, in_line), (PRECEDENCE[node].latex, in_latex)):
        if printed is not None:
            assert written(node) is printed
            continue
        with pytest.raises(InternalError, match=node.__name__):
            written(node)


def test_no_row_is_of_no_node() -> None:
    shared = {"Quotient", "Derivative", "Cases", "Root", "Gradient"}
    assert {row.__name__ for row in PRECEDENCE.keys() - set(NODES)} == shared


PRINTERS = [
    *(ROOT / "derive" / "printing" / f"{name}.py" for name in
      ("chains", "fractions", "latex", "matrix_latex", "printed", "spacing", "text")),
    ROOT / "derive" / "code" / "lines.py",
]  # fmt: skip
LOOKS = {"startswith", "endswith", "find", "search", "match", "removeprefix", "strip"}


@pytest.mark.parametrize("path", PRINTERS, ids=lambda path: path.stem)
def test_no_printer_looks_at_what_is_printed(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree))
    imported = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    assert "re" not in imported
    called = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & LOOKS
    sought = [
        node.left
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn)
    ]
    assert not [node for node in sought if isinstance(node, ast.Constant)]


A, B = Printed("a"), Printed("b")
SUM = plus([A, negated(B)], Binding.SUM)


def test_what_binds_less_than_its_place_asks_for_is_bracketed() -> None:
    assert str(SUM) == "a - b"
    assert str(SUM.within(Binding.SUM)) == "a - b"
    assert str(SUM.within(Binding.PRODUCT)) == "(a - b)"
    assert str(A.within(Binding.ATOM)) == "a"


def test_two_minus_signs_make_none_and_a_sum_is_bracketed_before_one() -> None:
    assert str(negated(negated(A))) == "a"
    assert str(negated(SUM)) == "-(a - b)"
    assert str(plus([A, negated(SUM)], Binding.SUM)) == "a - (a - b)"
    assert str(plus([A, negated(negated(SUM))], Binding.SUM)) == "a + (a - b)"


def test_a_minus_in_front_is_of_the_whole_product_or_bracketed() -> None:
    assert str(negated(A).within(Binding.PRODUCT)) == "(-a)"
    assert str(negated(A).leading(Binding.PRODUCT)) == "-a"


def test_tall_brackets_stand_around_what_is_tall_and_apart_from_what_follows() -> None:
    tall = bracketed(replace(SUM, tall=True))
    assert str(tall) == r"\Bigl( a - b \Bigr)"
    assert str(beside(tall, A)) == r"\Bigl( a - b \Bigr) \, a"
    assert str(beside(bracketed(SUM), A)) == "(a - b) a"
    assert str(beside(tall, replace(A, first=Edge.OPERATOR))) == r"\Bigl( a - b \Bigr) a"

"""What a sentence of a page says of a term."""

from derive.expressions.expression import (
    Add,
    Apply,
    Entry,
    Expression,
    Multiply,
    Sum,
    Where,
    children,
    entries,
)


def term_of(name: str, value: Expression) -> Expression:
    """The term of a sum that holds an array: of W x + b, b alone for b."""
    parts = children(value)
    match value:
        case Multiply() if not any(isinstance(p, Entry) and p.name == name for p in parts):
            pass
        case Add() | Sum() | Apply() | Where():
            pass
        case _:
            return value
    return term_of(name, next(part for part in parts if holds(part, name)))


def holds(value: Expression, name: str) -> bool:
    return any(entry.name == name for entry in entries(value))

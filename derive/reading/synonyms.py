"""The names that other people have for functions and losses -> ours, or or not."""

from collections.abc import Collection
from dataclasses import replace

from derive.functions.table import TABLE
from derive.reading.instead import OTHER_THAN_OURS, folded
from derive.reading.tree import (
    Call,
    Comparison,
    Factors,
    MatrixProduct,
    Node,
    Raised,
    Terms,
)

BINDERS = ("sum", "mean")


CHOICES = ("max", "min", "where")


ROOTS = ("sqrt", "cbrt", "norm", "log1p", "expm1")


SYNONYMS = {
    **dict.fromkeys(("sigmoid", "sigma", "expit"), "logistic"),
    **{"ln": "log", "fabs": "abs", "sign": "sgn", "signum": "sgn", "swish": "silu"},
    **{"lrelu": "leaky_relu", "maximum": "max", "minimum": "min"},
    **{"Sigma": "sum", "average": "mean", "avg": "mean", "linear": "identity"},
}
"""Another name of the same function: it is taken."""


def ours(name: str, own: Collection[str]) -> str:
    """Our name of a function: ReLU is relu, ln log, np.exp exp; `own` are the file's own."""
    if name in own or name in TABLE:
        return name
    module, _, bare = name.rpartition(".")
    if module and folded(bare) in OTHER_THAN_OURS:
        return name
    if bare in SYNONYMS:
        return SYNONYMS[bare]
    alike = {folded(known): known for known in (*TABLE, *BINDERS, *CHOICES, *ROOTS, "softmax")}
    found = alike.get(folded(bare), name)
    return SYNONYMS.get(folded(bare), found)


def in_our_words(node: Node, own: Collection[str]) -> Node:
    """The tree with our name for every function that it calls."""

    def at(part: Node) -> Node:
        return in_our_words(part, own)

    match node:
        case Call():
            return Call(node.at, ours(node.name, own), tuple(map(at, node.arguments)))
        case Terms():
            return replace(node, terms=tuple((minus, at(term)) for minus, term in node.terms))
        case Factors():
            return replace(node, factors=tuple((over, at(part)) for over, part in node.factors))
        case Raised():
            return replace(node, base=at(node.base), exponent=at(node.exponent))
        case Comparison() | MatrixProduct():
            return replace(node, left=at(node.left), right=at(node.right))
    return node

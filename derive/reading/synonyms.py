"""The names that other people have for functions and losses -> ours, or what is written instead."""

from collections.abc import Collection
from dataclasses import replace

from derive.functions.table import TABLE
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


_SQUARED = (
    "squared_error(k, o[k], y[k]) is half the sum of squares; their mean without the half is "
    "mean(k, (o[k] - y[k])^2)"
)
_ABSOLUTE = (
    "absolute_error(k, o[k], y[k]) is the sum of abs(o[k] - y[k]); their mean is "
    "mean(k, abs(o[k] - y[k]))"
)
_TWO_CLASSES = (
    "write binary_cross_entropy(k, p[k], y[k]) of probabilities p, or "
    "binary_cross_entropy_logits(k, z[k], y[k]) of z where p = logistic(z); both are sums"
)
_CLASSES = (
    "write cross_entropy(k, p[k], y[k]), a sum over k, of probabilities such as "
    "p[k] = softmax(k, z[k])"
)
_PRODUCT = "a product of arrays is written with its indices: sum(j, V[k,j] * h[j])"
_ORDER = "a transpose is an order of indices: sum(k, V[k,j] * d[k]) sums over the first"
_PRODUCT_OVER = "the language has no product over an index yet: write a * b * c"
_DERIVATIVE = (
    "the language has no derivatives within a model yet: write the derivative as an equation of "
    "its own"
)
_WINDOWS = (
    "the language has no index arithmetic yet: give windows as an input of their own, "
    "sum(a, w[a] * x[i,a])"
)
_STEP = "write where(z > 0, 1, 0); its derivative is 0"
INSTEAD = {
    **dict.fromkeys(("mse", "mseloss", "meansquarederror", "l2loss", "sse", "mseerror"), _SQUARED),
    **dict.fromkeys(("rmse", "rootmeansquarederror"), "write sqrt(mean(k, (o[k] - y[k])^2))"),
    **dict.fromkeys(("mae", "l1", "l1loss", "meanabsoluteerror", "sae"), _ABSOLUTE),
    **dict.fromkeys(("huberloss", "smoothl1loss", "smoothl1"),
                    "huber(k, o[k], y[k], delta) is a sum over k, with his half"),
    **dict.fromkeys(("bce", "bceloss", "bcewithlogits", "bcewithlogitsloss", "logloss",
                     "binarycrossentropy", "binarycrossentropywithlogits"), _TWO_CLASSES),
    **dict.fromkeys(("ce", "nll", "nllloss", "crossentropyloss", "crossentropy", "xent",
                     "categoricalcrossentropy", "softmaxcrossentropy",
                     "sparsecategoricalcrossentropy", "negativeloglikelihood"), _CLASSES),
    **dict.fromkeys(("kl", "kldiv", "kldivloss", "kldivergence"),
                    "write sum(k, y[k] * log(y[k] / p[k]))"),
    **dict.fromkeys(("hingeloss",), "hinge(k, o[k], y[k]) is the sum of max(1 - y[k] * o[k], 0)"),
    **dict.fromkeys(("poissonnllloss", "poissonloss"), "write poisson(k, mu[k], y[k])"),
    "logsumexp": "write log(sum(k, exp(z[k])))",
    "logsoftmax": "write log(softmax(k, z[k]))",
    "logsigmoid": "write log(logistic(z))",
    "log10": "write log(z) / log(10)",
    "log2": "write log(z) / log(2)",
    "tan": "write sin(z) / cos(z)",
    **dict.fromkeys(("clip", "clamp"), "write min(max(z, a), b)"),
    "relu6": "write min(relu(z), 6)",
    "hardtanh": "write min(max(z, -1), 1)",
    **dict.fromkeys(("step", "heaviside", "indicator", "unitstep"), _STEP),
    **dict.fromkeys(("square", "pow", "power"), "write z^2, z^(1/2), z^gamma"),
    **dict.fromkeys(("dot", "matmul", "mm", "bmm", "einsum", "inner", "outer"), _PRODUCT),
    **dict.fromkeys(("transpose", "t"), _ORDER),
    "dropout": "multiply by a mask that is an input: m[j] * h[j]",
    "concat": "let two sums stand for the two parts: sum(i, W[j,i] * x[i]) + sum(l, U[j,l] * h[l])",
    **dict.fromkeys(("prod", "product"), _PRODUCT_OVER),
    **dict.fromkeys(("diff", "derivative", "grad"), _DERIVATIVE),
    **dict.fromkeys(("conv", "conv1d", "conv2d", "convolve"), _WINDOWS),
    "trace": "write sum(i, W[i,i])",
    "if": "write where(a > b, x, y)",
}  # fmt: skip
"""What is written instead of names that are close to ours and mean something else."""


def instead(name: str) -> str | None:
    """What to write for a name that is not ours, where that is known."""
    return INSTEAD.get(_folded(name.rpartition(".")[2]))


def ours(name: str, own: Collection[str]) -> str:
    """Our name of a function: ReLU is relu, ln log, np.exp exp; `own` are the file's own."""
    if name in own or name in TABLE:
        return name
    module, _, bare = name.rpartition(".")
    if module and _differs(bare):
        return name
    if bare in SYNONYMS:
        return SYNONYMS[bare]
    folded = {_folded(known): known for known in (*TABLE, *BINDERS, *CHOICES, *ROOTS, "softmax")}
    found = folded.get(_folded(bare), name)
    return SYNONYMS.get(_folded(bare), found)


def _differs(bare: str) -> bool:
    """Whether other people's function of that name is another one than ours."""
    return _folded(bare) in ("gelu", "leakyrelu", "softmax", "sum", "mean", "max", "min", "elu")


def _folded(name: str) -> str:
    return name.lower().replace("_", "")


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

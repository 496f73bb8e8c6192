"""What other languages have and this one has not -> what is written instead."""

from typing import NoReturn

from derive.expressions.lettering import GREEK
from derive.reading.characters import is_unseen, unseen
from derive.reading.source import Passage

_PRODUCT = "a product of arrays is written with its indices: sum(j, V[k,j] * h[j])"
_ORDER = "a transpose is an order of indices: sum(k, V[k,j] * d[k]) sums over the first"
_BRACKETS = "brackets are ( ) around terms and [ ] around indices"
_COMPARISONS = "the comparisons are >, <, >= and <=, as in where(a > b, x, y)"
_BOTH = "a where has one comparison; put one where into another"
_QUOTES = "the equations hold no strings"
_PRIME = (
    "a derivative f' is found, not written; a transpose is an order of indices; "
    "a name takes no prime: write h_1"
)
_FOUND = "derivatives are found, not written"
_ENDS = "an equation ends with its line; write nothing behind it"
_ENTRYWISE = "write * between entries: g[j] * h[j]; of two letters, u[j] * v[i]"


FOREIGN = {
    "'": _PRIME,
    **dict.fromkeys("\N{PRIME}\N{RIGHT SINGLE QUOTATION MARK}", _PRIME),
    **dict.fromkeys('"“”‘`', _QUOTES),
    "_": "a name starts with a letter, and a number holds no _: 1000",
    **dict.fromkeys("{}", f"{_BRACKETS}: W[j,i], a^(2)"),
    **dict.fromkeys(("==", "!=", "\N{NOT EQUAL TO}"), _COMPARISONS),
    "&&": _BOTH,
    "||": "write norm(j, h[j]) for a length, abs(z) for an absolute value",
    "|": "write abs(z) for an absolute value",
    ":=": "write = between the two sides of an equation",
    ":": "an index is a letter, W[j,i], and an equation is name[indices] = expression",
    ".": "a point stands in numbers alone; an equation ends with its line",
    ";": "an equation ends with its line, and commas stand between indices",
    "\N{HORIZONTAL ELLIPSIS}": "write the sum by its index: sum(i, W[j,i] * x[i])",
    "//": "a quotient has one /; a comment begins with #",
    "\\": "a line goes on while a bracket is open, or behind + - * /; leave it out",
    "$": "an equation holds no LaTeX: write sum(i, W[j,i] * x[i]), sigma, h_in",
    "!": "a factorial has no place here",
    "%": "write a / 100; a comment begins with #",
    "\N{INFINITY}": "write a large number, such as 1e9",
    **dict.fromkeys("\N{NABLA}\N{PARTIAL DIFFERENTIAL}", _FOUND),
    **dict.fromkeys("\N{CIRCLED TIMES}\N{RING OPERATOR}", _ENTRYWISE),
    **dict.fromkeys(("\N{LEFTWARDS ARROW}", "\N{IDENTICAL TO}"), "write = between the two sides"),
    **dict.fromkeys("\N{MODIFIER LETTER CAPITAL T}\N{DOWN TACK}", _ORDER),
}
"""What has no place in an equation, and what to write; the braces have one in an assumption."""


_COMMANDS = {
    **dict.fromkeys(("frac", "tfrac", "dfrac"), "write (a) / (b)"),
    "sum": "write sum(i, W[j,i] * x[i])",
    "prod": "the language has no product over an index yet: write a * b * c",
    "sqrt": "write sqrt(q)",
    **dict.fromkeys(("cdot", "times", "odot", "ast"), "write *"),
    **dict.fromkeys(("left", "right", "big", "Big", "bigl", "bigr"), "write the bracket alone"),
    **dict.fromkeys(("mathbf", "mathrm", "boldsymbol", "bm", "text", "operatorname", "vec"),
                    "write the name alone"),
    **dict.fromkeys(("hat", "bar", "tilde"), "write y_hat, y_bar, y_tilde"),
    **dict.fromkeys(("partial", "nabla"), _FOUND),
    **dict.fromkeys(("top", "intercal", "prime"), _PRIME),
    "sigma": "write sigma; the logistic function is logistic(z)",
    "ln": "write log(z)",
}  # fmt: skip
"""Commands of LaTeX."""


_ATTRIBUTES = {
    "T": _ORDER,
    **dict.fromkeys(("dot", "matmul", "mm"), _PRODUCT),
    **dict.fromkeys(("sum", "mean"), "write sum(k, o[k]), mean(k, o[k])"),
}


PROGRAM = {
    **dict.fromkeys(("for", "in"), "a sum is written sum(i, W[j,i] * x[i]); an index runs from 1 "
                    "to its size by itself"),
    **dict.fromkeys(("if", "else"), "write where(a > b, x, y): x where a > b, else y"),
    **dict.fromkeys(("and", "or", "not"), _BOTH),
    **dict.fromkeys(("def", "lambda", "return"), "a function of one argument is declared under "
                    '[functions]: f = "z / (1 + abs(z))"'),
    **dict.fromkeys(("import", "from", "print", "while"),
                    "a model is equations and no program: name[indices] = expression"),
}  # fmt: skip
"""Words of a program."""


def what_instead(sign: str) -> str | None:
    """What to write for a sign that is not of the language, where that is known."""
    if sign.startswith("\\") and len(sign) > 1:
        name = sign[1:]
        known = f"write {name}" if name.lower() in GREEK or name in ("exp", "log", "tanh") else None
        general = "write sum(i, W[j,i] * x[i]), (a) / (b), sigma, h_in"
        return f"an equation holds no LaTeX: {_COMMANDS.get(name, known or general)}"
    if sign.startswith(".") and len(sign) > 1:
        return f"an attribute has no place in an equation; {_ATTRIBUTES.get(sign[1:], _PRODUCT)}"
    if is_unseen(sign[:1]):
        return "remove it"
    if len(sign) == 1 and sign.isalpha() and sign not in FOREIGN:
        return "names are of Latin and Greek letters, digits and _, such as y_hat or h_in"
    return FOREIGN.get(sign)


def fail_foreign(passage: Passage, at: int, sign: str, form: str) -> NoReturn:
    """Raise the ModelError for a sign that has no place there; `form` is what has one."""
    said = unseen(sign) if is_unseen(sign[:1]) else f"{shown(sign)} is not part of the language"
    passage.fail(at, said, what_instead(sign) or form)


def shown(sign: str) -> str:
    return f'"{sign}"' if "'" in sign else f"'{sign}'"


# --- names ------------------------------------------------------------------------------------


TRANSPOSE = dict.fromkeys(("T", "top"), _ORDER)
"""The exponents that other people write for a transpose."""


CONSTANTS = {
    "pi": "give it a number under [hyperparameters]: pi = 3.141592653589793",
    "e": "write exp(z) for e^z",
    **dict.fromkeys(("inf", "infinity"), "write a large number, such as 1e9"),
    **dict.fromkeys(("true", "false", "none", "nan"), "an equation holds numbers, 1 and 0"),
}
"""What other people's languages know as it stands, in small letters, and what is written here."""


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
    **dict.fromkeys(("argmax", "argmin", "round", "floor", "ceil", "sort"),
                    "it has no derivative to learn by; write softmax(k, z[k]), or leave it out"),
    "trace": "write sum(i, W[i,i])",
    "if": "write where(a > b, x, y)",
}  # fmt: skip
"""What is written instead of names that are close to ours and mean something else."""


OTHER_THAN_OURS = {
    **dict.fromkeys(("sum", "mean"), "write the index it runs over: sum(k, o[k]), mean(k, o[k])"),
    **dict.fromkeys(
        ("max", "min"), "write max(a, b) of two or more; there is none over an index yet"
    ),
    "linear": "write sum(i, W[j,i] * x[i]) + b[j]",
    "softmax": "write the index it runs over: softmax(k, z[k])",
    "gelu": "write gelu(z), which is the tanh form, or z * (1 + erf(z / sqrt(2))) / 2",
    "leakyrelu": "write leaky_relu(z), whose slope below 0 is 1/100",
    "elu": "write elu(z), which is exp(z) - 1 below 0",
}
"""Functions of modules that have the name of one of ours and are not the same."""


def instead(name: str) -> str | None:
    """What to write for a name that is not ours, where that is known."""
    module, _, bare = name.rpartition(".")
    other = OTHER_THAN_OURS.get(folded(bare)) if module else None
    return other or INSTEAD.get(folded(bare))


def folded(name: str) -> str:
    """A name without capitals and lines, as people mix them up."""
    return name.lower().replace("_", "")

"""What a page says, as phrases that no language has been chosen for yet."""

from collections.abc import Iterable

from derive.derivation.derivation import Term
from derive.derivation.known import assumed
from derive.derivation.rewriting import Kind, Reason, Rewriting
from derive.expressions.expression import Entry
from derive.expressions.identities import Equality
from derive.page.blocks import Listing, Part, Phrase
from derive.page.function_formulas import identity_latex, prime_id
from derive.page.material import Material
from derive.printing.latex import expression_latex
from derive.printing.matrix_signs import column_of_ones, identity
from derive.printing.names_latex import entry_latex, index_latex, name_latex
from derive.printing.signs import KEYS, Sign
from derive.printing.symbols import step_letter


def phrase(key: str, **parts: Part) -> Phrase:
    """A sentence by its key, with what fills it."""
    return Phrase(key, tuple(parts.items()))


def laid(key: str, m: Material) -> str:
    """The key of a sentence that says whether a vector is a column or a row."""
    return f"{key}_rows" if m.model.notation.rows else key


def math(*formulas: str) -> Listing:
    """Formulas in a sentence."""
    return Listing(tuple(f"${formula}$" for formula in formulas))


def step_size(m: Material) -> str:
    """The letter of the step size."""
    return name_latex(step_letter(m.model), m.model)


def example(m: Material) -> Listing | Phrase:
    """The example's sizes, n = 2, m = 2 and K = 1; where nothing has one, that it has none."""
    named = [(name_latex(symbol, m.model), number) for symbol, number in m.sizes.items()]
    return math(*(f"{symbol} = {number}" for symbol, number in named)) if named else _NO_SIZES


_NO_SIZES = phrase("no_sizes")


def index_ranges(m: Material) -> Listing | Phrase:
    """Every index with what it runs over, in the order of the forward pass."""
    found = dict.fromkeys(index for array in m.model.arrays for index in array.indices)
    indices = sorted(found, key=lambda index: m.model.size_symbols.index(index.size))
    over = (rf"{index_latex(i)} = 1, \dots, {name_latex(i.size, m.model)}" for i in indices)
    return math(*over) if indices else _NO_SIZES


def where(m: Material, signs: frozenset[Sign], told: frozenset[Sign]) -> Part:
    """What a reader of matrix equations has to know and was not told before."""
    said = sorted(signs - told, key=lambda sign: (KEYS.index(sign.key), sign.size))
    if not said:
        return ""
    return phrase("where", conventions=Listing(tuple(_convention(m, sign) for sign in said)))


def _convention(m: Material, sign: Sign) -> Phrase:
    if not sign.size:
        return phrase(sign.key)
    made = (column_of_ones if sign.key == "column_of_ones" else identity)(sign.size, m.model)
    return phrase(sign.key, sign=f"${made}$", size=f"${name_latex(sign.size, m.model)}$")


def reason(m: Material, terms: tuple[Term, ...]) -> Phrase:
    """Why an adjoint is what it is: how the quantity reaches the error."""
    by = math(entry_latex(terms[0].local.by, m.symbols))
    ids = [m.derivation.equation(term.local.of.name).id for term in terms]
    if len(terms) > 1:
        return phrase("several", by=by, refs=_references(ids))
    (term,) = terms
    if term.upstream is None:
        return phrase("direct", by=by)
    of = math(entry_latex(term.local.of, m.symbols))
    if not term.over:
        return phrase("through", by=by, of=of, id=ids[0])
    letters = math(*(index_latex(index) for index in term.over))
    return phrase("every", by=by, of=of, id=ids[0], letters=letters)


def why(m: Material, step: Rewriting) -> Phrase:
    """Why an adjoint can be written otherwise."""
    kinds = tuple(reason.kind for reason in step.reasons)
    if kinds == ("named", "cancelled"):
        return phrase("named_and_cancelled", **_parts(m, step.reasons[0]))
    if len(kinds) == 1:
        return phrase(_key(kinds[0]), **_parts(m, step.reasons[0]))
    said = (phrase(f"since_{_key(each.kind)}", **_parts(m, each)) for each in step.reasons)
    return phrase("since", reasons=Listing(tuple(said)))


def _key(kind: Kind) -> str:
    """The key of the sentence of a reason that is alone; of one among others, since_ before it."""
    return "by_names" if kind == "named" else kind.replace(" ", "_")


def _parts(m: Material, reason: Reason) -> dict[str, Part]:
    """What fills the sentence of a reason."""
    match reason.kind:
        case "own value":
            return {"refs": _references([prime_id(name) for name in reason.because])}
        case "identity":
            return {"identities": math(*(identity_latex(each, m.model) for each in reason.facts))}
        case "named":
            those = (Entry(name, m.symbols.indices(name)) for name in reason.because)
            names = math(*(entry_latex(each, m.symbols) for each in those))
            return {"names": names, "refs": _grounds(m, reason.because)}
        case "assumed":
            return {"sums": _equations(m, reason)}
        case "sum":
            return {"sums": _equations(m, reason), "refs": _grounds(m, reason.because)}
        case "cancelled" | "collected":
            return {}


def _equations(m: Material, reason: Reason) -> Listing:
    return math(*(_equation(m, each) for each in reason.facts))


def _equation(m: Material, sides: Equality) -> str:
    return " = ".join(expression_latex(side, m.symbols) for side in sides)


def _grounds(m: Material, names: Iterable[str]) -> Listing:
    """Equations by their ids, and what is assumed of data."""
    known = {row.because[0]: row for row in assumed(m.model)}
    said: dict[str, None] = {}
    for name in names:
        if name in known:
            said[f"${_equation(m, (known[name].left, known[name].right))}$"] = None
        else:
            said[f"@{{{m.derivation.equation(name).id}}}"] = None
    return Listing(tuple(said))


def _references(ids: list[str]) -> Listing:
    return Listing(tuple(f"@{{{each}}}" for each in dict.fromkeys(ids)))

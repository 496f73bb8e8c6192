"""Derivation -> partials: ∂EQ/∂w_11 at concrete sizes, as the chain of its local derivatives.

Each adjoint's terms are spliced into the slot where its name stood, so a chain runs
from the error to the weight in the order of the chain rule, one link for each local
derivative. A sum over an index of size 1 is that one term; a longer one stays a sum.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, product

from derive.derivation.derivation import Derivation, Equation, Term, identify
from derive.errors import DeriveError
from derive.expressions.building import add, multiply, summation
from derive.expressions.expression import Adjoint, Entry, Expression, Index, Name, Subscript
from derive.expressions.indices import fresh, numbered, substitute, substitute_entry, unshadow
from derive.model.model import Array, Model


@dataclass(frozen=True)
class Link:
    """A local derivative ∂of/∂by at concrete indices, and its value.

    `whole` is false where the value is one summand of it; see `derivation.Term`.
    """

    of: Entry
    by: Entry
    value: Expression
    whole: bool = True


@dataclass(frozen=True)
class Total:
    """Several ways at once: Σ_over of the chains' sum."""

    over: tuple[Index, ...]
    chains: "tuple[Chain, ...]"


Chain = tuple[Link | Total, ...]


@dataclass(frozen=True)
class Partial:
    """The derivative of the error by one scalar weight."""

    id: str
    weight: Entry
    chain: Chain

    @property
    def value(self) -> Expression:
        """The chain multiplied out of its links, in order."""
        return chain_value(self.chain)


Known = Mapping[Name, Expression]
"""Adjoints from which a chain may start, by their values."""


def partials(
    derivation: Derivation, sizes: Mapping[str, int], known: Known | None = None
) -> tuple[Partial, ...]:
    """∂EQ/∂w for every scalar weight at the given sizes, weight by weight, row by row.

    An array's partials come in the order of its paper's indices: w_11, w_12, w_21, w_22.
    A chain starts from the error, or from an adjoint that is known.
    """
    weights = scalar_weights(derivation.model, sizes)
    return tuple(partial(derivation, weight, sizes, known) for weight in weights)


def scalar_weights(model: Model, sizes: Mapping[str, int]) -> Iterator[Entry]:
    """Every scalar weight at the given sizes, in the order of `partials`."""
    for array in model.weights:
        yield from entries_of(model, array, sizes)


def entries_of(model: Model, array: Array, sizes: Mapping[str, int]) -> Iterator[Entry]:
    """Every entry of an array at the given sizes, in the order of its paper's indices."""
    ordered = model.written_order(array.name)
    for numbers in product(*(range(1, sizes[index.size] + 1) for index in ordered)):
        place = dict(zip(ordered, numbers, strict=True))
        yield Entry(array.name, tuple(place[index] for index in array.indices))


def ways(derivation: Derivation, weight: str) -> int:
    """How many ways lead from the error to a weight's equation: its chain writes out each."""
    found: dict[Name, int] = {}
    for equation in derivation.adjoints:
        upstream = (term.upstream for term in equation.terms)
        found[equation.target.name] = sum(1 if u is None else found[u.name] for u in upstream)
    return found[Adjoint(derivation.model.error, weight)]


def partial(
    derivation: Derivation, weight: Entry, sizes: Mapping[str, int], known: Known | None = None
) -> Partial:
    """∂EQ/∂weight for one entry with concrete indices."""
    place = {}
    for index, number in zip(derivation.model.indices(weight.name), weight.indices, strict=True):
        assert isinstance(number, int)
        if not 1 <= number <= sizes[index.size]:
            problem = f"{weight.name} has no entry {number}"
            cure = f"{index.name} runs from 1 to {index.size} = {sizes[index.size]}"
            raise DeriveError(problem, cure, derivation.model.name)
        place[index] = number
    return _partial(derivation, str(weight.name), place, sizes, known or {})


def _partial(
    derivation: Derivation,
    name: str,
    place: Mapping[Index, int],
    sizes: Mapping[str, int],
    known: Known,
) -> Partial:
    equation = derivation.gradient(name)
    indices = derivation.model.indices(name)
    weight = Entry(name, tuple(place[index] for index in indices))
    chain = _chain(derivation, equation, dict(place), sizes, known)
    return Partial(_id(derivation.model, name, place), weight, chain)


def _id(model: Model, name: str, place: Mapping[Index, int]) -> str:
    """dEQ-dw11: the weight as the paper writes it, if that is a letter; beside a weight w11 it
    is dEQ-dw-11.
    """
    pattern = model.notation.entry(name)
    head = name if pattern is None or pattern.is_marked else pattern.letter
    digits = [str(place[index]) for index in model.written_order(name)]
    joint = "" if all(len(digit) == 1 for digit in digits) else "-"
    if not digits:
        return identify(Adjoint(model.error, head)) + "-chain"
    taken = {identify(Adjoint(model.error, array.name)) for array in model.arrays}
    front, end = identify(Adjoint(model.error, head)), joint.join(digits)
    dashes = ("-" * more for more in count(int(head[-1].isdigit())))
    return next(id_ for each in dashes if (id_ := f"{front}{each}{end}") not in taken)


def _chain(
    derivation: Derivation,
    equation: Equation,
    place: Mapping[Index, Subscript],
    sizes: Mapping[str, int],
    known: Known,
) -> Chain:
    target = equation.target
    assert isinstance(target.name, Adjoint)
    if target.name in known:
        arrived = tuple(other for other in place.values() if isinstance(other, Index))
        by = substitute_entry(Entry(target.name.by, target.indices), place)
        value = unshadow(substitute(known[target.name], place), arrived)
        return (Link(Entry(target.name.of), by, numbered(value, sizes)),)
    chains = tuple(_term_chain(derivation, term, place, sizes, known) for term in equation.terms)
    return chains[0] if len(chains) == 1 else (Total((), chains),)


def _term_chain(
    derivation: Derivation,
    term: Term,
    place: Mapping[Index, Subscript],
    sizes: Mapping[str, int],
    known: Known,
) -> Chain:
    new = dict(place)
    over: list[Index] = []
    for index in term.over:
        # A letter that already arrived from an outer sum steps aside.
        arrived = [other for other in place.values() if isinstance(other, Index)]
        bound = fresh(index, [*arrived, *over])
        new[index] = 1 if sizes[index.size] == 1 else bound
        if new[index] == bound:
            over.append(bound)
    of, by = (substitute_entry(entry, new) for entry in (term.local.of, term.local.by))
    value = numbered(substitute(term.local.value, new), sizes)
    chain: Chain = (Link(of, by, value, term.whole),)
    if term.upstream is not None:
        upstream = derivation.equation(term.upstream.name)
        inner = dict(
            zip(upstream.target.letters, substitute_entry(term.upstream, new).indices, strict=True)
        )
        chain = _chain(derivation, upstream, inner, sizes, known) + chain
    return (Total(tuple(over), (chain,)),) if over else chain


def chain_value(chain: Chain) -> Expression:
    """The product of a chain's links and totals."""
    return multiply(*(_part_value(part) for part in chain))


def _part_value(part: Link | Total) -> Expression:
    if isinstance(part, Link):
        return part.value
    return summation(part.over, add(*(chain_value(chain) for chain in part.chains)))


def links(chain: Chain) -> Iterator[Link]:
    """Every link of a chain and of the chains within it."""
    for part in chain:
        if isinstance(part, Link):
            yield part
        else:
            for inner in part.chains:
                yield from links(inner)

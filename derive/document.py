"""Derivation -> Document: a page as a tree of sections, sentences, formulas and figures.

What is said hangs on the structure of the derivation, never on a model's name. A
formula's id is its label, its file name and the comment on its line of code.
"""

from dataclasses import dataclass, replace
from math import prod
from typing import Literal

from derive.assumptions import SumsTo
from derive.block_matrix import block_matrix
from derive.collapse import Rewriting, Written, in_value
from derive.compact import written
from derive.concrete import array_entries, small_enough, value_entries
from derive.derivation import ChainRule, Derivation, Equation, Given, Named, Term, identify
from derive.expression import (
    Add,
    Adjoint,
    Apply,
    Entry,
    Expression,
    Index,
    Name,
    Number,
    Sum,
    add,
    children,
    entries,
    fresh,
    walk,
)
from derive.figures import drawable, first_partial, has_path
from derive.language import Language
from derive.latex import (
    array_latex,
    entry_latex,
    expression_latex,
    index_latex,
    name_latex,
    plus,
    ratio_latex,
    ratios_latex,
    sum_sign,
    values_latex,
)
from derive.lower import lower
from derive.matrix_latex import has_matrix_form, matrix_latex
from derive.model import Array, Model, Notation
from derive.own_value import own_value
from derive.partials import Partial, links, partials
from derive.program import MatMul, Step
from derive.symbols import Symbols, argument_letter

MOST_PARTIALS, MOST_EQUATIONS = 24, 10
"""Up to how many scalar weights and equations the partials are written out."""


@dataclass(frozen=True)
class Formula:
    """left = sides[0] = sides[1] ...; the last side is what the formula says.

    `letters` are the indices for whose every value it holds; `concrete` where it holds
    at the example's sizes only. Formulas are written with the macros of `notation`.
    """

    id: str
    left: str
    sides: tuple[str, ...]
    relation: str = "="
    letters: tuple[Index, ...] = ()
    concrete: bool = False

    @property
    def body(self) -> str:
        """The formula on one line, intermediate sides left out."""
        return f"{self.left} {self.relation} {self.sides[-1]}"

    @property
    def whole(self) -> str:
        """The formula on one line with all its sides."""
        return f"{self.left} {self.relation} " + f" {self.relation} ".join(self.sides)


@dataclass(frozen=True)
class Sentence:
    """A sentence, its formulas inline; @{id} refers to a formula."""

    text: str


@dataclass(frozen=True)
class Display:
    """Formulas set one under the other."""

    formulas: tuple[Formula, ...]


@dataclass(frozen=True)
class Figure:
    """A place for a figure, with the sentence before it."""

    kind: Literal["network", "path"]
    sentence: Sentence


Block = Sentence | Display | Figure


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """The page of a model in a language."""

    model: str
    language: str
    sections: tuple[Section, ...]

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """Every formula in order."""
        blocks = (block for section in self.sections for block in section.blocks)
        return tuple(f for block in blocks if isinstance(block, Display) for f in block.formulas)


def document(derivation: Derivation, words: Language) -> Document:
    """The whole page of a derivation in a language."""
    page = _Page(derivation, words)
    sections = [page.method(), page.network(), page.forward(), page.error(), page.chain()]
    if page.readable:
        sections.append(page.partials())
    sections += [page.matrix(), page.update()]
    said = tuple(section for section in sections if section.blocks)
    return Document(derivation.model.name, words.code, said)


class _Page:
    """One derivation in one language; each public method makes a section."""

    def __init__(self, derivation: Derivation, words: Language) -> None:
        self.derivation, self.words = derivation, words
        self.model = derivation.model
        self.symbols = Symbols(self.model)
        self.sizes = dict(self.model.example)
        self.at_sizes = Symbols(self.model, self.sizes)
        self.program = lower(derivation)

    @property
    def readable(self) -> bool:
        """Whether chains and matrices written out for the example's sizes can be read."""
        weights = sum(
            prod(self.sizes[size] for size in array.shape) for array in self.model.weights
        )
        few = weights <= MOST_PARTIALS and len(self.model.equations) <= MOST_EQUATIONS
        return few and small_enough(self.sizes)

    # --- sentences ----------------------------------------------------------------------------

    def section(self, key: str, *blocks: Block) -> Section:
        return Section(self.words.headings[key], blocks)

    def say(self, key: str, **parts: str) -> Sentence:
        return Sentence(self.words.say(key, **parts))

    def math(self, *parts: str) -> str:
        return self.words.enumerate([f"${part}$" for part in parts])

    def entry(self, entry: Entry) -> str:
        return entry_latex(entry, self.symbols)

    @property
    def example(self) -> str:
        return self.math(*(f"{name_latex(s)} = {number}" for s, number in self.sizes.items()))

    # --- sections -----------------------------------------------------------------------------

    def method(self) -> Section:
        error = name_latex(self.model.error)
        return self.section(
            "method", self.say("method", error=error), self.say("method_step", error=error)
        )

    def network(self) -> Section:
        model = self.model
        inputs = self.math(*(self.entry(array.entry) for array in model.role("input")))
        computed = [d for d in model.equations if d.name != model.error]
        shown = self.math(*(self.entry(definition.target) for definition in computed))
        said = self.say("network", inputs=inputs, quantities=shown)
        blocks: list[Block] = [said if computed else self.say("network_alone", inputs=inputs)]
        blocks += [self.weight(array.name) for array in model.weights]
        if drawable(model):
            blocks.append(Figure("network", self.say("figure", sizes=self.example)))
        return self.section("network", *blocks)

    def weight(self, name: str) -> Sentence:
        """Where a weight leads: from what it multiplies to what it enters."""
        definition = next(d for d in self.model.equations if _holds(d.value, name))
        weights = {array.name for array in self.model.weights}
        term = _term_of(name, definition.value)
        sources = [entry for entry in entries(term) if entry.name not in weights]
        shown = [self.entry(entry) for entry in dict.fromkeys(sources)]
        weight = self.math(self.entry(self.model.array(name).entry))
        to = self.math(self.entry(definition.target))
        if not shown:
            return self.say("weight_alone", weight=weight, to=to)
        return self.say("weight", weight=weight, sources=self.math(*shown), to=to)

    def forward(self) -> Section:
        model = self.model
        equations = [e for e in self.derivation.forward if e.target.name != model.error]
        found = dict.fromkeys(index for array in model.arrays for index in array.indices)
        indices = sorted(found, key=lambda index: model.size_symbols.index(index.size))
        ranges = [rf"{index_latex(i)} = 1, \dots, {name_latex(i.size)}" for i in indices]
        if not equations:
            return self.section("forward", self.say("forward_alone", ranges=self.math(*ranges)))
        blocks: list[Block] = [self.say("forward", ranges=self.math(*ranges))]
        blocks.append(Display(tuple(map(self.given, equations))))
        given = [step for step in self.program.forward if isinstance(step.equation.rule, Given)]
        steps = [step for step in given if step.equation.target.name != model.error]
        matrix = self.steps(steps)
        if matrix:
            blocks += [self.say("forward_matrix"), Display(matrix)]
        if matrix and self.readable:
            blocks.append(self.say("written_out", sizes=self.example))
            flat = [step for step in steps if _is_matrix(step.equation.target)]
            blocks.append(Display(tuple(map(self.written_out, flat))))
        return self.section("forward", *blocks)

    def error(self) -> Section:
        targets = [self.entry(array.entry) for array in self.model.role("target")]
        output = self.math(self.entry(self.model.output.entry))
        said = self.say("error", targets=self.math(*targets), output=output)
        blocks: list[Block] = [said if targets else self.say("error_alone")]
        blocks.append(Display((self.given(self.derivation.forward[-1]),)))
        named = [e for e in self.derivation.backward if isinstance(e.rule, Named)]
        if named:
            blocks += [self.say("named"), Display(tuple(map(self.given, named)))]
        return self.section("error", *blocks)

    def chain(self) -> Section:
        blocks: list[Block] = [self.say("chain")]
        formulas = own_values(self.model)
        if formulas:
            blocks += [self.say("own_values"), Display(formulas)]
        for found in written(self.derivation):
            rule = found.equation.rule
            assert isinstance(rule, ChainRule)
            blocks.append(self.reason(rule.terms))
            blocks.append(Display((self.adjoint(found.equation, rule.terms),)))
            for step in found.steps:
                blocks += [self.why(step), Display((self.rewritten(found, step),))]
        if not self.readable:
            blocks += self.path()
        return self.section("chain", *blocks)

    def why(self, step: Rewriting) -> Sentence:
        """Why an adjoint can be written otherwise."""
        match step.reason:
            case "own value":
                refs = [f"@{{{own_value_id(name)}}}" for name in step.because]
                return self.say("own_value", refs=self.words.enumerate(refs))
            case "cancelled" if step.because:
                refs = [f"@{{{self.derivation.equation(name).id}}}" for name in step.because]
                shown = [self.entry(self.model.array(name).entry) for name in step.because]
                refs_said = self.words.enumerate(refs)
                return self.say("named_and_cancelled", names=self.math(*shown), refs=refs_said)
            case "cancelled":
                return self.say("cancelled")
        return self.say("assumed", sums=self.math(*map(self.known_sum, step.because)))

    def known_sum(self, name: str) -> str:
        """A sum that the model assumes to know, with its number."""
        array = self.model.array(name)
        (known,) = (a for a in self.model.assumptions if isinstance(a, SumsTo) and a.array == name)
        over = tuple(index for index in array.indices if index.name in known.over)
        total = Number(known.total)
        sides = (expression_latex(side, self.symbols) for side in (Sum(over, array.entry), total))
        return " = ".join(sides)

    def rewritten(self, found: Written, step: Rewriting) -> Formula:
        """An adjoint in another form."""
        equation = found.equation
        id_ = f"{equation.id}-{step.reason.replace(' ', '-')}"
        value = expression_latex(step.value, self.symbols)
        return Formula(id_, self.entry(equation.target), (value,), letters=_letters(equation))

    def path(self) -> list[Block]:
        """The figure of the way back to the first scalar weight, where there is room."""
        if not has_path(self.derivation):
            return []
        weight = self.math(entry_latex(first_partial(self.derivation).weight, self.at_sizes))
        return [Figure("path", self.say("path", weight=weight))]

    def partials(self) -> Section:
        found = partials(self.derivation, self.sizes)
        formulas = tuple(partial_formula(partial, self.at_sizes) for partial in found)
        said = self.say("partials", sizes=self.example)
        return self.section("partials", said, Display(formulas), *self.path())

    def matrix(self) -> Section:
        blocks: list[Block] = []
        steps = self.steps(list(self.program.backward))
        if steps:
            blocks += [self.say("matrix"), Display(steps)]
        if self.readable:
            for step in self.program.backward:
                blocks += self.block_form(step)
        return self.section("matrix", *blocks)

    def update(self) -> Section:
        formulas = tuple(map(self.updated, self.model.weights))
        return self.section("update", self.say("update"), Display(formulas))

    # --- formulas -----------------------------------------------------------------------------

    def given(self, equation: Equation) -> Formula:
        value = expression_latex(equation.value, self.symbols)
        return Formula(
            equation.id, self.entry(equation.target), (value,), letters=_letters(equation)
        )

    def updated(self, weight: Array) -> Formula:
        """A step for a whole weight, or for its general entry where it is no matrix."""
        letters = () if _is_matrix(weight.entry) else weight.indices
        if not letters:
            left = name_latex(weight.name)
            gradient = array_latex(Adjoint(self.model.error, weight.name), self.symbols)
        else:
            left = self.entry(weight.entry)
            gradient = ratio_latex(Entry(self.model.error), weight.entry, self.symbols)
        side = rf"{left} - t \, {gradient}"
        return Formula(f"update-{weight.name}", left, (side,), r"\leftarrow", letters)

    def steps(self, steps: list[Step]) -> tuple[Formula, ...]:
        """The matrix form of the steps that have one."""
        return tuple(
            Formula(
                f"matrix-{step.equation.id}",
                array_latex(step.equation.target.name, self.symbols),
                (matrix_latex(step.value, self.symbols),),
            )
            for step in steps
            if _has_matrices(step.equation) and has_matrix_form(step.value)
        )

    def written_out(self, step: Step) -> Formula:
        """A forward equation with the entries of its arrays, a matrix product as such first."""
        equation = step.equation
        left = array_latex(equation.target.name, self.symbols)
        sides = [value_entries(equation, self.at_sizes)]
        if isinstance(step.value, MatMul) and has_matrix_form(step.value):
            sides.insert(0, matrix_latex(step.value, self.symbols, self.entries_of))
        return Formula(f"entries-{equation.id}", left, tuple(sides), concrete=True)

    def entries_of(self, name: Name, symbols: Symbols) -> str:
        """A whole array by its entries at the example's sizes."""
        return array_entries(self.model.array(str(name)), self.at_sizes)

    def block_form(self, step: Step) -> list[Block]:
        """The derivatives one under the other, as a block matrix times the inputs."""
        found = block_matrix(self.derivation, self.program, step)
        if found is None:
            return []
        stacked, identity = found
        shown = self.math(self.entry(self.model.array(stacked.weight).entry))
        blocks: list[Block] = [self.say("block", sizes=self.example, weight=shown)]
        blocks.append(Display((Formula(stacked.id, stacked.left, stacked.sides, concrete=True),)))
        blocks.append(self.say("block_identity", size=name_latex(identity.size)))
        blocks.append(
            Display((Formula(identity.id, identity.left, identity.sides, concrete=True),))
        )
        return blocks

    def reason(self, terms: tuple[Term, ...]) -> Sentence:
        """Why the adjoint is what it is: how the quantity reaches the error."""
        by = self.math(self.entry(terms[0].local.by))
        ids = [self.derivation.equation(term.local.of.name).id for term in terms]
        if len(terms) > 1:
            refs = self.words.enumerate([f"@{{{each}}}" for each in dict.fromkeys(ids)])
            return self.say("several", by=by, refs=refs)
        (term,) = terms
        if term.upstream is None:
            return self.say("direct", by=by)
        of = self.math(self.entry(term.local.of))
        if not term.over:
            return self.say("through", by=by, of=of, id=ids[0])
        letters = self.math(*(index_latex(index) for index in term.over))
        return self.say("every", by=by, of=of, id=ids[0], letters=letters)

    def adjoint(self, equation: Equation, terms: tuple[Term, ...]) -> Formula:
        """δ = ∂EQ/∂X = the chain rule = its value."""
        name = equation.target.name
        assert isinstance(name, Adjoint)
        by = Entry(name.by, equation.target.indices)
        left = ratio_latex(Entry(name.of), by, self.symbols)
        if self.model.notation.adjoint(name):
            left = f"{self.entry(equation.target)} = {left}"
        value = expression_latex(equation.value, self.symbols)
        rule = self.chain_rule(terms)
        sides = (value,) if rule is None else (rule, value)
        return Formula(equation.id, left, sides, letters=_letters(equation))

    def chain_rule(self, terms: tuple[Term, ...]) -> str | None:
        """Σ ∂EQ/∂T · ∂T/∂X, or None where the error itself holds X and nothing else does."""
        if all(term.upstream is None for term in terms):
            return None
        spelled = []
        direct = [term.value for term in terms if term.upstream is None]
        for term in {term.local.of.name: term for term in terms}.values():
            of, over = term.local.of, term.over
            if term.upstream is None:
                spelled.append(expression_latex(add(*direct), self.symbols))
                continue
            if not term.whole:
                # Several occurrences make one local derivative, for every entry of T.
                own = self.model.indices(of.name)
                over = tuple(fresh(index, _letters_of(term.local.by)) for index in own)
                of = Entry(of.name, over)
            error = Entry(self.model.error)
            links = ((error, of), (of, term.local.by))
            ratios = r" \cdot ".join(ratio_latex(*link, self.symbols) for link in links)
            spelled.append(sum_sign(over, self.symbols) + ratios)
        return plus(spelled)


def own_value_id(function: str) -> str:
    """The id of a function's derivative through its own value."""
    return f"prime-{identify(function)}"


def own_values(model: Model) -> tuple[Formula, ...]:
    """f'(z) in terms of f(z), of the functions that the model applies and for which it exists."""
    plain_model = replace(model, notation=Notation(), definitions=())
    symbols = Symbols(plain_model)
    argument = Entry(argument_letter(model))
    nodes = (node for definition in model.equations for node in walk(definition.value))
    formulas = []
    for name in dict.fromkeys(node.function for node in nodes if isinstance(node, Apply)):
        row = model.function(name)
        form = None if row.explicit else own_value(row.definition)
        if form is not None:
            left = expression_latex(Apply(name, argument, 1), symbols)
            value = expression_latex(in_value(form, Apply(name, argument)), symbols)
            formulas.append(Formula(own_value_id(name), left, (value,)))
    return tuple(formulas)


def partial_formula(partial: Partial, symbols: Symbols) -> Formula:
    """∂EQ/∂w_11 = its local derivatives = their values."""
    left = ratio_latex(Entry(symbols.model.error), partial.weight, symbols)
    values = values_latex(partial.chain, symbols)
    ratios = ratios_latex(partial.chain, symbols)
    whole = all(link.whole for link in links(partial.chain))
    sides = (ratios, values) if whole and ratios != left else (values,)
    return Formula(partial.id, left, sides, concrete=True)


def _is_matrix(entry: Entry) -> bool:
    """Whether an array is a matrix, a vector or a number: two axes lie on a page."""
    return len(entry.indices) <= 2


def _has_matrices(equation: Equation) -> bool:
    """Whether an equation is between such arrays."""
    return all(map(_is_matrix, (equation.target, *entries(equation.value))))


def _letters(equation: Equation) -> tuple[Index, ...]:
    return _letters_of(equation.target)


def _letters_of(entry: Entry) -> tuple[Index, ...]:
    return tuple(index for index in entry.indices if isinstance(index, Index))


def _term_of(name: str, value: Expression) -> Expression:
    """The term of a sum that holds an array: of W x + b, b alone for b."""
    match value:
        case Add() | Sum() | Apply():
            return _term_of(name, next(part for part in children(value) if _holds(part, name)))
    return value


def _holds(value: Expression, name: str) -> bool:
    return any(entry.name == name for entry in entries(value))

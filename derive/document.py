"""Derivation -> Document: a page as a tree of sections, sentences and formulas.

What is said hangs on the structure of the derivation, never on a model's name. A
formula's id is its label, its file name and the comment on its line of code.
"""

from dataclasses import dataclass

from derive.compact import inlined
from derive.derivation import ChainRule, Derivation, Equation, Given, Named, Term
from derive.expression import Adjoint, Entry
from derive.language import Language
from derive.latex import (
    array_latex,
    entry_latex,
    expression_latex,
    index_latex,
    name_latex,
    ratio_latex,
    ratios_latex,
    sum_sign,
    values_latex,
)
from derive.lower import lower
from derive.matrix_latex import has_matrix_form, matrix_latex
from derive.partials import Partial, partials
from derive.program import Step
from derive.symbols import Symbols


@dataclass(frozen=True)
class Formula:
    """left = sides[0] = sides[1] ...; the last side is what the formula says."""

    id: str
    left: str
    sides: tuple[str, ...]
    relation: str = "="

    @property
    def body(self) -> str:
        """The formula on one line, intermediate sides left out."""
        return f"{self.left} {self.relation} {self.sides[-1]}"


@dataclass(frozen=True)
class Sentence:
    """A sentence, its formulas inline."""

    text: str


@dataclass(frozen=True)
class Display:
    """Formulas set one under the other."""

    formulas: tuple[Formula, ...]


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Sentence | Display, ...]


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

    def label(self, formula_id: str) -> str:
        """The label of a formula: model, language and id."""
        return f"eq:{self.model}:{self.language}:{formula_id}"


def document(derivation: Derivation, words: Language) -> Document:
    """The whole page: forward pass, error, chain rule, partials, matrix form, update."""
    page = _Page(derivation, words)
    sections = (page.forward(), page.error(), page.chain(), page.partials(), page.matrix())
    return Document(derivation.model.name, words.code, (*sections, page.update()))


class _Page:
    """One derivation in one language; each method makes a section."""

    def __init__(self, derivation: Derivation, words: Language) -> None:
        self.derivation, self.words = derivation, words
        self.model = derivation.model
        self.symbols = Symbols(self.model)
        self.program = lower(derivation)

    def section(self, key: str, *blocks: Sentence | Display) -> Section:
        return Section(self.words.headings[key], blocks)

    def say(self, key: str, **parts: str) -> Sentence:
        return Sentence(self.words.say(key, **parts))

    def math(self, *parts: str) -> str:
        return self.words.enumerate([f"${part}$" for part in parts])

    def forward(self) -> Section:
        model = self.model
        equations = [e for e in self.derivation.forward if e.target.name != model.error]
        found = dict.fromkeys(index for array in model.arrays for index in array.indices)
        indices = sorted(found, key=lambda index: model.size_symbols.index(index.size))
        ranges = [
            rf"{index_latex(index)} = 1, \dots, {name_latex(index.size)}" for index in indices
        ]
        intro = self.say(
            "forward",
            inputs=self.math(*(entry_latex(a.entry, self.symbols) for a in model.role("input"))),
            weights=self.math(*(entry_latex(a.entry, self.symbols) for a in model.weights)),
            ranges=self.math(*ranges),
        )
        shown = Display(tuple(map(self.given, equations)))
        steps = [step for step in self.program.forward if isinstance(step.equation.rule, Given)]
        matrix = self.steps([step for step in steps if step.equation.target.name != model.error])
        if not matrix.formulas:
            return self.section("forward", intro, shown)
        return self.section("forward", intro, shown, self.say("forward_matrix"), matrix)

    def error(self) -> Section:
        targets = [entry_latex(array.entry, self.symbols) for array in self.model.role("target")]
        key = "error" if targets else "error_alone"
        blocks: list[Sentence | Display] = [self.say(key, targets=self.math(*targets))]
        blocks.append(Display((self.given(self.derivation.forward[-1]),)))
        named = [e for e in self.derivation.backward if isinstance(e.rule, Named)]
        if named:
            blocks += [self.say("named"), Display(tuple(map(self.given, named)))]
        return self.section("error", *blocks)

    def given(self, equation: Equation) -> Formula:
        left = entry_latex(equation.target, self.symbols)
        return Formula(equation.id, left, (expression_latex(equation.value, self.symbols),))

    def steps(self, steps: list[Step]) -> Display:
        """The matrix form of the steps that have one."""
        return Display(
            tuple(
                Formula(
                    f"matrix-{step.equation.id}",
                    array_latex(step.equation.target.name, self.symbols),
                    (matrix_latex(step.value, self.symbols),),
                )
                for step in steps
                if has_matrix_form(step.value)
            )
        )

    def chain(self) -> Section:
        blocks: list[Sentence | Display] = [self.say("chain")]
        for equation in inlined(self.derivation):
            assert isinstance(equation.rule, ChainRule)
            blocks.append(self.reason(equation, equation.rule.terms))
            blocks.append(Display((self.adjoint(equation, equation.rule.terms),)))
        return self.section("chain", *blocks)

    def reason(self, equation: Equation, terms: tuple[Term, ...]) -> Sentence:
        by = self.math(entry_latex(terms[0].local.by, self.symbols))
        labels = [self.derivation.equation(term.local.of.name).id for term in terms]
        refs = [f"eq:{self.model.name}:{self.words.code}:{label}" for label in labels]
        if len(terms) > 1:
            shown = self.words.enumerate([rf"\eqref{{{ref}}}" for ref in refs])
            return self.say("several", by=by, labels=shown)
        (term,) = terms
        if term.upstream is None:
            return self.say("direct", by=by)
        of = self.math(entry_latex(term.local.of, self.symbols))
        if not term.over:
            return self.say("through", by=by, of=of, label=refs[0])
        letters = self.math(*(index_latex(index) for index in term.over))
        return self.say("every", by=by, of=of, label=refs[0], letters=letters)

    def adjoint(self, equation: Equation, terms: tuple[Term, ...]) -> Formula:
        """δ = ∂EQ/∂X = the chain rule = its value."""
        name = equation.target.name
        assert isinstance(name, Adjoint)
        by = Entry(name.by, equation.target.indices)
        left = ratio_latex(Entry(name.of), by, self.symbols)
        if self.model.notation.adjoint(name):
            left = f"{entry_latex(equation.target, self.symbols)} = {left}"
        value = expression_latex(equation.value, self.symbols)
        rule = self.chain_rule(terms)
        return Formula(equation.id, left, (value,) if rule is None else (rule, value))

    def chain_rule(self, terms: tuple[Term, ...]) -> str | None:
        """Σ ∂EQ/∂T · ∂T/∂X, or None where the error itself holds X and nothing else does."""
        if len(terms) == 1 and terms[0].upstream is None:
            return None
        spelled = []
        for term in terms:
            ratios = [ratio_latex(term.local.of, term.local.by, self.symbols)]
            if term.upstream is not None:
                of = Entry(self.model.error)
                ratios.insert(0, ratio_latex(of, term.local.of, self.symbols))
            spelled.append(sum_sign(term.over, self.symbols) + r" \cdot ".join(ratios))
        return " + ".join(spelled)

    def partials(self) -> Section:
        sizes = dict(self.model.example)
        symbols = Symbols(self.model, sizes)
        shown = self.math(*(f"{name_latex(size)} = {number}" for size, number in sizes.items()))
        formulas = (partial_formula(p, symbols) for p in partials(self.derivation, sizes))
        return self.section("partials", self.say("partials", sizes=shown), Display(tuple(formulas)))

    def matrix(self) -> Section:
        return self.section("matrix", self.say("matrix"), self.steps(list(self.program.backward)))

    def update(self) -> Section:
        formulas = []
        for weight in self.model.weights:
            left = name_latex(weight.name)
            gradient = array_latex(Adjoint(self.model.error, weight.name), self.symbols)
            side = rf"{left} - t \, {gradient}"
            formulas.append(Formula(f"update-{weight.name}", left, (side,), r"\leftarrow"))
        return self.section("update", self.say("update"), Display(tuple(formulas)))


def partial_formula(partial: Partial, symbols: Symbols) -> Formula:
    """∂EQ/∂w_11 = its local derivatives = their values."""
    left = ratio_latex(Entry(symbols.model.error), partial.weight, symbols)
    values = values_latex(partial.chain, symbols)
    ratios = ratios_latex(partial.chain, symbols)
    return Formula(partial.id, left, (values,) if ratios == left else (ratios, values))

"""Derivation -> Document: a page as a tree of sections, sentences, formulas and figures.

What is said hangs on the structure of the derivation, never on a model's name. A
formula's id is its label, its file name and the comment on its line of code.
"""

import re
from functools import cached_property
from math import prod

from derive.arrays.lower import lower
from derive.arrays.program import MatMul, Step
from derive.derivation.derivation import ChainRule, Derivation, Equation, Given, Named, Term
from derive.derivation.naming import written
from derive.derivation.partials import partials
from derive.derivation.rewriting import Rewriting, Written
from derive.expressions.expression import (
    Adjoint,
    Entry,
    Name,
    Number,
    Sum,
    add,
    entries,
    fresh,
)
from derive.model.assumptions import SumsTo
from derive.model.model import Array
from derive.model.output import output_of
from derive.page.block_matrix import block_matrix
from derive.page.blocks import Block, Display, Document, Figure, Formula, Section, Sentence
from derive.page.concrete import array_entries, small_enough, value_entries
from derive.page.equations import has_arrays, has_matrices, is_matrix, letters, letters_of
from derive.page.function_formulas import (
    definitions,
    last_id,
    own_values,
    partial_formula,
    prime_id,
    step_id,
)
from derive.page.layout import COLUMN, NUMBER, fits, lay_out
from derive.page.network_figure import drawable
from derive.page.path_figure import first_partial, has_path
from derive.page.sentences import holds, term_of
from derive.page.words import Language
from derive.printing.latex import (
    array_latex,
    entry_latex,
    expression_latex,
    index_latex,
    name_latex,
    plus,
    ratio_latex,
    sum_sign,
)
from derive.printing.matrix_latex import ONES, has_matrix_form, matrix_latex
from derive.printing.symbols import Symbols

MOST_PARTIALS, MOST_EQUATIONS, MOST_ROWS = 24, 10, 4
"""Up to how many scalar weights, equations and rows of each the partials are written out."""


_APPLIED = r"(?<!\\Big[lr])(?<=[A-Za-z}])(?:\\Bigl)?\("
"""A bracket that follows a function at once."""


def document(derivation: Derivation, words: Language) -> Document:
    """The whole page of a derivation in a language."""
    page = _Page(derivation, words)
    sections = [page.method(), page.network(), page.forward(), page.error(), page.chain()]
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

    @cached_property
    def readable(self) -> bool:
        """Whether matrices written out for the example's sizes can be read."""
        weights = sum(
            prod(self.sizes[size] for size in array.shape) for array in self.model.weights
        )
        few = weights <= MOST_PARTIALS and len(self.model.equations) <= MOST_EQUATIONS
        return few and small_enough(self.sizes)

    @cached_property
    def known(self) -> dict[Name, Written]:
        """The adjoints in which so much cancels that a chain may start from them."""
        found = {each.equation.target.name: each for each in written(self.derivation)}
        return {
            name: each
            for name, each in found.items()
            if any(step.reason != "own value" for step in each.steps)
            and not any(isinstance(entry.name, Adjoint) for entry in entries(each.value))
        }

    @cached_property
    def spelled(self) -> tuple[Formula, ...]:
        """The partial derivatives as chains, where these can be read."""
        if not self.readable:
            return ()
        found = partials(self.derivation, self.sizes, {n: w.value for n, w in self.known.items()})
        formulas = tuple(partial_formula(partial, self.at_sizes) for partial in found)
        return formulas if all(len(lay_out([f])) <= MOST_ROWS for f in formulas) else ()

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
        arrays = model.role("input")
        shown_inputs = self.math(*(self.entry(array.entry) for array in arrays))
        several = len(arrays) > 1 or bool(arrays[0].indices)
        inputs = self.words.say("inputs" if several else "input", inputs=shown_inputs)
        computed = [self.entry(d.target) for d in model.equations if d.name != model.error]
        key = {0: "network_alone", 1: "network_one"}.get(len(computed), "network")
        parts = {"quantities": self.math(*computed)} if computed else {}
        blocks: list[Block] = [self.say(key, inputs=inputs, **parts)]
        blocks += [self.weight(array) for array in model.weights]
        if drawable(model):
            blocks.append(Figure("network", self.say("figure", sizes=self.example)))
        return self.section("network", *blocks)

    def weight(self, array: Array) -> Sentence:
        """Where a weight leads: from what it multiplies to what it enters, in every equation."""
        weights = {weight.name for weight in self.model.weights}
        ways, alone = [], []
        for definition in self.model.equations:
            if not holds(definition.value, array.name):
                continue
            to = self.entry(definition.target)
            held = entries(term_of(array.name, definition.value))
            sources = [self.entry(entry) for entry in held if entry.name not in weights]
            if sources:
                shown = self.math(*dict.fromkeys(sources))
                ways.append(self.words.say("way", sources=shown, to=f"${to}$"))
            else:
                alone.append(to)
        weight, number = self.math(self.entry(array.entry)), "" if array.indices else "_one"
        if not ways:
            return self.say(f"weight_alone{number}", weight=weight, to=self.math(*alone))
        return self.say(f"weight{number}", weight=weight, ways=self.words.enumerate(ways))

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
        for key, free in (("functions", False), ("free_functions", True)):
            formulas = definitions(model, free) + (own_values(model, free) if free else ())
            if formulas:
                blocks += [self.say(key), Display(formulas)]
        given = [step for step in self.program.forward if isinstance(step.equation.rule, Given)]
        steps = [step for step in given if step.equation.target.name != model.error]
        matrix = self.steps(steps)
        if matrix:
            conventions = self.conventions(matrix, "columns")
            said = self.say(self.some("forward_matrix", steps, matrix), conventions=conventions)
            blocks += [said, Display(matrix)]
        flat = [s for s in steps if is_matrix(s.equation.target) and has_arrays(s.equation)]
        # The number of a wide matrix may stand under it, but no matrix can be broken.
        spelled = map(self.written_out, flat)
        entries = [formula for formula in spelled if fits([formula], COLUMN + NUMBER)]
        if matrix and entries and self.readable:
            said = self.say("written_out", sizes=self.example)
            blocks += [said, Display(tuple(entries))]
        return self.section("forward", *blocks)

    def conventions(self, formulas: tuple[Formula, ...], *said: str) -> str:
        """What a reader has to know to read matrix equations."""
        text = " ".join(formula.whole for formula in formulas)
        signs = {
            r"[A-Za-z}]\(|\\Bigl\(": "entrywise",
            r"\\drvodot": "odot",
            re.escape(ONES): "ones",
        }
        needed = [key for sign, key in signs.items() if re.search(sign, text)]
        return self.words.enumerate([self.words.say(key) for key in (*said, *needed)])

    def some(self, key: str, steps: list[Step], matrix: tuple[Formula, ...]) -> str:
        """The key of a sentence before matrix equations: whether they are all there are."""
        whole = [step for step in steps if has_arrays(step.equation)]
        return key if len(matrix) == len(whole) else f"{key}_some"

    def error(self) -> Section:
        targets = [self.entry(array.entry) for array in self.model.role("target")]
        output = self.math(self.entry(output_of(self.model).entry))
        said = self.say("error", targets=self.math(*targets), output=output)
        blocks: list[Block] = [said if targets else self.say("error_alone")]
        blocks.append(Display((self.given(self.derivation.forward[-1]),)))
        named = [e for e in self.derivation.backward if isinstance(e.rule, Named)]
        if named:
            blocks += [self.say("named"), Display(tuple(map(self.given, named)))]
        return self.section("error", *blocks)

    def chain(self) -> Section:
        blocks: list[Block] = [self.say("chain")]
        formulas = own_values(self.model, free=False)
        if formulas:
            key = "own_values" if len(formulas) > 1 else "own_values_one"
            blocks += [self.say(key), Display(formulas)]
        for found in written(self.derivation):
            rule = found.equation.rule
            assert isinstance(rule, ChainRule)
            blocks.append(self.reason(rule.terms))
            blocks.append(Display((self.adjoint(found.equation, rule.terms),)))
            for step in found.steps:
                blocks += [self.why(step), Display((self.rewritten(found, step),))]
        if not self.spelled:
            blocks += self.path()
        return self.section("chain", *blocks)

    def why(self, step: Rewriting) -> Sentence:
        """Why an adjoint can be written otherwise."""
        match step.reason:
            case "own value":
                refs = [f"@{{{prime_id(name)}}}" for name in step.because]
                return self.say("own_value", refs=self.words.enumerate(refs))
            case "cancelled" if not step.because:
                return self.say("cancelled")
            case "cancelled" | "named":
                refs = [f"@{{{self.derivation.equation(name).id}}}" for name in step.because]
                shown = [self.entry(self.model.array(name).entry) for name in step.because]
                sentence = "named_and_cancelled" if step.reason == "cancelled" else "by_names"
                return self.say(sentence, names=self.math(*shown), refs=self.words.enumerate(refs))
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
        value = expression_latex(step.value, self.symbols)
        return Formula(
            step_id(found, step), self.entry(equation.target), (value,), letters=letters(equation)
        )

    def path(self) -> list[Block]:
        """The figure of the way back to the first scalar weight, where there is room."""
        if not has_path(self.derivation):
            return []
        weight = self.math(entry_latex(first_partial(self.derivation).weight, self.at_sizes))
        return [Figure("path", self.say("path", weight=weight))]

    def partials(self) -> Section:
        if not self.spelled:
            return self.section("partials")
        said = self.say("partials", sizes=self.example)
        if self.known:
            ids = [last_id(each) for each in self.known.values()]
            starts = [self.entry(each.equation.target) for each in self.known.values()]
            refs = self.words.enumerate([f"@{{{id_}}}" for id_ in ids])
            parts = {"sizes": self.example, "starts": self.math(*starts), "refs": refs}
            said = self.say("partials_from", **parts)
        return self.section("partials", said, Display(self.spelled), *self.path())

    def matrix(self) -> Section:
        blocks: list[Block] = []
        program = list(self.program.backward)
        steps = self.steps(program)
        if steps:
            conventions = self.conventions(steps)
            where = self.words.say("where", conventions=conventions) if conventions else ""
            blocks += [self.say(self.some("matrix", program, steps), where=where), Display(steps)]
        if self.readable:
            for step in program:
                blocks += self.block_form(step)
        return self.section("matrix", *blocks)

    def update(self) -> Section:
        formulas = tuple(map(self.updated, self.model.weights))
        return self.section("update", self.say("update"), Display(formulas))

    # --- formulas -----------------------------------------------------------------------------

    def given(self, equation: Equation) -> Formula:
        value = expression_latex(equation.value, self.symbols)
        return Formula(
            equation.id, self.entry(equation.target), (value,), letters=letters(equation)
        )

    def updated(self, weight: Array) -> Formula:
        """A step for a whole weight, or for its general entry where it is no matrix."""
        letters = () if is_matrix(weight.entry) else weight.indices
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
            if has_matrices(step.equation)
            and has_arrays(step.equation)
            and has_matrix_form(step.value)
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
        stacked, identity = (
            Formula(stated.id, stated.left, stated.sides, concrete=True) for stated in found
        )
        if not (fits([stacked]) and fits([identity])):
            return []
        weight, size = found[0].weight, found[1].size
        shown = self.math(self.entry(self.model.array(weight).entry))
        blocks: list[Block] = [self.say("block", sizes=self.example, weight=shown)]
        blocks.append(Display((stacked,)))
        blocks.append(self.say("block_identity", size=name_latex(size)))
        blocks.append(Display((identity,)))
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
        return Formula(equation.id, left, sides, letters=letters(equation))

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
                over = tuple(fresh(index, letters_of(term.local.by)) for index in own)
                of = Entry(of.name, over)
            error = Entry(self.model.error)
            links = ((error, of), (of, term.local.by))
            ratios = r" \cdot ".join(ratio_latex(*link, self.symbols) for link in links)
            spelled.append(sum_sign(over, self.symbols) + ratios)
        return plus(spelled)

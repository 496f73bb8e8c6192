"""Pages -> LaTeX: the pages, their figures, and every formula in a file of its own."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count, groupby

from derive.environment import banner, environment
from derive.errors import DeriveError
from derive.locate import templates
from derive.model.model import Model
from derive.page.blocks import Display, Figure, Formula, Page, Sentence, Summary
from derive.page.breaking import Place
from derive.page.column import Column
from derive.page.height import lines
from derive.page.layout import lay_out, sized
from derive.printing.macros import FIXED, LAYOUT, macros, plain

MOST_TOGETHER, FEWEST_APART = 15, 3
"""How many lines of a formula a page holds together, and how many of them stand on a page at least
where it does not.
"""


@dataclass(frozen=True)
class Set:
    """A block as it is set: text, the rows of a display in their size, text and a figure, or the
    groups of a summary, which are text and rows.
    """

    text: str = ""
    rows: tuple[str, ...] = ()
    size: str = ""
    figure: str = ""
    groups: "tuple[Set, ...]" = ()


def latex_files(model: Model, pages: Sequence[Page]) -> dict[str, str]:
    """Path -> text; derivation.tex is the page in the first language."""
    first, *_ = pages
    said = f"% {banner(model.name)}\n"
    files = {f"derivation.{page.language}.tex": _latex_page(page, model) for page in pages}
    files["derivation.tex"] = files[f"derivation.{first.language}.tex"]
    for figure in first.figures:
        files[f"{figure.name}.tex"] = f"{said}% Needs tikz.\n{_figure(figure, alone=True)}%\n"
    files |= _formulas(first)
    return files | _styles(model, " ".join(files.values()))


def _styles(model: Model, texts: str) -> dict[str, str]:
    """The style file, with the macros of a model's texts, and every notation for a page."""
    said, folder = banner(model.name), templates() / "latex"
    provided = (*dict.fromkeys((*macros(texts), *FIXED)), *LAYOUT)
    template = environment().get_template("latex/derived.sty.jinja")
    notations = {
        path.relative_to(folder).as_posix(): f"% {said}\n{path.read_text('utf-8')}"
        for path in sorted(folder.glob("notation/*.sty"))
    }
    return {"derived.sty": template.render(banner=said, macros=provided), **notations}


def _figure(figure: Figure[Sentence], alone: bool) -> str:
    """A figure in TikZ; alone in a file it provides the macros that it uses."""
    template = environment().get_template("latex/figure.tex.jinja")
    picture = figure.picture
    labels = [node.label for node in (*picture.nodes, *picture.titles)]
    used = macros(" ".join([*labels, *(edge.label for edge in picture.edges)]))
    said = figure.words.text
    return template.render(picture=picture, words=said, macros=used if alone else ()).rstrip()


def _formulas(page: Page) -> dict[str, str]:
    """A file for every formula, and the dictionary of all of them."""
    template = environment().get_template("latex/equation.tex.jinja")
    said = banner(page.model)
    names = _file_names(page)
    files = {
        f"equations/{names[each.id]}.tex": template.render(banner=said, body=plain(each.body))
        for each in page.formulas
    }
    dictionary = environment().get_template("latex/dictionary.tex.jinja")
    formulas = [(each, broken(each, page.column)) for each in page.formulas]
    used = macros(" ".join(formula.body for formula in page.formulas))
    files["derived.tex"] = dictionary.render(
        banner=said, model=page.model, formulas=formulas, macros=used
    )
    return files


def broken(formula: Formula, column: Column) -> tuple[str, ...]:
    """The rows of a formula that stands alone, without the sides between; none where it is one."""
    rows = lay_out([replace(formula, sides=formula.sides[-1:])], column.beside, Place.WITHIN)
    return tuple(f"{row.left} &{row.right}".strip() for row in rows) if len(rows) > 1 else ()


def _file_names(page: Page) -> dict[str, str]:
    """Id -> the name of its file: the id, and a number behind it where another id differs from it
    in case alone, for disks on which these would be one file.
    """
    ids = [formula.id for formula in page.formulas]
    folded = Counter(each.casefold() for each in ids)
    names: dict[str, str] = {}
    for each in ids:
        if each in names:
            raise DeriveError(f"two formulas have the id {each}", "rename one", page.model)
        names[each] = each
        if folded[each.casefold()] > 1:
            numbered = (f"{each}-{number}" for number in count(1))
            names[each] = next(name for name in numbered if name.casefold() not in folded)
            folded[names[each].casefold()] += 1
    return names


def _latex_page(page: Page, model: Model) -> str:
    sections = [
        (section.title, [_block(block, page) for block in section.blocks])
        for section in page.sections
    ]
    template = environment().get_template("latex/derivation.tex.jinja")
    return template.render(
        banner=banner(model.name),
        source=" ".join(model.source.split()),
        document=page,
        sections=sections,
        macros=(*macros(str(sections)), *LAYOUT),
    )


def label(page: Page, formula_id: str) -> str:
    """The label of a formula: model, language and id."""
    return f"eq:{page.model}:{page.language}:{formula_id}"


def _block(block: Sentence | Display | Figure[Sentence] | Summary[Sentence], page: Page) -> Set:
    match block:
        case Display():
            return _display(block, page)
        case Figure():
            return Set(text=_text(block.said, page), figure=_figure(block, alone=False))
        case Summary():
            return Set(groups=tuple(_short(said, shown, page) for said, shown in block.groups))
        case Sentence():
            return Set(text=_text(block, page))


def _text(sentence: Sentence, page: Page) -> str:
    """The sentence, its references to formulas those of LaTeX."""
    return re.sub(
        r"@\{([^}]*)\}", lambda found: rf"\eqref{{{label(page, found[1])}}}", sentence.text
    )


def _short(said: Sentence, display: Display, page: Page) -> Set:
    """The rows of formulas that stand elsewhere, each with the number that it has there."""
    size, laid = sized(display.formulas, page.column)
    found = []
    for row in laid:
        number = rf"\tag*{{\eqref{{{label(page, row.formula.id)}}}}}" if row.ends else ""
        found.append(f"{row.left} &{row.right} {number}".strip())
    return Set(_text(said, page), tuple(found), size)


def _display(display: Display, page: Page) -> Set:
    """The rows of an align; a page may break between two formulas, and within one that is high."""
    size, laid = sized(display.formulas, page.column)
    found = []
    for _, group in groupby(laid, key=lambda row: row.formula):
        rows = tuple(group)
        high = [lines(f"{row.left} {row.right}") for row in rows]
        for place, row in enumerate(rows, 1):
            mark = rf"\label{{{label(page, row.formula.id)}}}" if row.ends else r"\notag"
            tall = len(rows) > 1 or r"\frac" in row.left + row.right
            ending = ("[4pt]" if tall else "") if row.ends else "*" * _together(high, place)
            found.append(f"{row.left} &{row.right} {mark}".strip() + rf" \\{ending}")
    found[-1] = re.sub(r" \\\\(\[4pt\])?$", "", found[-1])
    return Set(rows=tuple(found), size=size)


def _together(high: Sequence[int], place: int) -> bool:
    """Whether a page may not break behind so many of the rows of a formula, by their lines; three
    rows of matrices stand apart by one.
    """
    apart = min(sum(high[:place]), sum(high[place:]))
    whole = sum(high) + sum(row > 2 for row in high) // 3
    return whole <= MOST_TOGETHER or apart < FEWEST_APART

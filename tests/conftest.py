"""What several tests share: models written in the test, and a module from a trainer's text."""

import re
import textwrap
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import derive
from derive import locate
from derive.code.check import check_trainer
from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch
from derive.page.blocks import Display, Document, Formula, Page
from derive.page.column import JOURNAL
from derive.page.document import document
from derive.page.speech import say
from derive.page.words import language
from derive.pipeline import Build, make, stages
from derive.target import TARGETS

ROOT = Path(__file__).resolve().parent.parent

DECLARATIONS = '''
title   = "A test"
source  = "tests"
weights = ["W[j,i]", "V[k,j]"]
inputs  = ["I[i]"]
targets = ["y[k]"]

equations = """
{equations}
"""

[sizes]
i = "n"
j = "m"
k = "K"
{letters}
[example]
n = 2
m = 2
K = 2

[functions]
f_h = "logistic"
f_o = "tanh"
'''

NETWORK = """H_in[j] = sum(i, W[j,i] * I[i])
H[j] = f_h(H_in[j])
O_in[k] = sum(l, V[k,l] * H[l])
O[k] = f_o(O_in[k])
EQ = sum(k, (O[k] - y[k])^2) / 2"""


UNIT = '''
title   = "A unit"
source  = "tests"
weights = ["w"]
inputs  = ["x"]
targets = ["y"]

equations = """
a = w * x
L = squared_error(a, y)
"""
'''
"""The smallest network, for tests to which any will do."""


LETTERS = {"l": "m", "q": "K"}
"""Further index letters, declared where the equations use them."""


def declarations(equations: str) -> str:
    """The text of a model file around some equations."""
    used = {letter for letter in LETTERS if re.search(rf"\b{letter}\b", equations)}
    letters = "".join(f'{letter} = "{LETTERS[letter]}"\n' for letter in sorted(used))
    return DECLARATIONS.format(equations=textwrap.dedent(equations).strip("\n"), letters=letters)


def write_model(folder: Path, equations: str = NETWORK, name: str = "example") -> Path:
    """A model file with the test declarations around some equations."""
    return write_text(folder, declarations(equations), name)


def write_text(folder: Path, text: str, name: str = "example") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def model_of(folder: Path, equations: str) -> derive.Model:
    return derive.load(write_model(folder, equations))


@cache
def made(model: derive.Model) -> Build:
    """What is built of a model, once for every test that looks at it; proven."""
    build = make(model)
    build.require()
    return build


def page_of(derivation: derive.Derivation, code: str = "en") -> Page:
    """The page of a derivation in a language."""
    return say(document(simplify(derivation)), language(code))


def document_of(model: derive.Model) -> Document:
    """What the page of a model tells, of one sample and of N, before it is said in a language."""
    one = simplify(differentiate(model))
    return document(one, JOURNAL, simplify(differentiate(batch(model)), one))


def with_formula(page: Document, formula: Formula) -> Document:
    """The page with that formula for the one of its id."""
    sections = []
    for section in page.sections:
        blocks = [
            Display(tuple(formula if f.id == formula.id else f for f in block.formulas))
            if isinstance(block, Display)
            else block
            for block in section.blocks
        ]
        sections.append(replace(section, blocks=tuple(blocks)))
    return replace(page, sections=tuple(sections))


@cache
def proven_trainer(model: derive.Model) -> ModuleType:
    """A model's trainer: its derivation proven, its code checked, its page left aside."""
    batched = simplify(differentiate(batch(model)))
    derive.prove(batched.derivation).require()
    text = trainer_text(model, batched)
    check_trainer(text, batched.derivation).require()
    return load(text, model.name)


@cache
def files_of(model: derive.Model) -> dict[str, str]:
    """What is written of a model, once for all tests, unproven: for what it looks like."""
    made = stages(model)
    return {path: text for target in TARGETS for path, text in target.write(made).items()}


def displays(page: Page) -> list[Display]:
    blocks = [block for section in page.sections for block in section.blocks]
    return [block for block in blocks if isinstance(block, Display)]


@pytest.fixture(scope="session")
def pelogia() -> derive.Model:
    return derive.load("pelogia2019")


@pytest.fixture(scope="session")
def derivation(pelogia: derive.Model) -> derive.Derivation:
    return derive.differentiate(pelogia)


@pytest.fixture(scope="session")
def batched(pelogia: derive.Model) -> derive.Derivation:
    return derive.differentiate(batch(pelogia))


@pytest.fixture(scope="session")
def trainer(pelogia: derive.Model) -> ModuleType:
    return load(files_of(pelogia)["trainer.py"], "trainer")


@pytest.fixture(scope="session")
def page(derivation: derive.Derivation) -> Page:
    """The page of pelogia2019 in English."""
    return page_of(derivation)


@pytest.fixture(scope="session")
def gallery() -> dict[str, Page]:
    """The page of every model that comes with derive."""
    return {name: page_of(derive.differentiate(derive.load(name))) for name in locate.shipped()}


@pytest.fixture(scope="session")
def files(pelogia: derive.Model) -> dict[str, str]:
    """What is written of pelogia2019."""
    return files_of(pelogia)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one environment come first: at the end of a run idle processes share out tests,
    and each of two would make one.
    """
    items.sort(key=lambda item: item.path.name != "test_install.py")

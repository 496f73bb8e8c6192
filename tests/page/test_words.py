"""A language is a file: what English says is said in every one, of the same quantities."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import derive
from derive import locate
from derive.errors import DeriveError
from derive.page import words as module
from derive.page.blocks import Document, Figure, Page, Sentence
from derive.page.check import check_pages
from derive.page.latex_page import latex_files
from derive.page.markdown_page import markdown_files, markdown_page
from derive.page.speech import say
from derive.page.words import FOLDER, WRITTEN, Conjunction, language, languages
from derive.reading.noted import noted
from derive.reading.preset import preset
from tests.conftest import document_of, page_of, write_text
from tests.page.test_matrices import MATRICES

TABLES = ("headings", "sentences", "audit")


# --- the files --------------------------------------------------------------------------------


def test_the_languages_are_the_files() -> None:
    assert languages() == ("en", "es", "pt")
    assert set(WRITTEN) <= set(languages())


@pytest.mark.parametrize("code", languages())
def test_a_language_says_what_english_says_in_words_of_its_own(code: str) -> None:
    found, english = language(code), language("en")
    for table in TABLES:
        said, wanted = getattr(found, table), getattr(english, table)
        assert list(said) == list(wanted)
        assert code == "en" or not [key for key in wanted if said[key] == wanted[key]]
    assert "elogia" not in FOLDER.joinpath(f"{code}.toml").read_text(encoding="utf-8")


THAT_IS = {"en": "that is", "es": "esto es", "pt": "isto é"}


@pytest.mark.parametrize("code", languages())
def test_no_formula_is_said_to_be_what_was_said_in_other_words(code: str) -> None:
    said = language(code).sentences.values()
    assert not [sentence for sentence in said if sentence.endswith(THAT_IS[code])]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("logistic_regression", "os vetores"), ("hmkcode", "os vetores e as matrizes")],
)
def test_vectors_alone_are_no_matrices(name: str, shown: str) -> None:
    page = page_of(derive.differentiate(derive.load(name)), "pt")
    said = [b.text for s in page.sections for b in s.blocks if isinstance(b, Sentence)]
    found = [re.fullmatch(r"Para .*, (os vetores.*) são", text) for text in said]
    assert [each[1] for each in found if each] == [shown]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of languages for this test, with the ones there are."""
    made = shutil.copytree(FOLDER, tmp_path / "languages")
    monkeypatch.setattr(module, "FOLDER", made)
    language.cache_clear()
    yield made
    language.cache_clear()


def test_a_language_is_there_as_soon_as_its_file_is(folder: Path) -> None:
    with pytest.raises(DeriveError, match="no sentences in language 'xx', only in en, es, pt"):
        language("xx")
    shutil.copy(folder / "es.toml", folder / "xx.toml")
    assert "xx" in languages()
    assert language("xx") == language("es").model_copy(update={"code": "xx"})


FAULTS: dict[str, tuple[str, str, str]] = {
    "a sentence left out": (r"(?m)^figure .*\n", "", r"\[sentences\] figure is missing"),
    "a heading left out": (r"(?m)^update .*\n", "", r"\[headings\] update is missing"),
    "a sentence of the audit left out": (r"(?m)^true .*\n", "", r"\[audit\] true is missing"),
    "a sentence too much": (r"\[audit\]", 'more = "a"\n[audit]', r"more is no key of the English"),
    "an empty sentence": (r"(?m)^functions .*", 'functions = ""', r"functions is empty"),
    "a place left out": (r"ta \{output\}", "ta la salida", r"error has the places \{targets\}"),
    "a place too much": (r"Aquí", "Aquí {by}", r"functions has the places \{by\}; .* none"),
    "a place renamed": (r"Para \{sizes\}, los v", "Para {tallas}, los v", r"arrays has the places \{tallas\}"),
    "a place with a form": (r"Para \{sizes\}, los v", "Para {sizes!r}, los v", r"the places \{sizes!r\}"),
    "a brace of LaTeX": (r"\{\{1\}\}", "{1", r"ones is no sentence"),
    "a formula left open": (r"\$\{size\}\$", "${size}", r"block_identity opens a formula"),
    "a number for a sentence": (r"(?m)^functions .*", "functions = 1", r"sentences\.functions: Inp"),
    "a table left out": (r"\[audit\](?s:.*)", "", r"audit: Field required"),
    "a table too much": (r"\[audit\]", "[verdicts]\n[audit]", r"verdicts: Extra inputs"),
    "a pattern that is none": (r"h\?i", "(", r"before: .* is no pattern"),
    "no TOML": (r"\[audit\]", "[audit", r"xx\.toml: "),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_language_is_named(name: str, folder: Path) -> None:
    pattern, put, said = FAULTS[name]
    text = (folder / "es.toml").read_text(encoding="utf-8")
    faulty, count = re.subn(pattern, put, text)
    assert count
    write_text(folder, faulty, "xx")
    with pytest.raises(DeriveError, match=said) as raised:
        language("xx")
    assert raised.value.place == "xx.toml"


def test_every_fault_of_a_language_is_named_at_once(folder: Path) -> None:
    text = (folder / "es.toml").read_text(encoding="utf-8")
    write_text(folder, re.sub(r"(?m)^(figure|title) .*\n", "", text), "xx")
    with pytest.raises(DeriveError, match=r"figure is missing\n\[audit\] title is missing"):
        language("xx")


# --- lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "last", ["$y$", "$y_k$", "$I_1$", r"$\hat{y}_k$", r"$\mathit{in}_j$", r"$\drvI_k$", "$Y = 0$",
             "hilos", "imágenes"],
)  # fmt: skip
def test_spanish_joins_with_e_before_the_sound_of_i(last: str) -> None:
    assert language("es").enumerate(["$a$", "$x$", last]) == f"$a$, $x$ e {last}"


@pytest.mark.parametrize(
    "last", ["$H$", "$x_i$", r"$\delta_y$", r"$\iota$", r"$\sqrt{y}$", "$(1, 2)$", "hielo", "(7)"]
)
def test_spanish_joins_with_y_before_any_other(last: str) -> None:
    assert language("es").enumerate(["$x$", last]) == f"$x$ y {last}"


def test_a_list_of_one_is_joined_by_nothing() -> None:
    assert [language(code).enumerate(["$y$"]) for code in languages()] == ["$y$"] * len(languages())
    assert language("en").enumerate(["$x$", "$y$"]) == "$x$ and $y$"
    assert Conjunction(word="ed").joining("e") == "ed"


# --- the pages --------------------------------------------------------------------------------

ALONE = "EQ = (w * x - y)^2"
ONE = "p = exp(w * x)\nEQ = (p - y)^2"
"""An error alone, and a network of numbers."""


UNFED = (
    'title = "A test"\nsource = "tests"\nweights = ["w"]\ninputs = []\ntargets = []\n'
    "equations = 'EQ = (w - 3)^2'\n",
    'title = "A test"\nsource = "tests"\nweights = ["u", "w"]\ninputs = []\ntargets = []\n'
    "equations = 'EQ = (u * w - 3)^2'\n",
)
"""Models that are given nothing but their weights."""


SUMMED = (
    'title = "A test"\nsource = "tests"\nweights = ["w[i]"]\ninputs = ["x[i]"]\ntargets = ["y"]\n'
    "equations = 'EQ = (sum(i, w[i] * x[i]) - y)^2'\n"
    '[sizes]\ni = "n"\n[example]\nn = 2\n'
)
"""An error alone, of arrays."""


REASONED = (
    "z = w * x\nEQ = softplus(z) - y * z",
    "z = w * x\nEQ = log((exp(z) + exp(-z)) / 2) - y",
    "z = w * x\nu = x^2 / (1 + z) + x^2 / (1 + z)^2\nEQ = u - y",
    "z = w * x\nv = z * x * (1 - x)\nu = v * (1 / x + 1 / (1 - x))\nEQ = (u - y)^2",
)
"""Errors whose derivatives a person writes otherwise, for one reason or another."""


def softmax(folder: Path, equations: str) -> derive.Model:
    text = (
        'title = "A test"\nsource = "tests"\nweights = ["W[k,i]"]\ninputs = ["x[i]"]\n'
        'targets = ["y[k]"]\nassumptions = ["sum(k, y[k]) = 1"]\nequations = """\n'
        f"z[k] = sum(i, W[k,i] * x[i])\np[k] = softmax(k, z[k])\n{equations}\n"
        '"""\n[sizes]\ni = "n"\nk = "C"\nl = "C"\n[example]\nn = 2\nC = 2\n'
        "[hyperparameters]\nbeta = 0.1\n"
    )
    return derive.load(write_text(folder, text))


UNDRAWN = (
    "\n".join(f"h{k} = tanh(w * {f'h{k - 1}' if k else 'x'} + {k})" for k in range(8))
    + "\nEQ = (h7 - y)^2",
    "antidisestablishmentarianism = tanh(w * x)\nEQ = (antidisestablishmentarianism - y)^2",
)
"""Networks of too many layers, and of too long a name."""


SQUARED = "h = x^2\nd = w * h - y\nEQ = d^2"
"""No weight stands at a line, and a quantity is computed from the target."""


LABELS = "q[k] = (1 - beta) * y[k] + beta * mean(l, y[l])\n"
ENTROPY = f"{LABELS}H = -sum(k, p[k] * log(p[k]))\nEQ = -H - sum(k, q[k] * z[k])"
SMOOTHED = f"{LABELS}EQ = cross_entropy(k, p[k], q[k])"
PENALISED = (
    f"{LABELS}EQ = (1 - beta) * cross_entropy(k, p[k], y[k]) - beta * mean(k, log(p[k]))"
    " + sum(k, q[k])"
)


def scalars(folder: Path, equations: str) -> derive.Model:
    text = (
        'title = "A test"\nsource = "tests"\nweights = ["w"]\ninputs = ["x"]\ntargets = ["y"]\n'
        f'equations = """\n{equations}\n"""\n'
    )
    return derive.load(write_text(folder, text))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[derive.Model, Document]]:
    """Every shipped model, and small ones of which something else is said, with its document."""
    folder = tmp_path_factory.mktemp("models")
    models = [derive.load(name) for name in locate.shipped()]
    models += [scalars(folder, ALONE), scalars(folder, ONE)]
    models += [derive.load(write_text(folder, text)) for text in (*UNFED, SUMMED, MATRICES)]
    models += [scalars(folder, equations) for equations in (*REASONED, *UNDRAWN, SQUARED)]
    models += [softmax(folder, equations) for equations in (ENTROPY, SMOOTHED, PENALISED)]
    models.append(noted(derive.dense([2, 2, 1], ["logistic", "identity"]), preset("d2l")))
    return [(model, document_of(model)) for model in models]


class Said(dict[str, str]):
    """Sentences that remember which of them were asked for."""

    def __init__(self, sentences: dict[str, str]) -> None:
        super().__init__(sentences)
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)


def test_every_sentence_of_a_language_is_said_of_some_model(
    told: list[tuple[derive.Model, Document]],
) -> None:
    headings, sentences = Said(language("es").headings), Said(language("es").sentences)
    words = language("es").model_copy(update={"headings": headings, "sentences": sentences})
    for _, each in told:
        say(each, words)
    assert headings.asked == headings.keys()
    assert sentences.asked == sentences.keys()


def texts(page: Page) -> list[str]:
    """What a page says in words, its formulas and references left out."""
    said = [section.title for section in page.sections]
    for section in page.sections:
        for block in section.blocks:
            if isinstance(block, Figure | Sentence):
                said.append(block.said.text if isinstance(block, Figure) else block.text)
            if isinstance(block, Figure):
                said.append(block.words.text.partition(":")[0])
    return [re.sub(r"\$[^$]*\$|@\{[^}]*\}", " ", text) for text in said]


def words_of(*said: str) -> set[str]:
    """The words of texts, their formulas and places left out."""
    bare = (re.sub(r"(?s)```.*?```|\$\$.*?\$\$|\$[^$]*\$|\{\w+\}", " ", text) for text in said)
    return {word for text in bare for word in re.findall(r"[^\W\d_]+", text)}


@pytest.mark.parametrize("code", languages())
def test_every_word_of_a_page_is_of_its_language(
    code: str, told: list[tuple[derive.Model, Document]]
) -> None:
    words = language(code)
    joining = (words.conjunction.word, *words.conjunction.before.values())
    known = words_of(*words.headings.values(), *words.sentences.values(), *joining)
    assert ("the" in known) == (code == "en")
    for model, each in told:
        said = words_of(markdown_page(say(each, words), model))
        assert len(said) > 30
        assert said <= known | words_of(model.title, model.source), model.name


@pytest.mark.parametrize("code", languages())
def test_the_pages_of_every_language_hold_the_formulas_that_are_proven(
    code: str, told: list[tuple[derive.Model, Document]]
) -> None:
    for model, each in told:
        pages = [say(each, language(code))]
        files = latex_files(model, pages) | markdown_files(model, pages)
        texts = {
            f"derivation.{code}.{kind}": files[f"derivation.{code}.{kind}"]
            for kind in ("tex", "md")
        }
        certificate = check_pages(texts, each, "the pages")
        assert len(certificate.checks) >= 2
        assert certificate, certificate.failures


@pytest.mark.parametrize("code", languages())
def test_every_sentence_begins_as_one_and_has_no_place_left(
    code: str, told: list[tuple[derive.Model, Document]]
) -> None:
    since = language(code).sentences["block_identity"].split()[0]
    for _, each in told:
        for text in texts(say(each, language(code))):
            assert text[0].isupper() or text.startswith(since), text
            assert not re.search(r"[{}$@\\]", text), text


@pytest.mark.parametrize("code", languages())
def test_no_place_of_a_sentence_is_filled_with_nothing(
    code: str, told: list[tuple[derive.Model, Document]]
) -> None:
    for _, each in told:
        for section in say(each, language(code)).sections:
            for block in section.blocks:
                if isinstance(block, Figure | Sentence):
                    text = block.said.text if isinstance(block, Figure) else block.text
                    assert not re.search(r"\s[,.:;]|\s\s", text), text


def test_the_notebook_speaks_the_language_where_none_is_chosen(
    derivation: derive.Derivation,
) -> None:
    assert derivation._repr_markdown_() == markdown_page(
        page_of(derivation, WRITTEN[0]), derivation.model
    )

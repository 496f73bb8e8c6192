"""Figures: what is drawn is what the equations say, and nothing covers anything."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from math import atan2, cos, dist, pi, sin
from pathlib import Path

import pytest

import derive
from derive import locate
from derive.expressions.contents import entries
from derive.expressions.expression import Entry
from derive.expressions.indices import substitute
from derive.page.blocks import Sentence
from derive.page.column import JOURNAL, Column
from derive.page.concrete import write_out
from derive.page.lines import label_box, set_width, text_box, title_box, unit_of
from derive.page.markdown_page import markdown_page
from derive.page.network_figure import network
from derive.page.path_figure import path
from derive.page.picture import PT, SIZES, Edge, Picture, Point
from derive.page.units import Network
from tests.conftest import ROOT, model_of, page_of, write_text

CORPUS, STRANGERS = ROOT / "tests" / "corpus", ROOT / "tests" / "strangers"


def model(name: str) -> derive.Model:
    """A shipped model, one of papers or one of strangers, its net inputs named."""
    paths = (folder / f"{name}.toml" for folder in (CORPUS, STRANGERS))
    return named(derive.load(next((str(path) for path in paths if path.exists()), name)))


def named(loaded: derive.Model) -> derive.Model:
    return derive.differentiate(loaded).model


DRAWN = (
    "pelogia2019", "residual", "layer_norm", "elman", "cs231n", "planar", "vae", "crf",
    "srivastava2015", "zaheer2017", "bengio2003", "perez2018", "maskattn", "mnih2016",
)  # fmt: skip


def drawn(name: str, column: Column = JOURNAL) -> Picture:
    picture = network(model(name), column)
    assert isinstance(picture, Picture), picture
    return picture


# --- lines are what the equations say ---------------------------------------------------------


@pytest.mark.parametrize("name", DRAWN)
def test_a_line_is_an_entry_in_an_equation_and_each_such_entry_a_line(name: str) -> None:
    of, sizes = model(name), dict(model(name).example)
    circles = {
        array.name: layer.shown.name for layer in Network(of).layers for array in layer.arrays
    }
    said = set()
    for definition in of.equations:
        if definition.name in circles:
            for place in places(of, definition.name):
                here = dict(zip(definition.target.letters, place, strict=True))
                value = write_out(substitute(definition.value, here), sizes)
                for entry in entries(value):
                    if entry.name in circles:
                        ends = (
                            (circles[str(entry.name)], entry.indices),
                            (circles[definition.name], place),
                        )
                        said.add(ends)
    lines = {(edge.start, edge.end) for edge in drawn(name).edges}
    nodes = {node.name for node in drawn(name).nodes}
    units = {(node_name(*start), node_name(*end)) for start, end in said if start != end}
    assert units
    assert lines == {ends for ends in units if set(ends) <= nodes}


def places(of: derive.Model, name: str) -> Iterator[tuple[int, ...]]:
    found: list[tuple[int, ...]] = [()]
    for size in of.array(name).shape:
        found = [(*each, k) for each in found for k in range(1, dict(of.example)[size] + 1)]
    yield from found


def node_name(name: str, place: tuple[object, ...]) -> str:
    return "-".join([name, *map(str, place)])


def test_a_skip_connection_is_a_dashed_line_around_the_units_between() -> None:
    skips = [edge for edge in drawn("residual").edges if edge.start[:1] + edge.end[:1] == "xr"]
    assert [(edge.start, edge.end) for edge in skips] == [("x-1", "r-1"), ("x-2", "r-2")]
    assert all(edge.dashed and edge.bend and not edge.label for edge in skips)


def test_a_weight_that_multiplies_a_difference_stands_at_no_line() -> None:
    picture = drawn("layer_norm")
    assert [edge.label for edge in picture.edges if edge.end.startswith("o-")] == [""] * 6
    assert {edge.label for edge in picture.edges if edge.label} == {
        "$W_{11}$",
        "$W_{12}$",
        "$W_{21}$",
        "$W_{22}$",
    }


def test_weights_between_the_same_units_share_a_line(tmp_path: Path) -> None:
    both = LAYER.replace("H[j] = tanh(", "H[j] = max(sum(i, W[j,i] * I[i]), 2 * ")
    picture = network(model_of(tmp_path, both), JOURNAL)
    assert isinstance(picture, Picture)
    ends = [(edge.start, edge.end) for edge in picture.edges]
    assert len(set(ends)) == len(ends) == 8


LAYER = """
    H[j] = tanh(sum(i, W[j,i] * I[i]))
    O[k] = sum(j, V[k,j] * H[j])
    EQ = sum(k, (O[k] - y[k])^2)"""


def test_a_unit_that_is_used_twice_has_two_lines(tmp_path: Path) -> None:
    twice = LAYER.replace("H[j] = tanh(", "H[j] = tanh(I[j] + ")
    square = model_of(tmp_path, twice.replace("I[j]", "sum(i, I[i])"))
    picture = network(square, JOURNAL)
    assert isinstance(picture, Picture)
    first = [edge for edge in picture.edges if (edge.start, edge.end) == ("I-1", "H-1")]
    assert [edge.dashed for edge in first] == [False, True]
    assert first[0].bend != first[1].bend


def test_an_input_of_a_later_step_stands_right_before_it() -> None:
    at = {node.name: node.x for node in drawn("elman").nodes}
    assert at["x1-1"] < at["x2-1"] == at["h1-1"] < at["x3-1"] == at["h2-1"] < at["h3-1"]


# --- nothing covers anything ------------------------------------------------------------------


def pictures(column: Column) -> Iterator[Picture]:
    for name in (*locate.shipped(), *DRAWN):
        of = derive.differentiate(derive.load(name)) if name in locate.shipped() else None
        found = network(of.model if of else model(name), column)
        if isinstance(found, Picture):
            yield found
        back = path(of, column) if of else None
        if back:
            yield back.picture


@pytest.mark.parametrize("width", [219.0, 252.0, 345.0])
def test_labels_cover_no_circle_no_line_and_no_label_and_the_column_holds_all(
    width: float,
) -> None:
    count = 0
    for picture in pictures(Column(width)):
        count += 1
        r = picture.unit / 2
        circles = [(node.x, node.y) for node in picture.nodes]
        boxes = [label_box(edge) for edge in picture.edges if edge.label]
        boxes += [title_box(title) for title in picture.titles]
        rectangles = [(b.x - b.across, b.y - b.up, b.x + b.across, b.y + b.up) for b in boxes]
        for a, b in combinations(rectangles, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        for left, low, right, high in rectangles:
            for x, y in circles:
                near = min(max(x, left), right), min(max(y, low), high)
                assert dist(near, (x, y)) >= r - 1e-9
        for edge in picture.edges:
            points = list(sampled(edge, picture))
            for x, y in circles:
                if (x, y) not in ends(edge, picture):
                    assert min(dist((x, y), point) for point in points) > r - 0.01
            for box, owner in zip(boxes, (e for e in picture.edges if e.label), strict=False):
                if owner is not edge:
                    assert not any(
                        abs(x - box.x) < box.across - 0.01 and abs(y - box.y) < box.up - 0.01
                        for x, y in points
                    )
        reach = [x for box in rectangles for x in (box[0], box[2])]
        reach += [x + side for x, _ in circles for side in (-r, r)]
        assert max(reach) - min(reach) <= width / PT
    assert count > 20


TYPESET = {
    r"$W_{2,10,32}$": (32.1, 31.4, 29.6),
    r"$\mathit{syn}_{0,11}$": (27.7, 26.7, 25.4),
    r"$\mathit{out}_{h,2}$": (24.1, 23.1, 22.1),
    r"$f_h'(H_{in,1})$": (37.9, 36.3, 34.6),
    r"$\frac{1-y}{1-a_2} - \frac{y}{a_2}$": (41.5, 40.5, 39.1),
}
"""Labels, and how wide TeX sets them in pt, in the order of SIZES."""


@pytest.mark.parametrize("label", TYPESET)
def test_small_letters_are_wider_for_their_height(label: str) -> None:
    """Where these are taken to shrink as the letters do, a label covers the rim of a circle."""
    for size, typeset in zip(SIZES, TYPESET[label], strict=True):
        box = text_box(label, (0, 0), size)
        unit, _ = unit_of([label]) or (0, 0)
        assert typeset / PT <= 2 * box.across <= 1.2 * typeset / PT
        assert unit > TYPESET[label][-1] / PT + 0.1


HIGH = {
    r"$W_{11}$": (7.1, 6.6, 5.8),
    r"$W^{(1)}_{1,64}$": (12.6, 12.6, 10.7),
    r"$w^2_{32,2}$": (10.5, 10.5, 9.1),
    r"$\frac{1-y}{1-a_2} - \frac{y}{a_2}$": (12.0, 11.9, 10.5),
}
"""Labels, and how high TeX sets them in pt, in the order of SIZES."""


@pytest.mark.parametrize("label", HIGH)
def test_a_label_is_as_high_as_what_stands_over_and_under_its_line(label: str) -> None:
    for size, typeset in zip(SIZES, HIGH[label], strict=True):
        assert typeset / PT <= 2 * text_box(label, (0, 0), size).up


def ends(edge: Edge, picture: Picture) -> tuple[Point, Point]:
    at = {node.name: (node.x, node.y) for node in picture.nodes}
    return at[edge.start], at[edge.end]


def sampled(edge: Edge, picture: Picture) -> Iterator[Point]:
    """Points of a line as the manual of TikZ says that it runs, for [bend left]."""
    (x1, y1), (x2, y2) = ends(edge, picture)
    ahead, bend, r = atan2(y2 - y1, x2 - x1), edge.bend * pi / 180, picture.unit / 2
    a = x1 + r * cos(ahead + bend), y1 + r * sin(ahead + bend)
    d = x2 - r * cos(ahead - bend), y2 - r * sin(ahead - bend)
    reach = 0.3915 * dist(a, d) if bend else 0.0
    b = a[0] + reach * cos(ahead + bend), a[1] + reach * sin(ahead + bend)
    c = d[0] - reach * cos(ahead - bend), d[1] - reach * sin(ahead - bend)
    for step in range(41):
        t = step / 40
        shares = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        x, y = (sum(s * p[k] for s, p in zip(shares, (a, b, c, d), strict=True)) for k in (0, 1))
        yield x, y


@pytest.mark.parametrize("sizes", [(2, 2), (2, 3), (3, 2), (3, 3), (2, 4), (1, 4), (1, 1)])
def test_every_weight_of_a_small_layer_has_its_label(
    sizes: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "example.toml").write_text("")
    text = resized(tmp_path, n=sizes[0], m=sizes[1])
    picture = network(derive.load(text), JOURNAL)
    assert isinstance(picture, Picture)
    labels = [edge.label for edge in picture.edges if edge.start.startswith("I-")]
    assert len(labels) == len(set(labels)) == sizes[0] * sizes[1]
    assert all(labels)


def resized(folder: Path, **sizes: int) -> Path:
    path = folder / "example.toml"
    model_of(folder, LAYER)
    text = path.read_text(encoding="utf-8")
    for symbol, number in sizes.items():
        text, count = re.subn(rf"(?m)^{symbol} = \d+", f"{symbol} = {number}", text)
        assert count == 1
    return write_text(folder, text)


def test_a_unit_grows_with_its_label() -> None:
    picture = drawn("zaheer2017")
    widest = max(set_width(node.label, picture.size) for node in picture.nodes)
    assert picture.size in SIZES
    assert widest < picture.unit


# --- what is not drawn is said ----------------------------------------------------------------


def chain(layers: int, letter: str = "h") -> str:
    """A network of so many layers of one width."""
    names = ["I", *(f"{letter}{k}" for k in range(1, layers + 1))]
    weights = ", ".join(f'"W{k}[j,l]"' for k in range(1, layers + 1))
    rows = [
        f"{b}[j] = tanh(sum(l, W{k}[j,l] * {a}[l]))" for k, (a, b) in enumerate(pairwise(names), 1)
    ]
    return (
        f'title = "A chain"\nsource = "tests"\nweights = [{weights}]\ninputs = ["I[l]"]\n'
        f'targets = ["y[j]"]\nequations = """\n' + "\n".join(rows)
        + f'\nE = squared_error(j, {names[-1]}[j], y[j])\n"""\n'
        '[sizes]\nj = "m"\nl = "m"\n[example]\nm = 2\n'
    )  # fmt: skip


@pytest.mark.parametrize("layers", [12, 40])
def test_a_deep_network_is_not_drawn(layers: int, tmp_path: Path) -> None:
    of = named(derive.load(write_text(tmp_path, chain(layers))))
    assert network(of, JOURNAL) == "deep"


@pytest.mark.parametrize("name", ["attention", "elman1990", "gilmer2017"])
def test_units_and_lines_that_could_not_be_told_apart_are_not_drawn(name: str) -> None:
    assert network(model(name), JOURNAL) == "crowded"


def test_the_page_says_why_a_network_is_not_drawn() -> None:
    page = page_of(derive.differentiate(derive.load("attention")))
    assert not page.figures
    blocks = [block for section in page.sections for block in section.blocks]
    said = [block.text for block in blocks if isinstance(block, Sentence)]
    assert any(text.startswith("The network is not drawn here, since more") for text in said)


def test_names_too_long_for_a_unit_are_not_drawn_over_it(tmp_path: Path) -> None:
    of = named(derive.load(write_text(tmp_path, chain(1, letter="antidisestablishmentarian"))))
    assert network(of, JOURNAL) == "wide"


def test_a_wider_column_holds_more_layers(tmp_path: Path) -> None:
    of = named(derive.load(write_text(tmp_path, chain(5))))
    assert network(of, Column(219.0)) == "deep"
    assert isinstance(network(of, Column(345.0)), Picture)


# --- in Markdown ------------------------------------------------------------------------------


def test_markdown_has_the_same_lines_as_a_flow_chart() -> None:
    derivation = derive.differentiate(derive.load("residual"))
    page = page_of(derivation)
    text = markdown_page(page, derivation.model)
    charts = re.findall(r"(?s)```mermaid\nflowchart LR\n(.*?)```", text)
    assert len(charts) == len(page.figures) == 2
    for chart, figure in zip(charts, page.figures, strict=True):
        said = dict(re.findall(r'(\w+)\(\("([^"]+)"\)\)', chart))
        assert [*said.values()] == [node.text for node in figure.picture.nodes]
        lines = re.findall(r'(\w+) (-->|-\.->)(?:\|"([^"]+)"\|)? (\w+)', chart)
        texts = {node.name: node.text for node in figure.picture.nodes}
        assert [(said[a], arrow == "-.->", text, said[b]) for a, arrow, text, b in lines] == [
            (texts[edge.start], edge.dashed, edge.text, texts[edge.end])
            for edge in figure.picture.edges
        ]
        assert figure.said.text in text
    assert 'n1 -->|"W_11"| n3' in charts[0]


# --- the way back -----------------------------------------------------------------------------


def test_a_path_whose_factors_have_no_room_is_not_drawn(tmp_path: Path) -> None:
    forward = [
        "H[j] = sum(i, W[j,i] * I[i])",
        "O[j] = (1 + H[j]) / (2 + H[j]^2) + H[j]^2 / (1 + H[j]^4)",
    ]
    wide = model_of(tmp_path, "\n".join([*forward, "EQ = sum(k, j, V[k,j] * O[j] * y[k])"]))
    assert path(derive.differentiate(wide), JOURNAL) is None
    assert path(derive.differentiate(derive.load("hmkcode")), JOURNAL) is not None


def test_every_factor_of_the_way_back_stands_at_its_line() -> None:
    found = path(derive.differentiate(derive.load("residual")), JOURNAL)
    assert found is not None
    assert found.quantities[0] == Entry("L")
    assert found.quantities[-1] == Entry("W", (1, 1)) == found.weight
    assert all(edge.label and edge.text for edge in found.picture.edges)
    assert len(found.picture.edges) == 2 + 4 + 2 + 2

"""Figures: what is drawn, and that nothing covers anything."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

import derive
from derive.page.column import JOURNAL
from derive.page.network_figure import network
from derive.page.path_figure import path
from derive.page.picture import Picture
from tests.conftest import model_of, write_model, write_text


def heights(picture: Picture) -> list[float]:
    """Where the labels of edges stand over the base, at their places along the lines."""
    places = {node.name: node for node in picture.nodes}
    found = []
    for edge in picture.edges:
        if edge.label:
            along = float(edge.style.removeprefix("pos="))
            start, end = places[edge.start].y, places[edge.end].y
            found.append(start + along * (end - start))
    return sorted(found)


@pytest.mark.parametrize("sizes", [(2, 2), (2, 3), (3, 2), (3, 3), (4, 2), (2, 4), (1, 4)])
def test_no_label_of_a_weight_covers_another(sizes: tuple[int, int], tmp_path: Path) -> None:
    text = write_model(tmp_path, LAYER).read_text()
    text = re.sub(r"(?m)^n = \d+", f"n = {sizes[0]}", text)
    model = derive.load(write_text(tmp_path, re.sub(r"(?m)^m = \d+", f"m = {sizes[1]}", text)))
    assert dict(model.example)["n"] == sizes[0]
    picture = network(model, JOURNAL)
    first = [edge for edge in picture.edges if edge.start.startswith("I-")]
    apart = [b - a for a, b in pairwise(heights(replace(picture, edges=tuple(first))))]
    assert apart
    assert all(gap > 0.2 for gap in apart), apart


LAYER = """
    H[j] = tanh(sum(i, W[j,i] * I[i]))
    O[k] = sum(j, V[k,j] * H[j])
    EQ = sum(k, (O[k] - y[k])^2)"""


def test_weights_between_the_same_units_share_a_line(tmp_path: Path) -> None:
    both = LAYER.replace("H[j] = tanh(", "H[j] = max(sum(i, W[j,i] * I[i]), 2 * ")
    picture = network(model_of(tmp_path, both), JOURNAL)
    ends = [(edge.start, edge.end) for edge in picture.edges]
    assert len(set(ends)) == len(ends) == 8


def test_a_layer_that_no_weight_joins_is_not_drawn() -> None:
    assert network(derive.load("layer_norm"), JOURNAL) is None
    assert network(derive.load("hmkcode"), JOURNAL) is not None


def test_a_path_whose_factors_are_wider_than_its_edges_is_not_drawn(tmp_path: Path) -> None:
    forward = ["H[j] = sum(i, W[j,i] * I[i])", "O[j] = tanh(H[j] * H[j] * H[j] + H[j] * H[j])"]
    wide = model_of(tmp_path, "\n".join([*forward, "EQ = sum(k, j, V[k,j] * O[j] * y[k])"]))
    assert path(derive.differentiate(wide), JOURNAL) is None
    assert path(derive.differentiate(derive.load("hmkcode")), JOURNAL) is not None

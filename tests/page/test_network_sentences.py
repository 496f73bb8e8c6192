"""What a page says of the network is true of this model."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import derive
from derive.derivation.simplify import simplify
from derive.model.output import computed, is_distance, output_of
from derive.page.column import JOURNAL
from derive.page.material import Material, material
from derive.page.network_sentences import computes, dropped, error_said, weight_stands
from derive.page.speech import spoken
from derive.page.words import language
from tests.conftest import ROOT, model_of


@cache
def found(name: str) -> Material:
    folders = (ROOT / "tests/corpus", ROOT / "tests/strangers")
    paths = (folder / f"{name}.toml" for folder in folders)
    loaded = derive.load(next((str(path) for path in paths if path.exists()), name))
    return material(simplify(derive.differentiate(loaded)), JOURNAL)


def said(m: Material) -> Iterator[str]:
    phrases = [*computes(m), *(weight_stands(m, each) for each in m.model.weights)]
    yield from (spoken(each, language("en")) for each in (*phrases, *dropped(m), error_said(m)))


SENTENCES = (
    ("layer_norm", "The weights $g_j$ enter $o_j$ together with $a_j$, $\\mu$ and $q$."),
    ("cs231n", "From the inputs $x_i$ the network computes $a_j$, $h_j$, $\\mathit{scores}_k$ and "
               "$p_k$, in this order."),
    ("cs231n", "From the weights $W_{1,ji}$ and $W_{2,kj}$ the network computes $R$."),
    ("cs231n", "The weights $W_{2,kj}$ lead from $h_j$ to $\\mathit{scores}_k$ and enter $R$ by "
               "themselves."),
    ("cs231n", "The error is computed from $y_k$, $p_k$ and $R$:"),
    ("digits", "The error measures how far $p_k$ is from $y_k$:"),
    ("pelogia2019", "The error measures how far $O_k$ is from $y_k$:"),
    ("pelogia2019", "Since $K = 1$, an index that can only be 1 is left out where it stands alone: "
                    "$O_1$ is written $O$."),
    ("ppo", "The error is computed from $r$ and $A$:"),
    ("dice", "From the inputs $x_{ci}$ and the targets $y_c$ the network computes $I$ and $U$, in "
             "this order."),
    ("mnih2016", "From the inputs $s_i$ the network computes $\\mathit{net}_{h,j}$, $h_j$, "
                 "$\\mathit{net}_{p,a}$, $p_a$, $V$ and $H$, in this order."),
    ("mf", "The weights $b_u$ enter $r_{ui}$ and $L$ by themselves."),
)  # fmt: skip


@pytest.mark.parametrize(("name", "sentence"), SENTENCES)
def test_a_sentence_is_true_of_its_network(name: str, sentence: str) -> None:
    assert sentence in list(said(found(name)))


@pytest.mark.parametrize(
    ("error", "far"),
    [
        ("sum(k, (O[k] - y[k])^2)", True),
        ("sum(k, abs(y[k] - O[k]))", True),
        ("sum(k, (O[k] - y[k])^2) + sum(j, i, W[j,i]^2)", False),
        ("sum(k, (O[k] - y[k])^2) + sum(j, H[j]^2)", False),
        ("sum(k, O[k] - y[k] * log(O[k]))", False),
        ("sum(k, max(1 - y[k] * O[k], 0))", False),
    ],
)
def test_an_error_says_how_far_apart_two_are_that_it_holds_alone(
    error: str, far: bool, tmp_path: Path
) -> None:
    network = "H[j] = tanh(sum(i, W[j,i] * I[i]))\nO[k] = exp(sum(j, V[k,j] * H[j]))"
    assert is_distance(model_of(tmp_path, f"{network}\nEQ = {error}")) == far


def test_a_penalty_is_no_part_of_what_the_network_computes() -> None:
    of = found("vae").model
    assert "KL" not in computed(of)
    assert computed(of)[-1] == output_of(of).name == "r"

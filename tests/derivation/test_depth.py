"""Depth: the derivation, its page and its code grow with the layers, not with their expansion."""

from pathlib import Path
from time import process_time

import pytest
from click.testing import CliRunner

import derive
from derive.arrays.lower import lower
from derive.commands.main import main
from derive.derivation.derivation import ChainRule
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.expressions.building import rebuild
from derive.expressions.contents import children, walk
from derive.expressions.expression import Apply
from derive.model.batch import batch
from derive.page.document import document
from derive.pipeline import make
from derive.proof.prove import prove
from tests.conftest import page_of


def dense_text(layers: int) -> str:
    """A tanh network of that many layers, with biases, every layer of a size of its own."""
    weights, equations, before = [], [], "x"
    for n in range(1, layers + 1):
        weights += [f'"W{n}[j{n},j{n - 1}]"', f'"b{n}[j{n}]"']
        total = f"sum(j{n - 1}, W{n}[j{n},j{n - 1}] * {before}[j{n - 1}])"
        equations.append(f"z{n}[j{n}] = {total} + b{n}[j{n}]")
        equations.append(f"a{n}[j{n}] = tanh(z{n}[j{n}])")
        before = f"a{n}"
    equations.append(f"EQ = sum(j{layers}, ({before}[j{layers}] - y[j{layers}])^2) / 2")
    indices = range(layers + 1)
    lines = [
        'title = "A deep network"',
        'source = "tests"',
        f"weights = [{', '.join(weights)}]",
        'inputs = ["x[j0]"]',
        f'targets = ["y[j{layers}]"]',
        "equations = '''\n" + "\n".join(equations) + "\n'''",
        "[sizes]",
        *(f'j{n} = "n{n}"' for n in indices),
        "[example]",
        *(f"n{n} = 2" for n in indices),
    ]
    return "\n".join(lines) + "\n"


def deep(folder: Path, layers: int) -> derive.Model:
    path = folder / f"deep{layers}.toml"
    path.write_text(dense_text(layers))
    return derive.load(path)


@pytest.mark.parametrize("layers", [1, 3, 4, 12])
def test_a_deep_network_is_proven_and_built(layers: int, tmp_path: Path) -> None:
    made = make(deep(tmp_path, layers))
    made.require()


def test_an_error_that_is_long_when_expanded_is_compared_modulo_a_prime(tmp_path: Path) -> None:
    shallow, higher = (deep(tmp_path, layers) for layers in (3, 6))
    claims = [[c.claim for c in prove(differentiate(model)).checks] for model in (shallow, higher)]
    assert any("sympy.diff of EQ expanded" in claim for claim in claims[0])
    assert not any("sympy.diff of EQ expanded" in claim for claim in claims[1])
    assert any("modulo 2^61 - 1" in claim for claim in claims[1])
    assert any("follows from sympy.diff" in claim for claim in claims[1])


def test_a_lost_prime_fifty_layers_down_is_caught(tmp_path: Path) -> None:
    from dataclasses import replace

    derivation = differentiate(deep(tmp_path, 50))

    def lose(node: object) -> object:
        parts = rebuild(node, [lose(part) for part in children(node)])  # type: ignore[arg-type]
        return Apply(parts.function, parts.argument) if isinstance(parts, Apply) else parts

    changed = tuple(
        replace(e, value=lose(e.value)) if e.id == "dEQ-dz2" else e for e in derivation.backward
    )
    certificate = prove(replace(derivation, backward=changed))
    failed = " ".join(check.claim for check in certificate.failures)
    assert "dEQ-dz2" in failed
    assert "∂EQ/∂W1" in failed
    assert "∂EQ/∂W3 " not in failed


@pytest.mark.parametrize("part", ["derivation", "page", "code"])
def test_it_grows_linearly(part: str, tmp_path: Path) -> None:
    sizes = []
    for layers in (8, 16, 32):
        derivation = differentiate(deep(tmp_path, layers))
        if part == "derivation":
            adjoints = [e for e in derivation.backward if isinstance(e.rule, ChainRule)]
            sizes.append(sum(len(list(walk(e.value))) for e in adjoints))
            assert max(len(list(walk(e.value))) for e in simplify(derivation).adjoints) < 20
        elif part == "page":
            page = page_of(derivation)
            sizes.append(sum(len(formula.whole) for formula in page.formulas))
        else:
            program = lower(simplify(differentiate(batch(derivation.model))))
            sizes.append(sum(len(repr(step)) for step in (*program.forward, *program.backward)))
    assert sizes[2] - sizes[1] < 2.2 * (sizes[1] - sizes[0])


@pytest.mark.parametrize("activation", ["tanh(x{0}[j])", "x{0}[j] / 2"])
def test_thirty_skip_connections_do_not_double_anything(activation: str, tmp_path: Path) -> None:
    equations = [f"x{n + 1}[j] = x{n}[j] + w[j] * {activation.format(n)}" for n in range(30)]
    lines = [
        'title = "Skip connections"', 'source = "tests"', 'weights = ["w[j]"]',
        'inputs = ["x0[j]"]', 'targets = ["y[j]"]', "equations = '''", *equations,
        "L = sum(j, (x30[j] - y[j])^2)", "'''", '[sizes]\nj = "n"\n[example]\nn = 2\n',
    ]  # fmt: skip
    (tmp_path / "skip.toml").write_text("\n".join(lines))
    make(derive.load(tmp_path / "skip.toml")).require()


def test_width_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "wide.toml"
    path.write_text(dense_text(3).replace(" = 2\n", " = 1000\n"))
    narrow, wide = deep(tmp_path, 3), derive.load(path)
    assert differentiate(narrow).backward == differentiate(wide).backward


def test_a_build_of_a_wide_network_costs_what_that_of_a_narrow_one_does() -> None:
    """Nothing is written out, run or counted at the example's sizes that nobody reads so."""
    spent, formulas = [], []
    for width in (8, 4096):
        model = derive.dense([width] * 4, activations=["tanh", "tanh", "softmax"], bias=True)
        began = process_time()
        build = make(model)
        build.require()
        spent.append(process_time() - began)
        formulas.append(document(simplify(differentiate(model))).formulas)
    assert formulas[0] == formulas[1]
    assert spent[1] < 3 * spent[0]


def test_a_chain_of_a_million_ways_starts_near_the_weight(tmp_path: Path) -> None:
    equations = [
        f"h{n}[j] = w[j] * tanh(x{n}[j])\nx{n + 1}[j] = x{n}[j] + h{n}[j]" for n in range(30)
    ]
    lines = [
        'title = "Skip connections"', 'source = "tests"', 'weights = ["w[j]"]',
        'inputs = ["x0[j]"]', 'targets = ["y[j]"]', "equations = '''", *equations,
        "L = sum(j, (x30[j] - y[j])^2)", "'''", "[sizes]", 'j = "m"', "[example]", "m = 1",
    ]  # fmt: skip
    (tmp_path / "skip.toml").write_text("\n".join(lines))
    shown = CliRunner().invoke(main, ["show", str(tmp_path / "skip.toml"), "w"])
    assert shown.exit_code == 0, shown.output
    chain = shown.output.split("\n\n")[1]
    assert chain.startswith("∂L/∂w = ∂L/∂h_0 · ∂h_0/∂w + ∂L/∂h_1 · ∂h_1/∂w + ")
    assert chain.count("∂L/∂h_") == 60


def test_a_sum_in_a_chain_of_a_chain_keeps_its_brackets(tmp_path: Path) -> None:
    (tmp_path / "skip.toml").write_text("\n".join([
        'title = "Two skips"', 'source = "tests"', 'weights = ["w"]', 'inputs = ["x"]',
        'targets = ["y"]', "equations = '''", "a = x + w * tanh(x)", "b = a + w * tanh(a)",
        "L = (b - y)^2", "'''",
    ]))  # fmt: skip
    shown = CliRunner().invoke(main, ["show", str(tmp_path / "skip.toml"), "w"]).output
    assert "(1 + tanh'(a) · w) · tanh(x)" in shown

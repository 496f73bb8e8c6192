"""A wrong derivation or a wrong trainer cannot pass: mutants of the mathematics."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import derive
from derive.code.check import check_trainer
from derive.derivation.derivation import ChainRule, Derivation, Equation, Term
from derive.expressions.building import add, multiply, power, rebuild
from derive.expressions.contents import children
from derive.expressions.expression import (
    MINUS_ONE,
    Adjoint,
    Apply,
    Entry,
    Expression,
    Index,
    Power,
    Size,
)
from derive.model.batch import batch
from derive.pipeline import make
from derive.proof.certificate import proof_sizes
from tests.conftest import files_of, model_of


def test_the_documents_derivation_is_proven(derivation: Derivation, batched: Derivation) -> None:
    for each in (derivation, batched):
        certificate = derive.prove(each)
        assert certificate
        certificate.require()


def test_every_weight_is_in_every_layer(derivation: Derivation) -> None:
    claims = [check.claim for check in derive.prove(derivation).checks]
    for weight in ("w11", "w12", "w21", "w22", "v11", "v21"):
        assert f"dEQ-d{weight} is sympy.diff of EQ expanded (n = 2, m = 2, K = 1)" in claims
    for weight in ("w31", "w32", "v12", "v22"):
        assert f"dEQ-d{weight} is sympy.diff of EQ expanded (n = 3, m = 2, K = 2)" in claims
    for weight in "WV":
        assert any(c.startswith(f"∂EQ/∂{weight} agrees with central") for c in claims)
    for step in ("dEQ-dO", "dEQ-dO-in", "dEQ-dH", "dEQ-dH-in", "dEQ-dW", "dEQ-dV"):
        assert any(c.startswith(f"{step} follows from sympy.diff") for c in claims)


def test_the_sizes_are_those_of_the_document_and_3_2_2(pelogia: derive.Model) -> None:
    assert proof_sizes(pelogia) == ({"n": 2, "m": 2, "K": 1}, {"n": 3, "m": 2, "K": 2})


def test_an_empty_certificate_proves_nothing() -> None:
    assert not derive.Certificate("nothing", "at all", ())


# --- mutants of the derivation ----------------------------------------------------------------

Change = Callable[[Expression], Expression]


def everywhere(node: Expression, change: Change) -> Expression:
    return change(rebuild(node, (everywhere(part, change) for part in children(node))))


def drop_prime(node: Expression) -> Expression:
    return Apply(node.function, node.argument, 0) if isinstance(node, Apply) else node


def transpose_v(node: Expression) -> Expression:
    if isinstance(node, Entry) and node.name == "V":
        return Entry("V", (node.indices[1], node.indices[0]))
    return node


def swap_index(node: Expression) -> Expression:
    """I[j] where I[i] stands."""
    if isinstance(node, Entry) and node.name == "I":
        return Entry("I", (*node.indices[:-1], Index("j", "m")))
    return node


def flip_sign(node: Expression) -> Expression:
    if isinstance(node, Entry) and node.name == "E":
        return multiply(MINUS_ONE, node)
    return node


def sum_for_mean(node: Expression) -> Expression:
    is_mean = isinstance(node, Power) and node.base == Size("N")
    return power(node.base, 0) if is_mean and isinstance(node, Power) else node


def mutate(derivation: Derivation, target: str, change: Change) -> Derivation:
    """The derivation with one backward equation changed, in its value and in its terms alike."""

    def mutated(equation: Equation) -> Equation:
        if equation.id != target or not isinstance(equation.rule, ChainRule):
            return equation
        terms = []
        for term in equation.rule.terms:
            value = everywhere(term.local.value, change)
            terms.append(replace(term, local=replace(term.local, value=value)))
        return rebuilt(equation, tuple(terms))

    changed = replace(derivation, backward=tuple(map(mutated, derivation.backward)))
    assert changed != derivation
    return changed


def rebuilt(equation: Equation, terms: tuple[Term, ...]) -> Equation:
    value = add(*(term.value for term in terms))
    return replace(equation, value=value, rule=ChainRule(terms))


# name -> (equation, change, a weight that a failed check must name, of one sample or of N)
MUTANTS: dict[str, tuple[str, Change, str, str]] = {
    "drop a prime": ("dEQ-dH-in", drop_prime, "w11", "one"),
    "drop the output's prime": ("dEQ-dO-in", drop_prime, "v11", "one"),
    "transpose a weight": ("dEQ-dH", transpose_v, "w", "one"),
    "swap an index": ("dEQ-dW", swap_index, "w12", "one"),
    "flip the sign of the error": ("dEQ-dO", flip_sign, "v11", "one"),
    "sum for mean": ("dEQ-dO", sum_for_mean, "w11", "many"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_of_the_derivation_is_caught(
    name: str, derivation: Derivation, batched: Derivation
) -> None:
    target, change, weight, samples = MUTANTS[name]
    mutant = mutate(derivation if samples == "one" else batched, target, change)
    certificate = derive.prove(mutant)
    assert not certificate
    failed = " ".join(f"{check.claim} {check.detail}" for check in certificate.failures)
    assert weight in failed
    with pytest.raises(derive.ProofError, match="not proven"):
        certificate.require()


def test_a_lost_term_of_a_sum_is_caught_in_every_layer(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
        A[j] = f_h(sum(i, W[j,i] * I[i]))
        B[j] = sum(i, W[j,i] * I[i]^2)
        EQ = sum(k, (sum(j, V[k,j] * A[j] * B[j]) - y[k])^2)""",
    )
    derivation = derive.differentiate(model)
    assert derive.prove(derivation)
    rule = derivation.gradient("W").rule
    assert isinstance(rule, ChainRule)
    lost = rebuilt(derivation.gradient("W"), rule.terms[:1])
    backward = tuple(lost if e.id == lost.id else e for e in derivation.backward)
    failed = {
        check.claim.split(" ")[1]
        for check in derive.prove(replace(derivation, backward=backward)).failures
    }
    assert failed == {"follows", "is", "agrees"}


def test_a_failure_shows_both_sides(derivation: Derivation) -> None:
    certificate = derive.prove(mutate(derivation, "dEQ-dH-in", drop_prime))
    (whole, *_) = [c for c in certificate.failures if "dEQ-dw11" in c.claim]
    assert re.search(
        r"∂EQ/∂W\[1,1\] came out as .*f_h\(.*, and it should be .*f_h'\(", whole.detail
    )
    (number, *_) = [c for c in certificate.failures if "central" in c.claim]
    assert "∂EQ/∂W[1,1] came out as" in number.detail
    assert "central difference is" in number.detail


def test_only_values_or_only_terms_wrong_is_caught_too(derivation: Derivation) -> None:
    for part in ("value", "terms"):
        wrong = mutate(derivation, "dEQ-dH-in", drop_prime)
        pairs = zip(derivation.backward, wrong.backward, strict=True)
        mixed = tuple(
            replace(right, value=bad.value) if part == "value" else replace(right, rule=bad.rule)
            for right, bad in pairs
        )
        assert not derive.prove(replace(derivation, backward=mixed))


# --- mutants of the trainer -------------------------------------------------------------------

TRAINER_MUTANTS = {
    "drop a prime": ("* f_h_prime(H_in)", "* f_h(H_in)"),
    "drop the output's prime": ("f_o_prime(O_in)", "f_o(O_in)"),
    "transpose the gradient": ("dEQ_dW = delta_h.T @ I", "dEQ_dW = delta_h.T @ I[:, ::-1]"),
    "transpose a weight": ("delta_o @ V)", "delta_o @ V[:, ::-1])"),
    "the other adjoint": ("dEQ_dV = delta_o.T @ H", "dEQ_dV = delta_o.T @ H_in"),
    "sum for mean": ("f_o_prime(O_in) / N", "f_o_prime(O_in)"),
    "sum for mean in the error": ("/ (2 * N)", "/ 2"),
    "lose a sample": ("delta_h.T @ I", "delta_h[1:].T @ I[1:]"),
    "flip the sign of the step": ("np.subtract(x, partial", "np.add(x, partial"),
    "a wrong derivative of f": ("return e / (1 + e) ** 2", "return e / (1 + e)"),
    "an exponential of the wrong sign": ("np.where(z.real < 0, z, -z)", "z"),
    "use the updated V": (
        "    return _moved(parameters, data, _step_size(t))",
        "    V = _moved(parameters, data, _step_size(t)).V\n"
        "    return _moved(parameters._replace(V=V), data, t)._replace(V=V)",
    ),
    "a syntax error": ("W, V = parameters", "W, V == = parameters"),
    "a wrong shape": ("dEQ_dW = delta_h.T @ I", "dEQ_dW = I.T @ delta_h"),
}


@pytest.fixture(scope="module")
def source(pelogia: derive.Model) -> str:
    return files_of(pelogia)["trainer.py"]


@pytest.mark.parametrize("name", TRAINER_MUTANTS)
def test_a_mutant_of_the_trainer_is_caught(name: str, source: str, batched: Derivation) -> None:
    old, new = TRAINER_MUTANTS[name]
    assert old in source
    certificate = check_trainer(source.replace(old, new), batched)
    assert not certificate
    assert all(check.detail for check in certificate.failures)


def test_the_trainer_itself_passes(source: str, batched: Derivation) -> None:
    certificate = check_trainer(source, batched)
    assert certificate, certificate.failures


def test_nothing_is_written_where_the_rendered_trainer_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pelogia: derive.Model
) -> None:
    from derive import pipeline
    from derive.target import TARGETS, Files, Stages

    def wrong(stages: Stages) -> Files:
        text = right.write(stages)["trainer.py"]
        return {"trainer.py": text.replace("f_h_prime(H_in)", "f_h(H_in)")}

    (right,) = (target for target in TARGETS if target.name == "the NumPy trainer")
    targets = [replace(t, write=wrong) if t is right else t for t in TARGETS]
    monkeypatch.setattr(pipeline, "TARGETS", targets)
    with pytest.raises(derive.ProofError, match=r"∂EQ/∂W|W\["):
        derive.build(pelogia, tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_adjoint_of_the_error_names_are_structured(derivation: Derivation) -> None:
    names = [equation.target.name for equation in derivation.backward[1:]]
    assert all(isinstance(name, Adjoint) for name in names)


def test_a_model_with_a_kink_is_proven_away_from_it(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
        H[j] = relu(sum(i, W[j,i] * I[i]))
        EQ = sum(k, (sum(j, V[k,j] * H[j]) - y[k])^2)""",
    )
    made = make(model)
    made.require()
    assert derive.prove(derive.differentiate(batch(model)))


def test_a_form_may_rest_on_a_number_inside_what_it_rests_on(tmp_path: Path) -> None:
    """∂EQ/∂P is 2, which ∂EQ/∂H holds, which ∂EQ/∂W writes out: the sparse autoencoder."""
    equations = """
    H[j] = logistic(sum(i, W[j,i] * I[i]))
    O[k] = sum(j, V[k,j] * H[j])
    P = sum(j, log(1 / H[j]) + log(1 / (1 - H[j])))
    EQ = sum(k, (O[k] - y[k])^2) + 2 * P
    """
    assert derive.prove(derive.differentiate(model_of(tmp_path, equations)))

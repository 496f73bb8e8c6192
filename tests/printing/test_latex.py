"""The printed formulas: what they say, how they are spelled and labelled."""

import re
from fractions import Fraction
from pathlib import Path

import derive
from derive.arrays.lower import lower
from derive.arrays.program import (
    Constant,
    Product,
    Raised,
    Ref,
    SizeOf,
    Sums,
    Total,
    Transpose,
)
from derive.derivation.simplify import simplify
from derive.expressions.building import add, multiply, power
from derive.expressions.expression import (
    ONE,
    ZERO,
    Add,
    Adjoint,
    Apply,
    Entry,
    Index,
    Number,
    Power,
    Size,
    Sum,
    Where,
)
from derive.model.batch import batch
from derive.printing.latex import expression_latex
from derive.printing.macros import plain
from derive.printing.matrix_latex import matrix_form
from derive.printing.names_latex import name_latex
from derive.printing.symbols import Symbols
from tests.conftest import files_of, model_of


def body(files: dict[str, str], formula: str) -> str:
    banner, text = files[f"equations/{formula}.tex"].splitlines()
    assert banner.startswith("% Generated from pelogia2019")
    return text


def test_the_six_partials_in_the_documents_symbols(files: dict[str, str]) -> None:
    def chain(*factors: str) -> str:
        return r" \cdot ".join(factors)

    E, prime = "E", "f'_o(O_{in})"
    for weight, rest in {
        "w11": ("v_{11}", "f'_h(H_{in,1})", "I_1"),
        "w12": ("v_{21}", "f'_h(H_{in,2})", "I_1"),
        "w21": ("v_{11}", "f'_h(H_{in,1})", "I_2"),
        "w22": ("v_{21}", "f'_h(H_{in,2})", "I_2"),
        "v11": ("H_1",),
        "v21": ("H_2",),
    }.items():
        symbol = f"{weight[0]}_{{{weight[1:]}}}"
        left = rf"\frac{{\partial EQ}}{{\partial {symbol}}}"
        assert body(files, f"dEQ-d{weight}") == f"{left} = {chain(E, prime, *rest)}"


def test_the_matrix_form(files: dict[str, str]) -> None:
    assert body(files, "matrix-dEQ-dO-in") == r"\delta_o = E \odot f'_o(O_{in})"
    assert body(files, "matrix-dEQ-dH-in") == r"\delta_h = (V^\top \delta_o) \odot f'_h(H_{in})"
    assert body(files, "matrix-dEQ-dW") == r"\frac{\partial EQ}{\partial W} = \delta_h I^\top"
    assert body(files, "matrix-dEQ-dV") == r"\frac{\partial EQ}{\partial V} = \delta_o H^\top"


def test_the_update(files: dict[str, str]) -> None:
    assert body(files, "update-W") == r"W \leftarrow W - t \, \frac{\partial EQ}{\partial W}"


def test_every_file_name_is_letters_digits_and_hyphens(files: dict[str, str]) -> None:
    assert len(files) > 20
    for path in files:
        assert re.fullmatch(
            r"equations/[A-Za-z0-9-]+\.tex|notation/[a-z]+\.sty|[a-z]+(\.(en|pt))?\.(tex|md|py|sty)",
            path,
        )


def test_the_fragment_stands_alone(files: dict[str, str]) -> None:
    text = files["derivation.tex"]
    for command in (r"\input", r"\include", r"\usepackage", r"\documentclass", r"\newcommand"):
        assert command not in text
    assert re.sub(r"%.*", "", text).isascii()
    assert text == files["derivation.en.tex"]
    labels = re.findall(r"\\label\{([^}]*)\}", text)
    equations = [path for path in files if path.startswith("equations/")]
    assert len(labels) == len(set(labels)) == len(equations)
    assert all(label.startswith("eq:pelogia2019:en:") for label in labels)
    assert set(re.findall(r"\\eqref\{([^}]*)\}", text)) <= set(labels)


def test_brackets_and_environments_balance(files: dict[str, str]) -> None:
    seen = dict.fromkeys(("{", "(", r"\begin", r"\Bigl"), 0)
    for path, text in files.items():
        # An audit shows the lost brackets of the text that it audits.
        if not path.endswith(".tex") or path.startswith("audit"):
            continue
        code = re.sub(r"%.*", "", text)
        code = re.sub(r"\\csname|\\ifcsname|\\endcsname|\\begingroup|\\endgroup", "", code)
        for left, right in (("{", "}"), ("(", ")"), (r"\begin", r"\end"), (r"\Bigl", r"\Bigr")):
            assert code.count(left) == code.count(right), (path, left)
            seen[left] += code.count(left)
        assert "\n\n" not in text or not path.startswith("equations/")
    assert all(seen.values()), seen


def test_no_double_subscripts_or_lost_brackets() -> None:
    model = derive.load("pelogia2019")
    symbols = Symbols(model)
    j, k, other = Index("j", "m"), Index("k", "K"), Index("k", "K", 1)
    h, v = Entry("H_in", (j,)), Entry("V", (k, j))
    total = Sum((k,), multiply(Entry("y", (k,)), v))
    assert expression_latex(multiply(total, h), symbols) == (
        r"\Bigl( \sum_{k=1}^{K} y_k v_{jk} \Bigr) \, H_{in,j}"
    )
    assert expression_latex(Sum((k,), add(Entry("y", (k,)), v)), symbols) == (
        r"\sum_{k=1}^{K} (y_k + v_{jk})"
    )
    assert expression_latex(power(add(h, Number(1)), 2), symbols) == "(H_{in,j} + 1)^2"
    assert expression_latex(power(h, 2), symbols) == "H_{in,j}^2"
    assert expression_latex(Entry("y", (other,)), symbols) == "y_{k'}"
    minus = multiply(Number(-1), Add((h, Number(1))))
    assert expression_latex(minus, symbols) == "-(H_{in,j} + 1)"
    assert expression_latex(multiply(power(total, -1), h), symbols) == (
        r"\frac{H_{in,j}}{\sum_{k=1}^{K} y_k v_{jk}}"
    )


def test_a_derivative_stands_beside_a_fraction_and_not_on_it() -> None:
    model = derive.load("layer_norm")
    (j,) = model.indices("a")
    by_mu = Entry(Adjoint("L", "mu"))
    text = expression_latex(multiply(by_mu, Entry("g", (j,)), power(Size("m"), -1)), Symbols(model))
    assert text == r"\frac{g_j}{m} \frac{\partial L}{\partial \mu}"


def test_a_sum_that_is_taken_away_has_brackets_in_matrix_form(tmp_path: Path) -> None:
    """Random models of the language found it lost: the page did not read back as its equation."""
    forward = ["H[j] = sum(i, W[j,i] * I[i])", "B[j] = tanh(H[j])", "D[j] = H[j] - (B[j] - H[j])"]
    model = model_of(tmp_path, "\n".join([*forward, "EQ = sum(k, j, V[k,j] * D[j] * y[k])"]))
    text = files_of(model)["equations/matrix-D.tex"].splitlines()[-1]
    assert text == "D = H - (B - H)"


def matrix_forms(model: derive.Model) -> dict[str, str]:
    program = lower(simplify(derive.differentiate(model)))
    steps = [*program.forward, *program.backward]
    found = {step.equation.id: matrix_form(step.value, Symbols(model)) for step in steps}
    return {name: plain(form.text) for name, form in found.items() if form is not None}


def test_brackets_stand_only_where_a_matrix_equation_needs_them() -> None:
    forms = matrix_forms(derive.load("attention"))
    assert forms["S"] == r"\mathit{scale} \, Q K^\top"
    assert forms["dL-dA"] == r"\frac{\partial L}{\partial o} V^\top"
    assert forms["dL-dW-V"] == r"\Bigl( \frac{\partial L}{\partial V} \Bigr)^\top X"
    forms = matrix_forms(derive.load("mazur2015"))
    assert forms["dE-total-dnet-h"].startswith(r"\Bigl( V^\top \frac{\partial E")


def test_scalars_and_inner_products_have_a_matrix_form() -> None:
    assert matrix_forms(derive.load("logistic_regression"))["z"] == r"w^\top x + b"
    assert matrix_forms(derive.load("mazur2015"))["net-h"] == r"W x + b_1 \mathbf{1}"
    norm = matrix_forms(derive.load("layer_norm"))
    assert norm["q"] == r"\frac{1}{\sqrt{\sigma}}"
    assert norm["o"] == r"q g \odot (a - \mu \mathbf{1}) + b"


def test_words_stand_apart_and_operators_bring_their_own_space(tmp_path: Path) -> None:
    symbols = Symbols(
        model_of(
            tmp_path,
            """
            A[j] = sum(i, W[j,i] * I[i])
            net[j] = tanh(A[j])
            O[k] = sum(j, V[k,j] * net[j])
            EQ = sum(k, (O[k] - y[k])^2)""",
        )
    )
    j, k = Index("j", "m"), Index("k", "K")
    word, a, total = Entry("net", (j,)), Entry("A", (j,)), Sum((k,), Entry("y", (k,)))
    assert expression_latex(multiply(a, word), symbols) == r"A_j \, \mathit{net}_j"
    assert expression_latex(multiply(word, a), symbols) == r"\mathit{net}_j \, A_j"
    product = expression_latex(multiply(total, Apply("tanh", a, 1)), symbols)
    assert plain(product) == r"\Bigl( \sum_{k=1}^{K} y_k \Bigr) \tanh'(A_j)"


def test_a_bracket_of_iverson_is_as_tall_as_its_sums() -> None:
    model = derive.load("pelogia2019")
    symbols = Symbols(model)
    k = Index("k", "K")
    o, total = Entry("O", (k,)), Sum((k,), Entry("y", (k,)))
    assert expression_latex(Where(o, Number(0), ONE, ZERO), symbols) == "[O_k > 0]"
    assert expression_latex(Where(total, Number(0), ZERO, ONE), symbols) == (
        r"\Bigl[ \sum_{k=1}^{K} y_k \le 0 \Bigr]"
    )


def test_between_nothing_and_a_choice_stands_a_bracket_times_the_choice() -> None:
    symbols = Symbols(derive.load("layer_norm"))
    mu, sigma = Entry("mu"), Entry("sigma")
    choice = Where(mu, ONE, sigma, mu)
    within = r"\cdot \begin{cases} \sigma & \mu > 1 \\ \mu & \mu \le 1 \end{cases}"
    for node, text in {
        Where(sigma, mu, choice, ZERO): rf"[\sigma > \mu] {within}",
        Where(sigma, mu, ZERO, choice): rf"[\sigma \le \mu] {within}",
        Where(sigma, mu, Where(mu, ONE, ZERO, ONE), ZERO): r"[\sigma > \mu] [\mu \le 1]",
        Where(sigma, mu, add(choice, mu), ZERO): (
            rf"[\sigma > \mu] \Bigl( {within[6:]} + \mu \Bigr)"
        ),
    }.items():
        assert expression_latex(node, symbols) == text
    simple = expression_latex(Where(sigma, mu, mu, ZERO), symbols)
    assert simple == r"\begin{cases} \mu & \sigma > \mu \\ 0 & \sigma \le \mu \end{cases}"
    extreme = expression_latex(Where(sigma, mu, Where(mu, ONE, mu, ONE), ZERO), symbols)
    assert extreme.startswith(r"\begin{cases} \max(\mu, 1) & ")


def test_names_are_set_as_a_paper_would(pelogia: derive.Model) -> None:
    named = {"H_in": "H_{in}", "delta_o": r"\delta_o", "W1": "W_1", "loss": r"\mathit{loss}"}
    assert {name: name_latex(name, pelogia) for name in named} == named


def test_the_batch_form_prints_too(pelogia: derive.Model) -> None:
    batched = derive.differentiate(batch(pelogia))
    symbols = Symbols(batched.model)
    printed = [expression_latex(equation.value, symbols) for equation in batched.equations]
    assert r"\frac{1}{N} \sum_{s=1}^{N}" in printed[4]


def test_the_base_of_a_power_is_in_brackets_unless_it_is_one_sign() -> None:
    """TeX refuses a second superscript, and a reader takes one beside a bar for the numerator's."""
    model = derive.load("layer_norm")
    symbols = Symbols(model)
    sigma, by_mu = Entry("sigma"), Entry(Adjoint("L", "mu"))
    for base, text in {
        power(sigma, 2): r"(\sigma^2)^3",
        power(sigma, -1): r"\Bigl( \frac{1}{\sigma} \Bigr)^3",
        Apply("exp", sigma): r"\exp(\sigma)^3",
        by_mu: r"\Bigl( \frac{\partial L}{\partial \mu} \Bigr)^3",
        Where(sigma, ONE, sigma, ZERO): (
            r"\Bigl( \begin{cases} \sigma & \sigma > 1 \\ 0 & \sigma \le 1 \end{cases} \Bigr)^3"
        ),
        Where(sigma, ONE, ONE, ZERO): r"[\sigma > 1]^3",
        multiply(Number(-1), sigma): r"(-\sigma)^3",
    }.items():
        assert expression_latex(Power(base, 3), symbols) == text


def test_what_is_raised_or_transposed_twice_has_brackets_in_matrix_form() -> None:
    model = derive.load("attention")
    scale, keys = Ref("scale", scalar=True), Ref("K")
    for node, text in {
        Raised(Raised(scale, 2), 3): r"(\mathit{scale}^2)^3",
        Transpose(Transpose(keys)): r"(K^\top)^\top",
        Transpose(Raised(keys, 2)): r"(K \odot K)^\top",
        Product((Constant(Fraction(-2)), keys)): "-2 K",
        Product((Constant(Fraction(-2)), keys), (SizeOf("m"),)): r"-\frac{2}{m} K",
        Raised(Constant(Fraction(1, 2)), 2): r"\Bigl( \frac{1}{2} \Bigr)^2",
        Total(Raised(keys, 2), (0, 1), all=True): r"\lVert K \rVert_F^2",
        Raised(Total(Raised(keys, 2), (0, 1), all=True), 2): r"(\lVert K \rVert_F^2)^2",
        Product((Total(Raised(keys, 2), (0, 1), all=True), keys)): r"\lVert K \rVert_F^2 K",
        Product((Constant(Fraction(-1)), Sums(((False, keys), (True, Ref("Q")))))): "-(K - Q)",
    }.items():
        form = matrix_form(node, Symbols(model))
        assert form is not None
        assert plain(form.text) == text

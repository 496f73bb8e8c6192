"""Every page compiles in article, IEEEtran, beamer and amsart without a warning or an overfull box."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import derive
from derive import locate
from derive.auditing.page import audit_files
from derive.page.latex_page import latex_files
from derive.page.words import WRITTEN
from tests.conftest import ROOT, files_of, model_of, page_of

CI = os.environ.get("CI") == "true"
GENERATED = ROOT / "generated"
PELOGIA = GENERATED / "pelogia2019"

CLASSES = {
    "article": r"\documentclass{article}",
    "ieee": r"\documentclass[conference]{IEEEtran}",
    "beamer": r"\documentclass{beamer}",
    "amsart": r"\documentclass{amsart}",
}
FRAME = r"\begin{frame}[allowframebreaks]" + "\n%s\n" + r"\end{frame}"


def typeset(
    folder: Path, body: str, document_class: str = CLASSES["article"], preamble: str = ""
) -> str:
    """As many runs of pdflatex as its references take; the log of the last."""
    if not shutil.which("pdflatex"):
        if CI:
            pytest.fail("pdflatex must be installed where CI runs")
        pytest.skip("pdflatex is not installed; CI compiles the pages")
    if "beamer" in document_class:
        body = FRAME % body
    page = (
        f"{document_class}\n\\usepackage[T1]{{fontenc}}\n\\usepackage{{lmodern}}\n"
        f"\\usepackage{{amsmath}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )
    (folder / "page.tex").write_text(page, encoding="utf-8")
    for _ in range(3):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout.decode("latin-1")[-2000:]
        log = (folder / "page.log").read_text(encoding="latin-1")
        if "Rerun" not in log and "undefined" not in log:
            break
    return log


def write(model: derive.Model, folder: Path) -> None:
    """The files of a model, unproven."""
    for name, text in files_of(model).items():
        path = folder / model.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def check_log(log: str) -> None:
    troubles = ("LaTeX Warning", "Overfull", "undefined", "multiply defined", "\n! ")
    for trouble in troubles:
        shown = [line for line in log.splitlines() if trouble.strip() in line]
        assert trouble not in log or all("Font" in line for line in shown), shown


@pytest.mark.parametrize("document_class", CLASSES)
@pytest.mark.parametrize("code", WRITTEN)
def test_a_page_and_its_audit_compile_in_every_class(
    document_class: str, code: str, tmp_path: Path
) -> None:
    parts = [rf"\input{{{PELOGIA / f'{part}.{code}'}}}" for part in ("derivation", "audit")]
    body = "\n".join(parts)
    check_log(typeset(tmp_path, body, CLASSES[document_class], r"\usepackage{tikz}"))


@pytest.fixture(scope="module")
def spanish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the Spanish pages of every shipped model, NAME.tex, and with audit.es.tex."""
    folder = tmp_path_factory.mktemp("spanish")
    for name in locate.shipped():
        derivation = derive.differentiate(derive.load(name))
        files = latex_files(derivation.model, [page_of(derivation, "es")])
        (folder / f"{name}.tex").write_text(files["derivation.tex"], encoding="utf-8")
    report = derive.audit(derive.load("pelogia2019"))
    for name, text in audit_files(report, ["es"]).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("document_class", CLASSES)
def test_the_spanish_pages_compile_in_every_class(
    document_class: str, spanish: Path, tmp_path: Path
) -> None:
    pages = [
        rf"\setcounter{{paragraph}}{{0}}\input{{{spanish / name}}}" for name in locate.shipped()
    ]
    if document_class == "beamer":  # which has no paragraphs, and slowly sets many frames
        pages = [rf"\input{{{spanish / 'pelogia2019'}}}"]
    check_log(typeset(tmp_path, "\n".join(pages), CLASSES[document_class], r"\usepackage{tikz}"))


@pytest.mark.parametrize("document_class", ["article", "ieee"])
def test_the_spanish_audit_compiles(document_class: str, spanish: Path, tmp_path: Path) -> None:
    body = rf"\input{{{spanish / 'audit.es'}}}"
    check_log(typeset(tmp_path, body, CLASSES[document_class]))


def test_the_spanish_pages_compile_beside_babel(spanish: Path, tmp_path: Path) -> None:
    """Which makes < and > characters that do something, and sets max as máx."""
    if shutil.which("kpsewhich") and not CI:
        found = subprocess.run(["kpsewhich", "spanish.ldf"], capture_output=True, check=False)
        if found.returncode:
            pytest.skip("babel has no Spanish here; CI compiles the pages beside it")
    names = ("pelogia2019", "cs231n", "audit.es")
    body = "\n".join(rf"\input{{{spanish / name}}}" for name in names)
    preamble = r"\usepackage[spanish]{babel}\usepackage{tikz}"
    check_log(typeset(tmp_path, body, preamble=preamble))


@pytest.mark.parametrize("name", ["pelogia2019", "hmkcode"])
def test_the_fragment_needs_amsmath_alone(name: str, tmp_path: Path) -> None:
    check_log(typeset(tmp_path, rf"\input{{{GENERATED / name / 'derivation'}}}"))


def test_both_languages_and_two_models_live_in_one_document(tmp_path: Path) -> None:
    pages = [PELOGIA / "derivation.en", PELOGIA / "derivation.pt", GENERATED / "hmkcode/derivation"]
    body = "\n".join(rf"\input{{{page}}}" for page in pages)
    check_log(typeset(tmp_path, body, preamble=r"\usepackage{tikz}"))


def test_the_figures_stand_alone_and_fit_a_column_and_shrink_for_less(tmp_path: Path) -> None:
    body = "\n\n".join(rf"\noindent\input{{{PELOGIA / name}}}" for name in ("network", "path"))
    body += "\n\n\\noindent\\begin{minipage}{150pt}\n" + body + "\n\\end{minipage}"
    check_log(typeset(tmp_path, body, CLASSES["ieee"], r"\usepackage{tikz}"))


@pytest.mark.parametrize("sizes", [(5, 7, 3), (1, 1, 1), (12, 3, 9)])
def test_the_figures_of_other_sizes_fit_a_column(
    sizes: tuple[int, int, int], tmp_path: Path
) -> None:
    text = (ROOT / "derive/models/pelogia2019.toml").read_text()
    for symbol, old, new in zip("nmK", (2, 2, 1), sizes, strict=True):
        text = text.replace(f"{symbol} = {old}\n", f"{symbol} = {new}\n")
    (tmp_path / "wide.toml").write_text(text)
    write(derive.load(tmp_path / "wide.toml"), tmp_path)
    network = (tmp_path / "wide" / "network.tex").read_text()
    assert (r"\vdots" in network) == (max(sizes) > 4)
    drawn = [name for name in ("network", "path") if (tmp_path / f"wide/{name}.tex").exists()]
    assert ("path" in drawn) == (sizes[2] <= 4)
    body = "\n\n".join(rf"\noindent\input{{wide/{name}}}" for name in drawn)
    check_log(typeset(tmp_path, body, CLASSES["ieee"], r"\usepackage{tikz}"))


def test_every_equation_file_compiles_in_any_display(tmp_path: Path) -> None:
    body = []
    for path in sorted((PELOGIA / "equations").glob("*.tex")):
        body.append(rf"\begin{{equation*}}\input{{{path.with_suffix('')}}}\end{{equation*}}")
        body.append(rf"Inline $\input{{{path.with_suffix('')}}}$.\par")
    assert len(body) > 60
    log = typeset(tmp_path, "\n".join(body), r"\documentclass[landscape]{article}")
    assert "\n! " not in log
    assert "undefined" not in log


def test_a_model_of_several_outputs_compiles(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
        H[j] = f_h(sum(i, W[j,i] * I[i]))
        p[k] = f_h(sum(j, V[k,j] * H[j])) / sum(q, f_h(sum(j, V[q,j] * H[j])))
        EQ = sum(k, (p[k] - y[k])^2) / 2""",
    )
    write(model, tmp_path)
    log = typeset(tmp_path, r"\input{example/derivation.pt}", preamble=r"\usepackage{tikz}")
    assert "\n! " not in log
    assert "LaTeX Warning" not in log


CHOICES = """
z[j] = sum(i, W[j,i] * I[i])
h[j] = where(z[j] > 1, z[j]^2, max(2 * z[j], abs(z[j] - 0.5)))
o[k] = sum(l, V[k,l] * h[l])
EQ = huber(k, o[k], y[k], 0.5) + hinge(k, o[k], y[k]) + sum(k, j, abs(V[k,j]))"""


def test_choices_are_not_broken_within_their_cases(tmp_path: Path) -> None:
    write(model_of(tmp_path, CHOICES), tmp_path)
    body = r"\input{example/derivation.en}" + "\n" + r"\input{example/derivation.pt}"
    check_log(typeset(tmp_path, body, CLASSES["ieee"], r"\usepackage{tikz}"))


# --- the style file ---------------------------------------------------------------------------


def test_the_style_file_fetches_by_id_and_restyles_in_one_place(tmp_path: Path) -> None:
    shutil.copytree(PELOGIA, tmp_path / "somewhere" / "else")
    shutil.copytree(GENERATED / "hmkcode", tmp_path / "hmkcode")
    preamble = "\n".join(
        [
            r"\usepackage{somewhere/else/derived}\usepackage{hmkcode/derived}",
            r"\derivedpath{hmkcode}\derivedpath{somewhere/else}",
            r"\renewcommand{\drvprime}[1]{\dot{#1}}\renewcommand{\drvodot}{\circ}",
            r"\renewcommand{\drvT}{\mathsf{T}}\renewcommand{\drvdelta}{\varepsilon}",
            r"\renewcommand{\drvE}{e}",
        ]
    )
    body = "\n".join(
        [
            r"\begin{equation}\derived{dEQ-dw11}\end{equation}",
            r"\begin{align}\derived{matrix-dEQ-dH-in}\\ \derived[hmkcode]{dError-dW}\end{align}",
            r"\begin{align}\derivedaligned{H-in}\\ \derivedaligned[hmkcode]{dError-dW}\end{align}",
            r"\parbox{252pt}{\begin{equation}\begin{split}\derivedbroken{whole-O}\end{split}",
            r"\end{equation}\begin{align}\derivedbroken{whole-O}\\ \derivedbroken{H-in}\end{align}}",
            r"\typeout{KEPT \meaning\drvT, \meaning\drvdelta}",
            r"\derivedpage{pt}",
            r"\typeout{STILL \meaning\drvT, \meaning\drvdelta}",
        ]
    )
    log = typeset(tmp_path, body, preamble=preamble)
    check_log(log)
    for moment in ("KEPT", "STILL"):
        assert rf"{moment} \long macro:->\mathsf {{T}}, \long macro:->\varepsilon" in log


def test_an_unknown_id_is_named(tmp_path: Path) -> None:
    shutil.copytree(PELOGIA, tmp_path / "pelogia2019")
    if not shutil.which("pdflatex"):
        pytest.skip("pdflatex is not installed")
    (tmp_path / "page.tex").write_text(
        r"\documentclass{article}\usepackage{pelogia2019/derived}\derivedpath{pelogia2019}"
        "\n\\begin{document}$\\derived{dEQ-dx}$\\end{document}"
    )
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "page.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert b"pelogia2019 has no formula dEQ-dx" in done.stdout


@pytest.mark.parametrize("name", locate.shipped())
def test_every_page_of_the_gallery_compiles(name: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "generated" / name, tmp_path / name)
    body = rf"\input{{{name}/derivation.en}}" + "\n" + rf"\input{{{name}/derivation.pt}}"
    log = typeset(tmp_path, body, preamble=r"\usepackage{tikz}")
    check_log(log)


@pytest.mark.parametrize("name", locate.shipped())
def test_every_page_of_the_gallery_fits_two_columns(name: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "generated" / name, tmp_path / name)
    body = rf"\input{{{name}/derivation.pt}}"
    check_log(typeset(tmp_path, body, CLASSES["ieee"], preamble=r"\usepackage{tikz}"))


NOTATIONS = sorted((ROOT / "templates/latex/notation").glob("*.sty"))
assert NOTATIONS


@pytest.mark.parametrize("path", NOTATIONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("name", ["pelogia2019", "attention", "cs231n"])
def test_a_page_fits_a_column_in_every_notation(path: Path, name: str, tmp_path: Path) -> None:
    shutil.copytree(GENERATED / name, tmp_path / name)
    load = rf"\usepackage{{{name}/notation/{path.stem}}}"
    body = rf"\input{{{name}/derivation}}"
    two = CLASSES["ieee"]
    check_log(typeset(tmp_path, body, two, load))
    bold = (tmp_path / "page.pdf").read_bytes()
    check_log(typeset(tmp_path, body, two))
    assert bold != (tmp_path / "page.pdf").read_bytes()


@pytest.mark.parametrize("name", ["conditionals", "many_subscripts", "wide_matrix"])
def test_what_is_higher_than_a_frame_is_set_in_several(name: str, tmp_path: Path) -> None:
    """And a figure is no higher than leaves room for what is said of it."""
    write(derive.load(Path(__file__).parent / f"hostile/{name}.toml"), tmp_path)
    body = rf"\input{{{name}/derivation.pt}}"
    check_log(typeset(tmp_path, body, CLASSES["beamer"], r"\usepackage{tikz}"))

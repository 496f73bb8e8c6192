"""The whole way: [Model -> Derivation -> Certificate -> files], and only then to disk."""

import gc
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children
from pathlib import Path
from threading import current_thread, main_thread

from derive.auditing.file import audit_file
from derive.auditing.judge import audit
from derive.auditing.page import audit_files
from derive.code.check import check_estimator, check_trainer, check_weights
from derive.code.texts import estimator_text, trainer_text, weights_text
from derive.derivation.derivation import Derivation, differentiate
from derive.disk import write_whole
from derive.environment import banner, environment
from derive.locate import templates
from derive.model.batch import batch, batch_weighted
from derive.model.model import Model
from derive.model.output import has_estimator
from derive.page.check import check_latex
from derive.page.document import document
from derive.page.files import figure_texts, formula_files
from derive.page.latex_page import latex_page
from derive.page.markdown_page import markdown_page
from derive.page.words import CODES, language
from derive.proof.certificate import Certificate
from derive.proof.prove import prove
from derive.reading.resolve import load


def render(model: Model, derivation: Derivation, batched: Derivation) -> dict[str, str]:
    """Every file of a model, path inside its folder -> text."""
    made = environment()
    said = banner(model.name)
    pages = [document(derivation, language(code)) for code in CODES]
    figures = figure_texts(derivation, pages[0], made)
    files: dict[str, str] = {}
    for page in pages:
        name = f"derivation.{page.language}"
        files[f"{name}.tex"] = latex_page(page, figures, model.source, said, made)
        files[f"{name}.md"] = f"<!-- {said} -->\n\n{markdown_page(page, derivation.model)}"
    files["derivation.tex"] = files["derivation.en.tex"]
    for name, figure in figures.items():
        files[f"{name}.tex"] = f"% {said}\n% Needs tikz.\n{figure}\n"
    files |= formula_files(pages[0], said, made)
    files["derived.sty"] = f"% {said}\n" + (templates() / "latex/derived.sty").read_text("utf-8")
    files["trainer.py"] = trainer_text(model, batched)
    files["weights.py"] = weights_text(model)
    return files


@dataclass(frozen=True)
class Build:
    """A model's files in memory, path inside its folder -> text, with their certificates."""

    model: Model
    derivation: Derivation
    files: dict[str, str]
    certificates: tuple[Certificate, ...]

    def require(self) -> None:
        """Raise ProofError unless every certificate holds."""
        for certificate in self.certificates:
            certificate.require()


def make(model: Model) -> Build:
    """Derive, prove and render a model, and check what was rendered. Writes nothing."""
    derivation = differentiate(model)  # Model -> Derivation, one sample
    batched = differentiate(batch(model))  # Model -> Derivation, N samples
    proofs = (prove(derivation), prove(batched))  # Derivation -> Certificate
    files = render(model, derivation, batched)  # Derivation -> path -> text
    if audit_file(model.name) is not None and model == load(model.name):
        files |= audit_files(audit(model))  # the published text, judged
    page = check_latex(document(derivation, language("en")), derivation)  # formulas, read back
    code = check_trainer(files["trainer.py"], batched)  # text -> Certificate
    kept = check_weights(files["weights.py"], files["trainer.py"], model)
    certificates: tuple[Certificate, ...] = (*proofs, page, code, kept)
    if has_estimator(model):
        weighted = differentiate(batch_weighted(model))  # Model -> Derivation, weighted samples
        files["estimator.py"] = estimator_text(model, weighted)
        fitted = check_estimator(files["estimator.py"], files["trainer.py"], weighted)
        certificates += (prove(weighted), fitted)
    return Build(model, derivation, files, certificates)


def make_all(names: Sequence[str | Path], jobs: int) -> list[Build]:
    """Load, make and prove models in up to `jobs` processes at once; builds in the models' order.

    Raises the error of the first model that has one.
    """
    processes = min(jobs, len(names))
    if processes <= 1:
        return [_proven(name) for name in names]
    with ProcessPoolExecutor(processes, initializer=_settle) as pool:
        try:
            with _whole():
                waiting = [pool.submit(_proven, name) for name in names]
            return [future.result() for future in waiting]
        except Exception:
            pool.shutdown(cancel_futures=True)
            raise
        except KeyboardInterrupt:  # nothing is cancelled: Python 3.11 trips over a cancelled future
            for process in active_children():
                process.terminate()
            raise


@contextmanager
def _whole() -> Iterator[None]:
    """Ctrl-C waits until this is done: a pool that is interrupted while it starts cannot end."""
    if current_thread() is not main_thread():  # which alone is interrupted
        yield
        return
    arrived: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: arrived.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if arrived:
        raise KeyboardInterrupt


def _proven(name: str | Path) -> Build:
    made = make(load(name))
    made.require()
    return made


def _settle() -> None:
    """In a process of `make_all`: Ctrl-C is for the first one; what was imported is no garbage."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "process_cpu_count"):  # from Python 3.13 on
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):  # where the system can tell
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def build(model: Model, out: str | Path) -> tuple[Path, ...]:
    """Write a model's files into the folder `out`/<model>/; the paths written.

    Raises ProofError, with nothing written, where anything is not proven.
    """
    made = make(model)
    made.require()
    return write(made, Path(out))


def write(made: Build, out: Path) -> tuple[Path, ...]:
    """Write every file whole."""
    folder = out / made.model.name
    return write_whole({folder / name: text.encode() for name, text in made.files.items()})


def compare(builds: list[Build], out: Path) -> list[str]:
    """How a folder differs from what the models make: missing, different and stale files."""
    wanted = {
        Path(made.model.name) / name: text for made in builds for name, text in made.files.items()
    }
    ignored = {"__pycache__"}
    found = {
        path.relative_to(out)
        for path in (out.rglob("*") if out.is_dir() else ())
        if path.is_file() and not ignored & set(path.parts)
    }
    differences = []
    for path in sorted(wanted.keys() | found):
        if path not in found:
            differences.append(f"{out / path} is missing")
        elif path not in wanted:
            differences.append(f"{out / path} is stale: no model makes it")
        elif (out / path).read_bytes() != wanted[path].encode():
            differences.append(f"{out / path} is not what the sources make")
    return differences

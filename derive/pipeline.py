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

from derive.auditing import judge
from derive.auditing.file import audit_file
from derive.auditing.verdicts import Report
from derive.derivation.derivation import Derivation
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.disk import require_own_folder, write_folder
from derive.errors import DeriveError, naming
from derive.evaluation.sides import with_sides
from derive.model.batch import batch, batch_weighted
from derive.model.model import Model
from derive.model.output import has_estimator
from derive.page.column import JOURNAL, Column
from derive.page.document import document
from derive.page.speech import say
from derive.page.words import WRITTEN, chosen
from derive.proof.batch import prove_batch
from derive.proof.certificate import Certificate
from derive.proof.prove import prove_simplified
from derive.reading.noted import noted
from derive.reading.preset import Preset
from derive.reading.resolve import load
from derive.target import ON_REQUEST, TARGETS, Stages


@dataclass(frozen=True)
class Edition:
    """How the pages of a model are written: in which languages, by their codes, at least one, the
    first being that of derivation.tex; for which column; and in which notation, if not its own.
    `targets` are those of ON_REQUEST that are written besides.
    """

    languages: tuple[str, ...] = WRITTEN
    column: Column = JOURNAL
    notation: Preset | None = None
    targets: tuple[str, ...] = ()


MADE = Edition()
"""What `make` writes."""


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


def stages(model: Model, edition: Edition = MADE) -> Stages:
    """Everything that is derived from a model before anything is written, each thing once.

    Raises DeriveError for a language that there is not, before anything is derived.
    """
    spoken = chosen(edition.languages)
    if edition.notation is not None:
        model = noted(model, edition.notation)
    sided = with_sides(model)
    one = simplify(differentiate(sided))
    batched = simplify(differentiate(batch(sided)), one)
    weighted = simplify(differentiate(batch_weighted(sided)), one) if has_estimator(model) else None
    told = document(one, edition.column, batched)
    pages = tuple(say(told, words) for words in spoken)
    report = judge.judge(one.derivation) if _is_published(model) else None
    return Stages(model, one, batched, weighted, told, pages, report)


def _is_published(model: Model) -> bool:
    """Whether it is the model of an audited text, and not another of its name."""
    return audit_file(model.name) is not None and model == load(model.name)


def audit(model: Model) -> Report:
    """Judge the published text of a model.

    Raises DeriveError where there is no audit of it, and ProofError where a correction does
    not hold.
    """
    if audit_file(model.name) is not None and not _is_published(model):
        problem = f"this is not the {model.name} that comes with derive, whose text is audited"
        raise DeriveError(problem, "name that one, or call yours something else", model.title)
    return judge.audit(model)


def make(model: Model, edition: Edition = MADE) -> Build:
    """Derive, prove and write a model in memory, and check what was written."""
    made = stages(model, edition)
    certificates = list(_proofs(made))
    files: dict[str, str] = {}
    for target in (*TARGETS, *(ON_REQUEST[name] for name in edition.targets)):
        files |= target.write(made)
        certificates += target.check(made, files)
    return Build(model, made.one.derivation, files, tuple(certificates))


def _proofs(made: Stages) -> Iterator[Certificate]:
    yield prove_simplified(made.one, "the derivation, one sample")
    one = made.one.derivation
    yield prove_batch(one, made.batched, "the derivation, N samples")
    if made.weighted is not None:
        yield prove_batch(one, made.weighted, "the derivation, N samples with weights")


def make_all(names: Sequence[str | Path], jobs: int, edition: Edition = MADE) -> list[Build]:
    """Load, make and prove models in up to `jobs` processes at once; builds in the models' order.

    Raises the error of the first model that has one.
    """
    processes = min(jobs, len(names))
    if processes <= 1:
        gc.freeze()  # what was imported is no garbage, here as in the processes below
        return [_proven(name, edition) for name in names]
    with ProcessPoolExecutor(processes, initializer=_settle) as pool:
        try:
            with _whole():
                waiting = [pool.submit(_proven, name, edition) for name in names]
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


def _proven(name: str | Path, edition: Edition) -> Build:
    with naming(str(name)):
        made = make(load(name), edition)
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


def build(model: Model, out: str | Path, edition: Edition = MADE) -> tuple[Path, ...]:
    """Write a model's files into the folder `out`/<model>/; the paths written.

    Raises ProofError, with nothing written, where anything is not proven.
    """
    require_place(Path(out), (model.name,))
    made = make(model, edition)
    made.require()
    return write(made, Path(out))


def require_place(out: Path, names: Sequence[str]) -> None:
    """Whether the files of models of these names may be written, before any is proven.

    Raises DeriveError.
    """
    for name in names:
        require_own_folder(out / name, ("equations/",))


def write(made: Build, out: Path) -> tuple[Path, ...]:
    """Write the files of a model, all of them at once."""
    files = {name: text.encode() for name, text in made.files.items()}
    return write_folder(out / made.model.name, files)


def compare(builds: list[Build], out: Path) -> list[str]:
    """How the models' folders differ from what they make: missing, different and stale files."""
    differences = []
    for made in builds:
        folder = out / made.model.name
        wanted = {folder / name: text for name, text in made.files.items()}
        found = set(_files(folder))
        for path in sorted(wanted.keys() | found):
            if path not in found:
                differences.append(f"{path} is missing")
            elif path not in wanted:
                differences.append(f"{path} is stale: no model makes it")
            elif path.read_bytes() != wanted[path].encode():
                differences.append(f"{path} is not what the sources make")
    return differences


def strays(builds: list[Build], out: Path) -> list[str]:
    """The files of a folder that lie in the folder of none of the models."""
    folders = {made.model.name for made in builds}
    others = [path for path in _files(out) if path.relative_to(out).parts[0] not in folders]
    return [f"{path} is stale: no model makes it" for path in sorted(others)]


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*") if folder.is_dir() else ():
        if path.is_file() and "__pycache__" not in path.parts:
            yield path

"""Targets: what is written from the stages of a model, and how what was written is checked.

To add one, write a function from `Stages` to texts and one that checks them, in a package of
its own (or a module of `code`), and add a row to TARGETS, or to ON_REQUEST where it is written
only for whom asks for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from derive.arrays.program import Step
from derive.auditing.judge import check_audit
from derive.auditing.page import audit_files
from derive.auditing.verdicts import Report
from derive.c.check import check_c
from derive.c.text import c_files, c_names
from derive.code.check import check_estimator, check_trainer, check_weights
from derive.code.reference import computed
from derive.code.texts import estimator_text, trainer_text, weights_text
from derive.code.ties import check_on_kinks
from derive.code.weighted import weighted_steps
from derive.derivation.simplify import Simplified
from derive.jax.check import check_jax
from derive.jax.text import jax_text
from derive.model.model import Model
from derive.onnx.check import check_onnx
from derive.onnx.text import onnx_text
from derive.page.blocks import Document, Page
from derive.page.check import check_batched, check_latex, check_pages
from derive.page.check_width import check_width
from derive.page.latex_page import latex_files
from derive.page.markdown_page import markdown_files
from derive.proof.certificate import Certificate
from derive.scale.check import check_partitions, check_processes
from derive.scale.text import partitions_text, processes_text
from derive.torch.check import check_torch
from derive.torch.text import torch_text
from derive.unrolled.check import check_jit, check_unrolled
from derive.unrolled.jit import jit_text
from derive.unrolled.text import unrolled_text


@dataclass(frozen=True)
class Stages:
    """What every target is written from, each made once: a model's derivations for one sample,
    for N samples, and for N samples with weights where an estimator fits it; its document, the
    document in every language chosen; and the audit of the text it comes from, if there is one.
    """

    model: Model
    one: Simplified
    batched: Simplified
    weighted: Simplified | None
    document: Document
    pages: tuple[Page, ...]
    report: Report | None

    @cached_property
    def weighted_steps(self) -> tuple[Step, ...]:
        """The steps of the estimator's gradient, if there is one."""
        return () if self.weighted is None else weighted_steps(self.weighted)


Files = dict[str, str]
"""Texts by their paths in the model's folder."""


@dataclass(frozen=True)
class Target:
    """What is written, and how it is checked.

    `write` gives the target's own files, none where it does not fit the model; `check` is given
    those of the targets before it as well. Nothing is written to disk unless all checks hold.
    """

    name: str
    write: Callable[[Stages], Files]
    check: Callable[[Stages, Files], tuple[Certificate, ...]]


# --- pages ------------------------------------------------------------------------------------


def _latex(stages: Stages) -> Files:
    return latex_files(stages.model, stages.pages)


def _check_latex(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    texts = {
        f"derivation.{p.language}.tex": files[f"derivation.{p.language}.tex"] for p in stages.pages
    }
    read = check_latex(stages.document, stages.one.derivation)
    of_batch = check_batched(stages.document, stages.batched.derivation)
    title = "the pages in LaTeX"
    whole = check_pages(texts, stages.document, title)
    return read, *of_batch, whole, check_width(stages.document, title)


def _markdown(stages: Stages) -> Files:
    return markdown_files(stages.model, stages.pages)


def _check_markdown(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    texts = {
        f"derivation.{p.language}.md": files[f"derivation.{p.language}.md"] for p in stages.pages
    }
    return (check_pages(texts, stages.document, "the pages in Markdown"),)


# --- code -------------------------------------------------------------------------------------


def _trainer(stages: Stages) -> Files:
    return {"trainer.py": trainer_text(stages.model, stages.batched, stages.weighted_steps)}


def _check_trainer(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    text, derivation = files["trainer.py"], stages.batched.derivation
    trainer = check_trainer(text, derivation, computed(stages.batched))
    return trainer, *check_on_kinks(text, derivation)


def _weights(stages: Stages) -> Files:
    return {"weights.py": weights_text(stages.model)}


def _check_weights(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    return (check_weights(files["weights.py"], files["trainer.py"], stages.model),)


def _estimator(stages: Stages) -> Files:
    if stages.weighted is None:
        return {}
    return {"estimator.py": estimator_text(stages.model, stages.weighted, stages.weighted_steps)}


def _check_estimator(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    if stages.weighted is None:
        return ()
    texts = files["estimator.py"], files["trainer.py"]
    return (check_estimator(*texts, stages.weighted.derivation, computed(stages.weighted)),)


# --- the audit --------------------------------------------------------------------------------


def _audit(stages: Stages) -> Files:
    if stages.report is None:
        return {}
    codes = [page.language for page in stages.pages]
    return audit_files(stages.report, codes, stages.document.column)


def _check_audit(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    return () if stages.report is None else (check_audit(stages.report),)


TARGETS = (
    Target("LaTeX", _latex, _check_latex),
    Target("Markdown", _markdown, _check_markdown),
    Target("the NumPy trainer", _trainer, _check_trainer),
    Target("the file of weights", _weights, _check_weights),
    Target("the estimator", _estimator, _check_estimator),
    Target("the audit", _audit, _check_audit),
)
"""In the order in which they are written; a check may use the files of those before."""

# --- on request -------------------------------------------------------------------------------


def _torch(stages: Stages) -> Files:
    return {"network.py": torch_text(stages.model, stages.batched)}


def _check_torch(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    batched = stages.batched
    return (check_torch(files["network.py"], batched.derivation, computed(batched)),)


def _unrolled(stages: Stages) -> Files:
    return {"unrolled.py": unrolled_text(stages.one)}


def _check_unrolled(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    return (check_unrolled(files["unrolled.py"], files["trainer.py"], stages.one),)


def _jit(stages: Stages) -> Files:
    return {"jit.py": jit_text(stages.one)}


def _check_jit(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    return (check_jit(files["jit.py"], files["trainer.py"], stages.one),)


def _c(stages: Stages) -> Files:
    return c_files(stages.one)


def _check_c(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    own = {name: files[name] for name in c_names(stages.model)}
    return (check_c(own, files["trainer.py"], stages.one),)


def _onnx(stages: Stages) -> Files:
    return {"onnx_export.py": onnx_text(stages.model, stages.batched)}


def _check_onnx(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    texts, batched = (files["onnx_export.py"], files["trainer.py"]), stages.batched
    return (check_onnx(*texts, batched.derivation, computed(batched)),)


def _jax(stages: Stages) -> Files:
    return {"functions.py": jax_text(stages.model, stages.batched)}


def _check_jax(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    batched = stages.batched
    return (check_jax(files["functions.py"], batched.derivation, computed(batched)),)


def _ddp(stages: Stages) -> Files:
    return {"processes.py": processes_text(stages.model, stages.batched.model)} | _torch(stages)


def _check_ddp(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    batched = stages.batched
    parts = check_processes(files, batched.derivation, computed(batched))
    return *_check_torch(stages, files), parts


def _dask(stages: Stages) -> Files:
    return {"partitions.py": partitions_text(stages.model, stages.batched.model)}


def _check_dask(stages: Stages, files: Files) -> tuple[Certificate, ...]:
    batched = stages.batched
    return (check_partitions(files, batched.derivation, computed(batched)),)


ON_REQUEST: dict[str, Target] = {
    "onnx": Target("the graph of ONNX", _onnx, _check_onnx),
    "jax": Target("the functions of JAX", _jax, _check_jax),
    "torch": Target("the module of PyTorch", _torch, _check_torch),
    "ddp": Target("training in several processes of PyTorch", _ddp, _check_ddp),
    "dask": Target("training on partitions of Dask", _dask, _check_dask),
    "unrolled": Target("the unrolled module", _unrolled, _check_unrolled),
    "jit": Target("the module for Numba", _jit, _check_jit),
    "c": Target("the network in C", _c, _check_c),
}
"""What `derive build --target NAME` writes besides, after those."""

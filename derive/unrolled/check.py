"""An unrolled module run, and held against the derivation."""

from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from derive.code.module import load
from derive.derivation.simplify import Simplified
from derive.model.model import Model
from derive.proof.certificate import Certificate, Check
from derive.scalar.check import Code, Flat, compared


def check_unrolled(source: str, trainer: str, one: Simplified) -> Certificate:
    """Hold an unrolled module's text against the derivation, and its trainer's text."""
    model = one.model
    checks: list[Check] = []
    try:
        beside = load(trainer, f"{model.name}/trainer.py")
        module: Any = load(source, f"{model.name}/unrolled.py")
        checks += compared(_code(module, model), beside, one)
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the module runs", False, f"{type(error).__name__}: {error}"))
    return Certificate("the unrolled module", model.name, tuple(checks))


def check_jit(source: str, trainer: str, one: Simplified) -> Certificate:
    """The same of a module for Numba; where Numba is not, nothing is run, and this says so."""
    name = one.model.name
    checks: list[Check] = []
    if find_spec("numba") is None:
        limit = "Numba is not installed here: nothing was run"
        return Certificate(
            JIT, name, (Check("the module is Python", _parses(source), limit=limit),)
        )
    try:
        beside = load(trainer, f"{name}/trainer.py")
        module: Any = load(source, f"{name}/jit.py")
        checks += compared(_code_with_rows(module, one.model), beside, one)
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the module runs", False, f"{type(error).__name__}: {error}"))
    return Certificate(JIT, name, tuple(checks))


JIT = "the module for Numba"


def _parses(source: str) -> bool:
    return bool(compile(source, "jit.py", "exec"))


def _code_with_rows(module: Any, model: Model) -> Code:
    """Its functions, called with flat lists; samples of `train` are rows."""
    code = _code(module, model)

    def train(parameters: Flat, samples: list[list[Flat]], t: float, passes: int) -> Flat:
        rows = [list(array) for array in zip(*samples, strict=True)]
        taken: Flat = module.train(parameters, *rows, t, passes if rows else passes * len(samples))
        return taken

    return replace(code, train=train)


def _code(module: Any, model: Model) -> Code:
    """Its functions, called with flat lists."""

    def given(sample: list[Flat]) -> list[Any]:
        arrays = zip(sample, model.data, strict=False)
        return [numbers if array.indices else numbers[0] for numbers, array in arrays]

    def forward(parameters: Flat, fed: list[Flat]) -> Flat:
        output: Any = module.forward(parameters, *given(fed))
        return (output,) if isinstance(output, float) else tuple(output)

    return Code(
        forward if hasattr(module, "forward") else None,
        lambda parameters, sample: module.error(parameters, *given(sample)),
        lambda parameters, sample: module.gradient(parameters, *given(sample)),
        lambda parameters, sample, t: module.update(parameters, *given(sample), t),
        lambda parameters, samples, t, passes: module.train(
            parameters, list(map(given, samples)), t, passes
        ),
    )

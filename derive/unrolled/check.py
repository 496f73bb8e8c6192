"""An unrolled module run, and held against the NumPy trainer."""

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


def _code(module: Any, model: Model) -> Code:
    """Its functions, called with flat lists."""

    def given(sample: list[Flat]) -> list[Any]:
        arrays = zip(sample, model.data, strict=False)
        return [numbers if array.indices else numbers[0] for numbers, array in arrays]

    def forward(parameters: Flat, fed: list[Flat]) -> Flat:
        output: Any = module.forward(parameters, *given(fed))
        return output if isinstance(output, tuple) else (output,)

    return Code(
        forward if hasattr(module, "forward") else None,
        lambda parameters, sample: module.error(parameters, *given(sample)),
        lambda parameters, sample: module.gradient(parameters, *given(sample)),
        lambda parameters, sample, t: module.update(parameters, *given(sample), t),
        lambda parameters, samples, t, passes: module.train(
            parameters, list(map(given, samples)), t, passes
        ),
    )

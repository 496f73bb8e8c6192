"""The texts of a network in C: a header and its source."""

from collections.abc import Iterator
from dataclasses import dataclass

from derive.c.module import c_network
from derive.c.names import prefix_of
from derive.c.record import CNetwork
from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.model.model import Model
from derive.scalar.lower import lower_to_scalars

WIDTH = 100


@dataclass(frozen=True)
class Routine:
    """A function that the header declares and the source defines."""

    words: str
    signature: str
    lines: tuple[str, ...]


def c_files(one: Simplified) -> dict[str, str]:
    """The header and the source of one sample's derivation, by their names."""
    record = c_network(lower_to_scalars(one))
    header, source = c_names(one.model)
    shown = {
        "banner": banner(one.model.name, "c"),
        "c": record,
        "routines": tuple(_routines(record)),
    }
    templates = environment()
    return {
        header: templates.get_template("c/network.h.jinja").render(shown),
        source: templates.get_template("c/network.c.jinja").render(shown),
    }


def c_names(model: Model) -> tuple[str, str]:
    """What the header and the source are called."""
    return f"{prefix_of(model)}.h", f"{prefix_of(model)}.c"


def _routines(c: CNetwork) -> Iterator[Routine]:
    own, real = f"{c.prefix}_parameters *", f"{c.prefix}_real"
    read, step = f"const {own}parameters", f"{real} {c.step}"
    if c.forward:
        yield Routine(
            f"The output {c.output_name} of one sample.",
            _signature("void", f"{c.prefix}_forward", (read, *c.fed, c.output)),
            c.forward,
        )
    yield Routine(
        f"The error {c.error} of one sample.",
        _signature(real, f"{c.prefix}_error", (read, *c.given)),
        (*c.error_lines, f"return {c.error_value};"),
    )
    yield Routine(
        f"The error {c.error} of one sample; its partial derivatives go into gradient.",
        _signature(real, f"{c.prefix}_gradient", (read, *c.given, f"{own}gradient")),
        (*c.gradient, f"return {c.error_value};"),
    )
    yield Routine(
        f"One step x - {c.step} grad {c.error}, every gradient at the old parameters.",
        _signature("void", f"{c.prefix}_update", (f"{own}parameters", *c.given, step)),
        c.update,
    )
    yield _train(c, own, step)


def _train(c: CNetwork, own: str, step: str) -> Routine:
    name, passes = f"{c.prefix}_train", "for (size_t pass = 0U; pass < passes; ++pass) {"
    if not c.data:
        update = f"{c.prefix}_update(parameters, {c.step});"
        signature = _signature("void", name, (f"{own}parameters", "size_t passes", step))
        return Routine("That many steps.", signature, (passes, f"    {update}", "}"))
    samples = f"const {c.prefix}_sample samples[]"
    return Routine(
        "A step for each of the samples, in their order, that many times over.",
        _signature(
            "void", name, (f"{own}parameters", samples, "size_t count", "size_t passes", step)
        ),
        (
            passes,
            "    for (size_t n = 0U; n < count; ++n) {",
            f"        {c.prefix}_update(parameters, {', '.join(c.passed)}, {c.step});",
            "    }",
            "}",
        ),
    )


def _signature(returns: str, name: str, takes: tuple[str, ...]) -> str:
    line = f"{returns} {name}({', '.join(takes)})"
    if len(line) <= WIDTH - 1:
        return line
    inside = ",\n    ".join(takes)
    return f"{returns} {name}(\n    {inside})"

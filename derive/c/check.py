"""A network in C compiled, called through ctypes, and held against the derivation."""

import ctypes
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from derive.c.names import prefix_of
from derive.code.module import load
from derive.derivation.simplify import Simplified
from derive.model.model import Array, Model
from derive.model.output import output_of
from derive.proof.certificate import Certificate, Check
from derive.scalar.check import Code, Flat, compared

COMPILERS = ("cc", "gcc", "clang")
"""The first of these that there is compiles."""


FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC")


TITLE = "the network in C"


def check_c(files: Mapping[str, str], trainer: str, one: Simplified) -> Certificate:
    """Compile in both precisions without a warning, and run in that of double.

    Where there is no compiler nothing is run, and the certificate says so.
    """
    model = one.model
    compiler = compiler_here()
    if compiler is None:
        limit = f"there is no C compiler here, none of {', '.join(COMPILERS)}: nothing was run"
        return Certificate(TITLE, model.name, (Check("the source compiles", True, limit=limit),))
    checks: list[Check] = []
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            for defined in (f"-D{prefix_of(model).upper()}_FLOAT", "-DNDEBUG"):
                path = compiled(files, Path(folder), (compiler, *FLAGS, defined))
            checks.append(Check("the source compiles without a warning, in float and double", True))
            beside = load(trainer, f"{model.name}/trainer.py")
            checks += compared(code_of(path, model), beside, one)
        except subprocess.CalledProcessError as error:
            checks.append(Check("the source compiles without a warning", False, error.stderr))
        except Exception as error:  # any fault of generated code is a failed check, with its words
            checks.append(Check("the code runs", False, f"{type(error).__name__}: {error}"))
    return Certificate(TITLE, model.name, tuple(checks))


def compiler_here() -> str | None:
    """The C compiler of this machine, if it has one."""
    return next(filter(None, map(shutil.which, COMPILERS)), None)


def compiled(files: Mapping[str, str], folder: Path, command: tuple[str, ...]) -> Path:
    """The library that a command makes of the files.

    Raises CalledProcessError with what the compiler says.
    """
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    sources = [str(folder / name) for name in files if name.endswith(".c")]
    library = folder / f"network{len(list(folder.iterdir()))}.so"
    whole = [*command, *sources, "-lm", "-o", str(library)]
    subprocess.run(whole, check=True, capture_output=True, text=True)
    return library


def code_of(path: Path, model: Model) -> Code:
    """The functions of a library, called with flat lists."""
    found = _Library(ctypes.CDLL(str(path)), model)
    has_forward = output_of(model).name != model.error
    return Code(
        found.forward if has_forward else None,
        found.error,
        found.gradient,
        found.update,
        found.train,
    )


@dataclass(frozen=True)
class _Library:
    """Functions of C with their arguments as ctypes has them."""

    library: Any
    model: Model

    def forward(self, parameters: Flat, fed: list[Flat]) -> Flat:
        out = (ctypes.c_double * self._count(output_of(self.model)))()
        inputs = self.model.role("input")
        self._function("forward", None)(_doubles(parameters), *self._passed(inputs, fed), out)
        return list(out)

    def error(self, parameters: Flat, sample: list[Flat]) -> float:
        function = self._function("error", ctypes.c_double)
        found: float = function(_doubles(parameters), *self._passed(self.model.data, sample))
        return found

    def gradient(self, parameters: Flat, sample: list[Flat]) -> tuple[float, Flat]:
        out = (ctypes.c_double * len(parameters))()
        given = self._passed(self.model.data, sample)
        function = self._function("gradient", ctypes.c_double)
        value: float = function(_doubles(parameters), *given, out)
        return value, list(out)

    def update(self, parameters: Flat, sample: list[Flat], t: float) -> Flat:
        held, given = _doubles(parameters), self._passed(self.model.data, sample)
        self._function("update", None)(held, *given, ctypes.c_double(t))
        return list(held)

    def train(self, parameters: Flat, samples: list[list[Flat]], t: float, passes: int) -> Flat:
        held, train = _doubles(parameters), self._function("train", None)
        size, step = ctypes.c_size_t, ctypes.c_double(t)
        if self.model.data:
            flat = _doubles([number for sample in samples for each in sample for number in each])
            train(held, flat, size(len(samples)), size(passes), step)
        else:
            train(held, size(passes * len(samples)), step)
        return list(held)

    def _function(self, name: str, returns: Any) -> Any:
        function = getattr(self.library, f"{prefix_of(self.model)}_{name}")
        function.restype = returns
        return function

    def _passed(self, arrays: tuple[Array, ...], given: list[Flat]) -> list[Any]:
        """An array as it is, a number by its value."""
        pairs = zip(arrays, given, strict=True)
        return [_doubles(x) if array.indices else ctypes.c_double(x[0]) for array, x in pairs]

    def _count(self, array: Array) -> int:
        count, sizes = 1, dict(self.model.example)
        for size in array.shape:
            count *= sizes[size]
        return count


def _doubles(numbers: Flat) -> Any:
    return (ctypes.c_double * len(numbers))(*numbers)

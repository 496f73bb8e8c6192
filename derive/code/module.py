"""A generated text -> the module that it is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


def load(source: str, name: str, **beside: ModuleType) -> ModuleType:
    """The module of a generated text; `beside` are the modules that lie in its package with it."""
    with _package(beside) as package:
        module = ModuleType(name)
        module.__package__ = package
        exec(compile(source, name, "exec"), module.__dict__)  # our own text, not yet on disk
    return module


@contextmanager
def _package(modules: dict[str, ModuleType]) -> Iterator[str]:
    """The name of a package that holds some modules while this lasts."""
    package = ModuleType(f"_derive_{id(modules)}")
    package.__path__ = []
    vars(package).update(modules)
    held = {f"{package.__name__}.{name}": module for name, module in modules.items()}
    held[package.__name__] = package
    sys.modules.update(held)
    try:
        yield package.__name__
    finally:
        for name in held:
            del sys.modules[name]

"""A generated text -> the module that it is."""

import builtins
from types import ModuleType, SimpleNamespace
from typing import Any


def load(source: str, name: str, **beside: ModuleType) -> ModuleType:
    """The module of a generated text; `beside` are the modules that it finds by their names."""

    def find(wanted: str, *rest: Any) -> Any:
        if not wanted:  # from . import trainer
            return SimpleNamespace(**beside)
        return beside[wanted] if wanted in beside else __import__(wanted, *rest)

    module = ModuleType(name)
    if beside:
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": find}
    exec(compile(source, name, "exec"), module.__dict__)  # our own text, not yet on disk
    return module

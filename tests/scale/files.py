"""What is written of a model for training at scale, unproven, and the checks of it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from derive.code.reference import computed
from derive.code.texts import trainer_text, weights_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import Simplified, simplify
from derive.evaluation.sides import with_sides
from derive.model.batch import batch
from derive.model.model import Model
from derive.proof.certificate import Certificate
from derive.scale.check import check_partitions, check_processes
from derive.scale.text import partitions_text, processes_text
from derive.torch.text import torch_text


@dataclass(frozen=True)
class Written:
    """The files of a model, and how they are checked."""

    batched: Simplified
    files: dict[str, str]

    def check(self, right: str = "", wrong: str = "") -> tuple[Certificate, ...]:
        """The certificates of those that are there, with something put for what they have."""
        files = {name: text.replace(right, wrong) for name, text in self.files.items()}
        of = self.batched.derivation, computed(self.batched)
        kinds = {"processes.py": check_processes, "partitions.py": check_partitions}
        return tuple(check(files, *of) for name, check in kinds.items() if name in files)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder


@cache
def for_torch(model: Model) -> Written:
    batched = simplify(differentiate(batch(with_sides(model))))
    files = {
        "network.py": torch_text(model, batched),
        "processes.py": processes_text(model, batched.model),
    }
    return Written(batched, files | _beside(model, batched))


@cache
def for_dask(model: Model) -> Written:
    batched = simplify(differentiate(batch(with_sides(model))))
    partitions = {"partitions.py": partitions_text(model, batched.model)}
    return Written(batched, partitions | _beside(model, batched))


def _beside(model: Model, batched: Simplified) -> dict[str, str]:
    return {"trainer.py": trainer_text(model, batched), "weights.py": weights_text(model)}

"""What a proof consists of: checks, and the certificate that holds them."""

from dataclasses import dataclass

from derive.errors import ProofError
from derive.evaluation.evaluate import Sizes
from derive.model.model import Model


@dataclass(frozen=True)
class Check:
    """One claim and whether it holds; a failed one shows both sides.

    `limit` is where what holds ends, if that was met.
    """

    claim: str
    holds: bool
    detail: str = ""
    limit: str = ""


@dataclass(frozen=True)
class Certificate:
    """What was checked of one thing. True where everything holds.

    `title` says what it is, "the NumPy trainer"; `subject` which, "pelogia2019/trainer.py".
    """

    title: str
    subject: str
    checks: tuple[Check, ...]

    def __bool__(self) -> bool:
        return bool(self.checks) and all(check.holds for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.holds)

    @property
    def limits(self) -> tuple[Check, ...]:
        """The checks that say where what they claim ends."""
        return tuple(check for check in self.checks if check.limit)

    def require(self) -> None:
        """Raise ProofError with every failure unless the certificate holds."""
        if not self:
            failed = "\n".join(f"  {check.claim}: {check.detail}" for check in self.failures)
            problem = f"{self.title} is not proven:\n{failed}"
            cure = "nothing is written; `derive check` shows every check"
            raise ProofError(problem, cure, self.subject)


def proof_sizes(model: Model) -> tuple[dict[str, int], dict[str, int]]:
    """The example's sizes, at most 2 each; and 3-2-2..., where the first layers differ."""
    small = {symbol: min(number, 2) for symbol, number in model.example}
    samples = model.sample.size
    first = next((symbol for symbol in model.size_symbols if symbol != samples), None)
    mixed = {symbol: 3 if symbol == first else 2 for symbol, _ in model.example}
    return small, mixed


def show_sizes(sizes: Sizes) -> str:
    """N = 2, m = 2, K = 1."""
    return ", ".join(f"{symbol} = {number}" for symbol, number in sizes.items())

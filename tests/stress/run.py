"""Trials in processes of their own, as many at once as there are processors."""

import gc
import resource
import sys
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic

from tests.stress.trial import Outcome, Trial, attempt

GRACE = 60
"""Seconds of processor time beyond the limit after which a process is ended: for the witness,
and for what the clock cannot stop."""


def run(trials: Sequence[Trial], jobs: int, limit: float) -> Iterator[Outcome]:
    """The outcome of each trial, as they end.

    Each has a process forked from this one, so that none profits from what another has cached,
    and one that dies or hangs in C takes no other with it.
    """
    context = get_context("fork")
    waiting, running = list(reversed(trials)), {}
    while waiting or running:
        while waiting and len(running) < jobs:
            trial = waiting.pop()
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_send, args=(trial, limit, theirs))
            process.start()
            theirs.close()
            running[ours] = trial, process
        for ours in wait(list(running)):
            trial, process = running.pop(ours)  # type: ignore[call-overload]
            yield _received(ours, trial)  # type: ignore[arg-type]
            process.join()
            ours.close()  # type: ignore[union-attr]


def _send(trial: Trial, limit: float, to: Connection) -> None:
    gc.freeze()  # as the processes of `make_all`
    most = int(limit) + GRACE
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    to.send(attempt(trial, limit))
    to.close()


def _received(connection: Connection, trial: Trial) -> Outcome:
    try:
        outcome = connection.recv()
    except EOFError:
        return Outcome(trial.name, "died", "its process ended without a word", 0)
    assert isinstance(outcome, Outcome)
    return outcome


def report(trials: Sequence[Trial], jobs: int, limit: float) -> list[Outcome]:
    """Run them with a line of progress, and print each failure with its model; the failures."""
    texts = {trial.name: trial.text for trial in trials}
    failures: list[Outcome] = []
    slowest, total, began, limits = 0.0, 0.0, monotonic(), 0
    for number, outcome in enumerate(run(trials, jobs, limit), 1):
        slowest, total = max(slowest, outcome.seconds), total + outcome.seconds
        if outcome.fault:
            failures.append(outcome)
            print(f"\n--- {outcome.name}: {outcome.fault}, after {outcome.seconds:.1f} s\n")
            print(f"{texts[outcome.name]}\n{outcome.words}\n", flush=True)
        if outcome.limit:
            limits += 1
            print(f"\n--- {outcome.name} keeps not all digits\n{outcome.limit}\n", flush=True)
        mean = total / number
        line = (
            f"{number}/{len(trials)} models, {len(failures)} failed, {limits} keep not all digits, "
        )
        line += f"{mean:.1f} s each, {slowest:.1f} s at most, {monotonic() - began:.0f} s so far"
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return failures

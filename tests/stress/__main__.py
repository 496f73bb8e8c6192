"""make stress: random models and the corpus through the whole build, in parallel processes."""

import argparse
import sys
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from derive.model.model import Model
from derive.pipeline import processors
from tests.corpus.networks import NETWORKS, error_of, path
from tests.corpus.networks import witness as of_the_work
from tests.stress.exact import Sizes, balls
from tests.stress.models import made
from tests.stress.reference import Reference_
from tests.stress.run import report
from tests.stress.trial import Trial
from tests.stress.witness import Error, draw, knowing
from tests.stress.writer import Made

MODELS = 2000
"""How many where nothing is asked for; then the whole corpus is built, too."""

LIMIT = 10.0
"""Seconds of processor time that the build of any model may take."""

SAMPLES = 2


def of_the_text(
    model: Made, seed: int, read: Model
) -> tuple[list[Any], list[Any], float, list[Any]]:
    """Weights and data of a random model, and the error and gradient that its text says."""
    weights, data = draw(read, model.sizes, SAMPLES, seed)
    with np.errstate(all="ignore"):  # the reference overflows where the trainer does not
        found, *right = knowing(
            lambda values: Reference_(model, values).error(), read, weights, data
        )
    return found, data, *right


def random_trial(seed: int) -> Trial:
    model = made(seed)

    def at(sizes: Sizes) -> Error:
        there = replace(model, sizes={**model.sizes, **sizes})
        return lambda values: Reference_(there, values, balls).error()

    return Trial(f"seed_{seed}", model.text, partial(of_the_text, model, seed), at)


def corpus_trial(name: str) -> Trial:
    text = path(name).read_text(encoding="utf-8")
    return Trial(name, text, of_the_work, lambda sizes: error_of(name))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make stress", description=__doc__)
    parser.add_argument("--models", type=int, help="how many random models")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first")
    parser.add_argument("--corpus", nargs="+", help="networks of tests/corpus by name, or all")
    parser.add_argument("--jobs", type=int, default=processors(), help="processes at once")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for each model")
    options = parser.parse_args()
    models, names = options.models, options.corpus
    if models is None and names is None:
        models, names = MODELS, ["all"]
    trials = [random_trial(options.seed + number) for number in range(models or 0)]
    trials += [corpus_trial(x) for x in (sorted(NETWORKS) if names == ["all"] else names or ())]
    failures = report(trials, options.jobs, options.limit)
    for outcome in failures:
        seed = outcome.name.partition("seed_")[2]
        how = f"make stress SEED={seed} N=1" if seed else f"make stress CORPUS={outcome.name}"
        print(f"{outcome.fault:12}{outcome.seconds:6.1f} s  {how}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

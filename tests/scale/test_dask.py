"""The NumPy gradient on partitions of Dask: on a cluster, beyond its memory, with workers killed."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import derive
from tests.scale.files import for_dask

da = pytest.importorskip("dask.array")
distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")

N, SIZES = 600, {"n": 5, "m": 4, "K": 3}
UNEVEN = (100, 0, 250, 1, 249)
MIB = 2**20


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    """Trainer and partitions of digits, imported as a user does: workers import them, too."""
    folder = for_dask(derive.load("digits")).write(tmp_path_factory.mktemp("cluster") / "on_dask")
    (folder / "__init__.py").touch()
    sys.path.insert(0, str(folder.parent))
    yield import_module("on_dask.trainer"), import_module("on_dask.partitions")
    sys.path.remove(str(folder.parent))


@pytest.fixture(scope="module")
def client(digits: object) -> Iterator[Any]:
    """Two workers of 300 MiB each, at home on this machine."""
    with (
        dask.config.set({"distributed.admin.log-format": "%(message)s"}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            memory_limit=300 * MIB,
            dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def samples() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.normal(size=(N, 5)), np.eye(3)[random.integers(3, size=N)]


def chunked(samples: tuple[np.ndarray, ...], rows: Any = UNEVEN) -> list[Any]:
    return [da.from_array(array, (rows, array.shape[1])) for array in samples]


def close(found: Any, wanted: Any) -> None:
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-14)


def test_the_gradient_of_partitions_is_that_of_all_samples(
    digits: tuple[Any, Any], client: Any, samples: Any
) -> None:
    trainer, partitions = digits
    parameters = trainer.initialise(**SIZES, seed=0)
    value, partials = partitions.gradient(parameters, chunked(samples))
    wanted, right = trainer.gradient(parameters, *samples)
    assert value == pytest.approx(wanted, rel=1e-13)
    close(partials, right)


@pytest.mark.parametrize("method", ["gradient", "adam"])
def test_training_on_partitions_is_train_on_of_batches(
    method: str, digits: tuple[Any, Any], client: Any, samples: Any
) -> None:
    trainer, partitions = digits
    start = trainer.initialise(**SIZES, seed=0)
    given = chunked(samples, 100)
    found, errors = partitions.train(start, given, 0.1, 3, partitions=2, method=method)
    batches = trainer.in_batches(200, *samples)
    right, wanted = trainer.train_on(start, batches, 0.1, 3, method=method)
    close(found, right)
    np.testing.assert_allclose(errors, wanted, rtol=1e-12)


def test_dataframes_are_taken_and_every_order_is_drawn_from_the_seed(
    digits: tuple[Any, Any], samples: Any
) -> None:
    frames: Any = pytest.importorskip("dask.dataframe")
    import pandas as pd

    trainer, partitions = digits
    x, y = (frames.from_pandas(pd.DataFrame(array), npartitions=4) for array in samples)
    start = trainer.initialise(**SIZES, seed=0)
    value, _ = partitions.gradient(start, (x, y[y[0] >= 0]))
    assert value == pytest.approx(trainer.error(start, *samples), rel=1e-12)
    runs = [
        partitions.train(start, (x, y), 0.1, 2, partitions=1, seed=seed)[1] for seed in (1, 1, 2)
    ]
    assert np.array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def block(place: int, rows: int) -> np.ndarray:
    """Samples that are made where they are used."""
    return np.random.default_rng(place).normal(size=(rows, 64))


def labels(place: int, rows: int) -> np.ndarray:
    return np.eye(10)[np.random.default_rng(place).integers(10, size=rows)]


def large(count: int, rows: int) -> list[Any]:
    """`count` partitions of `rows` images each."""
    made = []
    for make, columns in ((block, 64), (labels, 10)):
        parts = [dask.delayed(make)(place, rows) for place in range(count)]
        arrays = [da.from_delayed(part, (rows, columns), float) for part in parts]
        made.append(da.concatenate(arrays))
    return made


def test_data_may_be_larger_than_any_worker(digits: tuple[Any, Any], client: Any) -> None:
    trainer, partitions = digits
    rows, count = 20_000, 36
    given = large(count, rows)
    assert given[0].nbytes > 300 * MIB
    start = trainer.initialise(n=64, m=2, K=10, seed=0)
    before = sorted(client.scheduler_info()["workers"])
    value, partials = partitions.gradient(start, given)
    assert sorted(client.scheduler_info()["workers"]) == before  # none was ended for its memory
    parts = [trainer.gradient(start, block(n, rows), labels(n, rows)) for n in range(count)]
    assert value == pytest.approx(np.mean([error for error, _ in parts]), rel=1e-12)
    close(partials, [np.mean(each, axis=0) for each in zip(*(g for _, g in parts), strict=True)])


def pids(client: Any) -> list[int]:
    return list(client.run(os.getpid).values())


def test_a_worker_that_is_killed_in_mid_epoch_loses_nothing(
    digits: tuple[Any, Any], client: Any
) -> None:
    trainer, partitions = digits
    start = trainer.initialise(n=64, m=32, K=10, seed=0)
    given = large(8, 10_000)
    calm, wanted = partitions.train(start, given, 0.1, 3, partitions=4, method="adam")
    before = pids(client)
    killed: list[int] = []
    ended = threading.Event()

    def kill() -> None:
        """One worker in the second pass, while it computes."""
        while not client.processing() or not any(client.processing().values()):
            if ended.wait(0.005):
                return
        os.kill(before[0], signal.SIGKILL)
        killed.append(before[0])

    killer = threading.Thread(target=kill)

    def begin(number: int, error: float, parameters: Any) -> None:
        if number == 0:
            killer.start()

    found, errors = partitions.train(
        start, given, 0.1, 3, partitions=4, method="adam", callback=begin
    )
    ended.set()
    killer.join()
    assert killed
    client.wait_for_workers(2, timeout=60)
    assert killed[0] not in pids(client)
    assert np.array_equal(errors, wanted)
    assert all(np.array_equal(one, other) for one, other in zip(found, calm, strict=True))


def test_what_does_not_fit_is_said(digits: tuple[ModuleType, Any], samples: Any) -> None:
    trainer, partitions = digits
    start = trainer.initialise(**SIZES, seed=0)
    x, y = chunked(samples)
    with pytest.raises(TypeError, match="x: expected a dask array, dataframe or series, got nda"):
        partitions.gradient(start, samples)
    with pytest.raises(ValueError, match=r"y: expected samples in rows, 2 axes \(N, K\), got 1"):
        partitions.gradient(start, (x, y[:, 0]))
    with pytest.raises(ValueError, match=r"x: expected partitions of whole rows, got \(1, 5\)"):
        partitions.gradient(start, (x.rechunk((N, 1)), y.rechunk((N, 3))))
    with pytest.raises(ValueError, match="expected as many partitions of each array, got {'x': 2"):
        partitions.gradient(start, (x.rechunk((300, 5)), y))
    with pytest.raises(ValueError, match="the partitions have no samples"):
        partitions.gradient(start, (x[:0], y[:0]))
    with pytest.raises(FloatingPointError, match="take a smaller t"):
        partitions.train(start, (x, y), 1e308, 5)

"""Several processes train as one does; killed, they leave all that it takes to go on."""

import signal
import time
from pathlib import Path

import numpy as np
import pytest

import derive
from tests.scale.files import for_torch
from tests.scale.test_parts import ridge

torch = pytest.importorskip("torch")

from tests.scale.launch import LIMIT, Started, start, start_at  # noqa: E402

ROWS, BATCH = 203, 20
"""The last batch of a pass has 3 samples: of four processes, one has none."""
OPTIONS = (
    *("--size", "m=4", "--dtype", "float64", "--method", "adam", "--step-size", "0.01"),
    *("--batch-size", str(BATCH), "--passes", "4"),
)
STEPS = 4 * -(-ROWS // BATCH)
ENDLESS = ("--every", "1", "--passes", "1000000")

Weights = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of digits, and data for them."""
    folder = for_torch(derive.load("digits")).write(tmp_path_factory.mktemp("digits"))
    random = np.random.default_rng(0)
    (folder / "data").mkdir()
    np.save(folder / "data" / "x.npy", random.normal(size=(ROWS, 5)))
    np.save(folder / "data" / "y.npy", np.eye(3)[random.integers(3, size=ROWS)])
    return folder


def begin(count: int, folder: Path, *options: str) -> Started:
    return start(count, folder / "processes.py", *options)


def trained(count: int, digits: Path, run: str) -> Weights:
    """The weights that so many processes leave in a folder."""
    statuses, out, err = begin(count, digits, "data", *OPTIONS, "--folder", run).ended()
    assert (statuses, err) == ([0] * count, "")
    assert "pass 4: L = " in out
    return weights(digits / run)


def weights(run: Path) -> Weights:
    with np.load(run / "weights.npz") as file:
        return {name: file[name] for name in file.files if not name.endswith(".json")}


@pytest.fixture(scope="module")
def unbroken(digits: Path) -> Weights:
    return trained(2, digits, "unbroken")


def test_two_and_four_processes_train_as_one_does_to_rounding(
    digits: Path, unbroken: Weights
) -> None:
    one, four = trained(1, digits, "one"), trained(4, digits, "four")
    assert list(one) == ["W1", "b1", "W2", "b2"]
    for name, wanted in one.items():
        np.testing.assert_allclose(unbroken[name], wanted, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(four[name], wanted, rtol=1e-12, atol=1e-14)
    assert np.ptp(one["b1"]) > 0.1  # which begin as zeros


def until(there: Path) -> None:
    end = time.monotonic() + LIMIT
    while not there.exists():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("rank", [0, 1])
def test_a_killed_process_ends_the_other_and_nothing_is_lost(
    rank: int, digits: Path, unbroken: Weights
) -> None:
    run, left = f"killed{rank}", 1 - rank
    process = begin(2, digits, "data", *OPTIONS, *ENDLESS, "--folder", run)
    until(digits / run / "weights.npz")
    process.signal(rank, signal.SIGKILL)
    statuses, _, err = process.ended()
    assert (statuses[rank], statuses[left]) == (-signal.SIGKILL, 1)
    (line,) = err.strip().splitlines()
    state = torch.load(digits / run / "state.pt", weights_only=True)
    assert line.startswith(
        f"process {left}: after {state['steps']} steps: another process has ended"
    )
    assert line.endswith(f"; the same command goes on from {run}")
    assert 0 < state["steps"] < STEPS
    found = trained(2, digits, run)
    assert all(np.array_equal(found[name], unbroken[name]) for name in unbroken)


def test_processes_that_torchrun_starts_again_do_not_look_for_those_before(
    digits: Path, unbroken: Weights
) -> None:
    """Its agent holds the store where they meet, and it stays the same."""
    agent = torch.distributed.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    there = {"MASTER_PORT": str(agent.port), "TORCHELASTIC_USE_AGENT_STORE": "True"}
    given = (digits / "processes.py", "data", *OPTIONS, "--folder", "again")
    process = start_at(there | {"TORCHELASTIC_RESTART_COUNT": "0"}, 2, *given, *ENDLESS)
    until(digits / "again" / "weights.npz")
    process.signal(1, signal.SIGKILL)
    process.ended()
    process = start_at(there | {"TORCHELASTIC_RESTART_COUNT": "1"}, 2, *given, pause=2)
    statuses, _, err = process.ended()
    assert (statuses, err) == ([0, 0], "")
    found = weights(digits / "again")
    assert all(np.array_equal(found[name], unbroken[name]) for name in unbroken)


def test_a_process_that_does_not_answer_is_not_waited_for(digits: Path) -> None:
    few = ("--folder", "silent", "--timeout", "8")
    process = begin(2, digits, "data", *OPTIONS, *ENDLESS, *few)
    until(digits / "silent" / "weights.npz")
    process.signal(1, signal.SIGSTOP)
    process.children[0].join(LIMIT)
    assert process.children[0].exitcode == 1
    assert "another process has ended, or cannot be reached (Timed out" in process.text("err")
    process.signal(1, signal.SIGKILL)


def test_a_process_that_is_told_to_end_says_where_it_is(digits: Path) -> None:
    process = begin(1, digits, "data", *OPTIONS, *ENDLESS, "--folder", "told")
    until(digits / "told" / "weights.npz")
    process.signal(0, signal.SIGTERM)
    statuses, _, err = process.ended()
    assert statuses == [1]
    assert "steps: told to end; the same command goes on from told" in err


def test_one_that_ends_before_the_first_step_leaves_the_state_as_it_was(
    digits: Path, unbroken: Weights
) -> None:
    before = (digits / "unbroken" / "state.pt").read_bytes()
    process = begin(2, digits, "nowhere.npz", *OPTIONS, "--folder", "unbroken")
    statuses, _, err = process.ended()
    assert statuses == [1, 1]
    assert "No such file or directory: 'nowhere.npz'" in err
    assert (digits / "unbroken" / "state.pt").read_bytes() == before


def refused(folder: Path, *options: str) -> str:
    statuses, _, err = begin(1, folder, *options).ended()
    assert statuses == [1]
    assert "Traceback" not in err
    return err


def test_a_run_of_other_settings_is_not_gone_on_from(digits: Path, unbroken: Weights) -> None:
    given = ("data", *OPTIONS, "--folder", "unbroken", "--seed", "1")
    assert "unbroken: is a run of seed 0, not 1; go on with that" in refused(digits, *given)


def test_data_that_do_not_fit_are_refused_by_name(digits: Path) -> None:
    assert "the data do not say m: give --size m=NUMBER" in refused(digits, "data")
    np.savez(digits / "flat.npz", x=np.zeros(5), y=np.zeros(3))
    expected = "x: expected samples in rows, 2 axes (N, n), got the shape (5,)"
    assert expected in refused(digits, "flat.npz", "--size", "m=4")
    np.savez(digits / "short.npz", x=np.zeros((4, 5)), y=np.zeros((3, 3)))
    expected = "expected as many samples of each array, and some, got {'x': 4, 'y': 3}"
    assert expected in refused(digits, "short.npz", "--size", "m=4")
    np.savez(digits / "other.npz", x=np.zeros((4, 5)), labels=np.zeros(4))
    assert "other.npz: expected x, y, got x, labels" in refused(digits, "other.npz")
    many = ("data", "--size", "m=4", "--batch-size", "0")
    assert "batch_size: expected at least 1, got 0" in refused(digits, *many)
    assert "--size k=4: expected one of n, m, K" in refused(digits, "data", "--size", "k=4")


def test_a_penalty_of_a_sum_counts_once_in_three_processes(tmp_path: Path) -> None:
    folder = for_torch(ridge("sum")).write(tmp_path)
    random = np.random.default_rng(1)
    np.savez(folder / "data", x=random.normal(size=(7, 2)), y=random.normal(size=7))
    given = ("data.npz", "--dtype", "float64", "--passes", "5")
    for count in (1, 3):
        statuses, _, _ = begin(count, folder, *given, "--folder", str(count)).ended()
        assert statuses == [0] * count
    found = [weights(folder / run)["w"] for run in ("1", "3")]
    np.testing.assert_allclose(found[1], found[0], rtol=1e-12)
    far = (*given, "--method", "gradient", "--step-size", "1e200", "--folder", "far")
    assert "after 2 steps of size 1e+200: take a smaller t" in refused(folder, *far)

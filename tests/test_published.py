"""Published examples give the recomputed numbers."""

from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

import derive
from derive.code.module import load
from tests.conftest import ROOT, proven_trainer


@cache
def trainer(name: str) -> ModuleType:
    """The trainer that is shipped; tests/test_build.py holds that it is proven."""
    text = (ROOT / "generated" / name / "trainer.py").read_text(encoding="utf-8")
    return load(text, name)


def near(got: Any, want: Any, tolerance: float = 1e-9) -> bool:
    return bool(np.all(np.abs(np.asarray(got) - np.asarray(want)) <= tolerance))


# --- Mazur ------------------------------------------------------------------------------------

MAZUR: tuple[Any, ...] = ([[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]])
SAMPLE: tuple[Any, ...] = ([0.05, 0.10], [0.01, 0.99])


def test_mazur_takes_every_gradient_at_the_old_weights() -> None:
    module = trainer("mazur2015")
    start = module.Parameters(*MAZUR)
    assert near(module.error(start, *SAMPLE), 0.2983711087600027, 1e-15)
    assert near(module.forward(start, SAMPLE[0]), [0.751365069552, 0.772928465321])
    new = module.update(start, *SAMPLE, 0.5)
    assert near(new.W, [[0.149780716133, 0.199561432266], [0.249751143632, 0.299502287265]])
    assert near(new.V, [[0.358916479718, 0.408666186076], [0.511301270239, 0.561370121108]])
    assert near(module.error(new, *SAMPLE), 0.291027773694)


def test_mazur_ten_thousand_steps() -> None:
    module = trainer("mazur2015")
    reached, errors = module.train(module.Parameters(*MAZUR), *SAMPLE, 0.5, 10_000)
    assert near(errors[-1], 3.51018778298e-05, 1e-14)
    assert near(module.forward(reached, SAMPLE[0]), [0.015913620444, 0.984064273515])


def test_the_published_error_of_mazur_is_that_of_the_wrong_order() -> None:
    """0.291027924 comes out where the hidden gradient is taken at the updated output weights."""
    module = trainer("mazur2015")
    start = module.Parameters(*MAZUR)
    W, V = (np.array(x) for x in start)
    x, target = (np.array(x) for x in SAMPLE)
    o, h = module.forward(start, x), module.logistic(W @ x + 0.35)
    d_o = (o - target) * o * (1 - o)
    V = V - 0.5 * np.outer(d_o, h)
    W = W - 0.5 * np.outer((V.T @ d_o) * h * (1 - h), x)
    assert near(module.error(module.Parameters(W, V), *SAMPLE), 0.291027923905)


# --- Han and Kamber ---------------------------------------------------------------------------


def test_han_and_kamber_two_samples_online() -> None:
    module = trainer("hankamber2011")
    start = module.Parameters(
        [[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]], [-0.4, 0.2], [[-0.3, -0.2]], [0.1]
    )
    assert near(module.forward(start, [1, 0, 1]), [0.473889], 1e-6)
    one = module.update(start, [1, 0, 1], [1], 0.9)
    assert near(one.W, [[0.192148, 0.4, -0.507852], [-0.305888, 0.1, 0.194112]], 1e-6)
    assert near(one.b, [-0.407852, 0.194112], 1e-6)
    assert near(one.V, [[-0.260829, -0.138025]], 1e-6)
    assert near(one.c, [0.218052], 1e-6)
    two = module.update(one, [1, 1, 0], [1], 0.9)
    assert near(two.V, [[-0.199627, -0.082304]], 1e-6)
    assert near(two.W, [[0.184900, 0.392752, -0.507852], [-0.309756, 0.096132, 0.194112]], 1e-6)
    assert near(two.b, [-0.415100, 0.190244], 1e-6)
    assert near(two.c, [0.330154], 1e-6)


# --- planar -----------------------------------------------------------------------------------


def test_planar_gradient_over_a_batch_of_three() -> None:
    module = trainer("planar")
    X = np.array(
        [[1.624345363663, -1.072968622156], [-0.61175641365, 0.865407629325],
         [-0.528171752263, -2.30153869688]]
    )  # fmt: skip
    y = np.array([[1], [0], [1]])
    parameters = module.Parameters(
        [[-0.00416758, -0.00056267], [-0.02136196, 0.01640271],
         [-0.01793436, -0.00841747], [0.00502881, -0.01245288]],
        np.zeros(4),
        [[-0.01057952, -0.00909008, 0.00551454, 0.02292208]],
        np.zeros(1),
    )  # fmt: skip
    J, partials = module.gradient(parameters, X, y)
    assert near(J, 0.692739247719, 1e-8)
    assert near(partials.W1, [[0.003010230395, -0.007472665877], [0.002579678231, -0.006412884588],
                              [-0.001568919031, 0.003893002009], [-0.006520366835, 0.016182429272]],
                1e-8)  # fmt: skip
    assert near(
        partials.b1, [0.001762013335, 0.001509948003, -0.000917363389, -0.00381421787], 1e-8
    )
    assert near(partials.W2, [[0.000788406903, 0.017654291715, -0.000841657861, -0.010225269442]],
                1e-8)  # fmt: skip
    assert near(partials.b2, [-0.166557119814], 1e-8)


# --- CS231n -----------------------------------------------------------------------------------


def test_cs231n_toy_model_with_regularisation_once() -> None:
    module = trainer("cs231n")
    first = np.random.RandomState(0)
    W1, W2 = 0.1 * first.randn(4, 10), 0.1 * first.randn(10, 3)
    X, labels = 10 * np.random.RandomState(1).randn(5, 4), [0, 1, 2, 2, 1]
    y = np.eye(3)[labels]
    parameters = module.Parameters(W1.T, np.zeros(10), W2.T, np.zeros(3))
    L, partials = module.gradient(parameters, X, y)
    assert near(L, 1.3037878913298202, 1e-13)
    assert near(partials.b2, [0.209969098057, -0.143190499244, -0.066778598812])
    assert near(partials.b1, [-0.007048404254, 0, 0.00310493527, -0.007239898645, -0.005733773852,
                              0, 0, -0.002437197248, 0.041216045597, 0.02236176378])  # fmt: skip


# --- Trask ------------------------------------------------------------------------------------


def test_trask_sixty_thousand_steps_of_the_summed_gradient() -> None:
    module = trainer("trask2015")
    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [[0], [1], [1], [0]]
    random = np.random.RandomState(1)
    syn0, syn1 = 2 * random.random_sample((3, 4)) - 1, 2 * random.random_sample((4, 1)) - 1
    parameters, errors = module.train(module.Parameters(syn0.T, syn1.T), X, y, 1.0, 10_000)
    assert near(np.mean(np.abs(y - module.forward(parameters, X))), 0.00858452565325)
    # The last output that the text prints was computed before its last update.
    parameters, errors = module.train(parameters, X, y, 1.0, 49_999)
    wanted = [0.0026057246, 0.99672208689, 0.997017107863, 0.003867593096]
    assert near(module.forward(parameters, X).ravel(), wanted, 1e-9)
    assert errors[-1] < errors[0]


def test_trask_with_smaller_steps() -> None:
    """Part 2 of the text: mean |error| at 0, 10 000 and 20 000 steps of size alpha."""
    module = trainer("trask2015")
    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [[0], [1], [1], [0]]
    wanted = {
        0.001: [0.496410031903, 0.495164025493, 0.493596043188],
        0.01: [0.496410031903, 0.457431074442, 0.359097202563],
    }
    for alpha, curve in wanted.items():
        random = np.random.RandomState(1)
        syn0, syn1 = 2 * random.random_sample((3, 4)) - 1, 2 * random.random_sample((4, 1)) - 1
        parameters = module.Parameters(syn0.T, syn1.T)
        for place, mean in enumerate(curve):
            # The text prints the error before it updates the weights for the last time.
            steps = 10_000 if place else 0
            parameters, _ = module.train(parameters, X, y, alpha, steps)
            assert near(np.mean(np.abs(y - module.forward(parameters, X))), mean)


def test_trask_without_a_hidden_layer() -> None:
    one_layer = derive.dense([3, 1], ["logistic"], bias=False, name="trask1")
    module: Any = proven_trainer(one_layer)
    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [[0], [0], [1], [1]]
    syn0 = 2 * np.random.RandomState(1).random_sample((3, 1)) - 1
    # The mean of four samples: a step four times that of their sum.
    reached, _ = module.train(module.Parameters(syn0.T), X, y, 4.0, 10_000)
    assert near(reached.W1, [[9.672993027737, -0.207843499266, -4.629636687732]])


def test_mazur_with_trained_biases() -> None:
    """0.280471447 of several ports: a bias of its own for each unit, all of them trained."""
    module: Any = proven_trainer(derive.dense([2, 2, 2], ["logistic", "logistic"], name="mazur"))
    W, V = MAZUR
    start = module.Parameters(W, [0.35, 0.35], V, [0.60, 0.60])
    _, errors = module.train(start, *SAMPLE, 0.5, 10_000)
    assert near(errors[1], 0.280471447)
    assert near(errors[-1], 2.4475622e-06, 1e-12)

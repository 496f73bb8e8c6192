"""What estimators are put together from, on the example itself."""

import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from derive.code.runtime import (
    classifier,
    log_softmax_classifier,
    logistic_classifier,
    logits_classifier,
    margin_classifier,
    one_hot,
    scores_classifier,
    softmax_classifier,
    two_classes,
)
from derive.code.runtime.manners import _random, _rows, _sample_weights, _split, _true
from derive.code.runtime.regressor import Regressor

X = np.random.default_rng(0).standard_normal((40, 3))
Y = np.tanh(X[:, 0])


def test_a_regressor_learns_and_gives_back_the_shape_it_was_given() -> None:
    fitted = Regressor(max_iter=300, t=0.05, random_state=0).fit(X, Y)
    assert fitted.score(X, Y) > 0.9
    assert fitted.predict(X).shape == (40,)
    assert fitted.W_.shape == (8, 3)
    several = Regressor(m=2, max_iter=300, random_state=0).fit(X, np.column_stack([Y, -Y]))
    assert several.predict(X).shape == (40, 2)


def test_the_words_of_the_class_are_those_of_the_model_s_own_part() -> None:
    assert "A small network, fitted by the gradients" in (Regressor.__doc__ or "")


def test_a_warning_points_at_the_call_of_fit() -> None:
    with pytest.warns(ConvergenceWarning) as caught:
        Regressor(max_iter=2, random_state=0).fit(X, Y)
    assert {each.filename for each in caught} == {__file__}


def test_a_determination_is_one_less_the_errors_over_the_spread() -> None:
    fitted = Regressor(max_iter=1)
    y = np.array([0.0, 1.0, 2.0])
    assert fitted._score(y, y, None) == 1
    assert fitted._score(np.ones(3), y, None) == 0
    assert fitted._score(np.array([0.0, 1.0, 3.0]), y, None) == pytest.approx(1 - 1 / 2)
    assert fitted._score(np.array([0.0, 1.0, 3.0]), y, np.array([1, 1, 0])) == 1
    assert fitted._score(np.ones(3), np.ones(3), None) == 1


@pytest.mark.parametrize("coding", [one_hot, two_classes])
def test_what_classes_become_is_read_back(coding: ModuleType) -> None:
    places = np.array([0, 1, 1, 0])
    targets = coding._coded(places, 2)
    assert targets.ndim == 2
    assert np.array_equal(coding._chosen(coding._given_back(targets)), places)


def test_two_classes_are_the_numbers_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_classes, "_CLASSES", (-1, 3))
    monkeypatch.setattr(two_classes, "_MIDDLE", 1)
    assert two_classes._coded(np.array([0, 1]), 2).tolist() == [[-1], [3]]
    assert two_classes._chosen(np.array([0.9, 1.0, 1.1])).tolist() == [0, 0, 1]
    monkeypatch.setattr(two_classes, "_INDEXED", False)
    assert two_classes._coded(np.array([0, 1]), 2).tolist() == [-1, 3]


def with_output(module: Any, output: Any) -> Any:
    """A fitted classifier whose output for any X is given."""

    class Fixed(module.Classifier):  # type: ignore[misc]
        def _output(self, X: Any) -> Any:
            return np.asarray(output, float)

    return Fixed()


def test_probabilities_are_those_of_the_output() -> None:
    z = np.log([[0.25, 0.75], [0.5, 0.5]])
    shares = [[0.25, 0.75], [0.5, 0.5]]
    assert with_output(softmax_classifier, shares).predict_proba(None).tolist() == shares
    np.testing.assert_allclose(
        with_output(log_softmax_classifier, z + 700).predict_proba(None), shares
    )
    np.testing.assert_allclose(
        with_output(logistic_classifier, [0.75, 0.5]).predict_proba(None), shares
    )
    margins = with_output(logits_classifier, [np.log(3), 0, 800])
    np.testing.assert_allclose(margins.predict_proba(None), [*shares, [0, 1]])


def test_what_is_no_probability_has_none() -> None:
    assert not hasattr(margin_classifier.Classifier, "predict_proba")
    assert not hasattr(scores_classifier.Classifier, "predict_proba")
    assert with_output(margin_classifier, [-1, 2]).decision_function(None).tolist() == [-1, 2]


def test_labels_between_whole_numbers_are_none() -> None:
    assert classifier._classes(np.array(["b", "a", "b"])).tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        classifier._classes(np.array([0.5, 1.0]))
    with pytest.raises(ValueError, match="y has one class"):
        classifier._classes(np.array([1, 1]))
    with pytest.raises(ValueError, match="labels of one kind"):
        classifier._classes(np.array(["a", 1, None], object))


def test_weights_of_samples_are_numbers_that_count_something() -> None:
    assert _sample_weights(None, 3) is None
    assert np.array_equal(np.asarray(_sample_weights(2, 3)), [2, 2, 2])
    for wrong in ([1, 2], [1, -1, 1], [0, 0, 0], [np.nan, 1, 1]):
        with pytest.raises(ValueError, match="sample_weight: "):
            _sample_weights(wrong, 3)


def test_a_split_leaves_every_row_in_one_part() -> None:
    inside, outside = _split(10, 0.25, np.random.RandomState(0))
    assert len(outside) == 3
    assert sorted([*inside, *outside]) == list(range(10))
    with pytest.raises(ValueError, match="1 samples leave none to train with"):
        _split(1, 0.25, np.random.RandomState(0))


def test_a_state_gives_the_same_numbers_and_nothing_else_is_one() -> None:
    assert _random(3).randint(1000) == _random(np.int64(3)).randint(1000)
    state = np.random.RandomState(1)
    assert _random(state) is state
    for wrong in (True, "0", 0.5):
        with pytest.raises(ValueError, match="cannot be used to seed"):
            _random(wrong)


def test_rows_are_finite_numbers() -> None:
    assert _rows([[1, 2]]).dtype == float
    for wrong, words in (
        ([1], "2D"),
        ([[]], "0 feature"),
        ([[np.inf]], "infinity"),
        ([[1j]], "Complex"),
    ):
        with pytest.raises(ValueError, match=words):
            _rows(wrong)
    with pytest.raises(ValueError, match=r"y: expected shape \(2,\), none missing"):
        _true([1.0, np.nan], np.zeros(2))


def test_a_classifier_of_two_classes_refuses_a_third(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "_MOST_CLASSES", 2)
    with pytest.raises(ValueError, match="Only binary classification"):
        softmax_classifier.Classifier().fit(X, np.arange(40) % 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = softmax_classifier.Classifier(max_iter=1).fit(X, X[:, 0] > 0)
    assert fitted.classes_.tolist() == [False, True]

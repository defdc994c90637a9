"""What a search sees of a table, and what is reported of it."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from naseval.randomness import stream
from naseval.recorded.plan import Job
from naseval.recorded.searches import run_searches
from naseval.recorded.view import CurvesView, Repeats, RepeatsView
from recorded_tables import curves, predictions, repeats, told_apart

SEARCHERS = {
    "random_search": {"trials": 12},
    "local_search": {"trials": 12},
    "regularised_evolution": {"trials": 12, "population": 4, "sample": 2},
}


@given(
    algorithm=st.sampled_from(sorted(SEARCHERS)),
    trainings=st.integers(2, 5),
    searches=st.integers(1, 4),
    benchmark=st.text("abc", min_size=1, max_size=8),
)
@settings(max_examples=25)
def test_no_training_is_both_seen_and_reported(algorithm, trainings, searches, benchmark):
    """The accuracies say which training they are, so what was seen is known exactly."""
    table, seen, views = repeats(trainings), [], []
    look = RepeatsView.evaluate

    def watched(view, architecture):
        views.append(view)  # kept, so that no later view has its id
        seen.append((id(view), look(view, architecture)))
        return seen[-1][1]

    job = Job(benchmark, "method", "nas_bench_macro", algorithm, SEARCHERS[algorithm])
    with patch.object(RepeatsView, "evaluate", watched):
        rows = run_searches(table, job, searches).to_pylist()
    searched = list(dict.fromkeys(view for view, _ in seen))
    for row, view in zip(rows, searched, strict=True):
        everything = {accuracy for which, accuracy in seen if which == view}
        chosen = int(row["genotype"].rpartition("/")[2])
        of_it = {float(accuracy) for accuracy in table.trainings.accuracies[chosen]}
        assert len(everything & of_it) == 1, "one training of each architecture is seen"
        assert row["reported"] in of_it - everything
        assert row["truth"] == pytest.approx(np.mean(sorted(of_it - everything)))


@given(seed=st.integers(0, 10**6), trainings=st.integers(2, 5))
@settings(max_examples=50)
def test_every_architecture_is_reported_by_a_training_that_is_not_seen(seed, trainings):
    view = Repeats(told_apart(40, trainings)).view(stream(seed))
    for architecture in range(40):
        seen, outcome = view.evaluate(architecture), view.outcome(architecture)
        assert seen == view.evaluate(architecture), "asking again gives the same"
        others = set(told_apart(40, trainings)[architecture].tolist()) - {seen}
        assert outcome.reported in others
        assert outcome.truth == pytest.approx(np.mean(sorted(others)))
    assert view.cost == 40


def test_every_training_is_seen_and_reported_alike():
    view = Repeats(told_apart(6000, 3)).view(stream("roles"))
    for roles in (view.seen, view.reported):
        assert np.bincount(roles) == pytest.approx(2000, abs=5 * (6000 * 2 / 9) ** 0.5)
    pairs = np.bincount(3 * view.seen + view.reported, minlength=9).reshape(3, 3)
    assert np.diag(pairs).sum() == 0
    assert pairs[pairs > 0] == pytest.approx(1000, abs=5 * (6000 * 5 / 36) ** 0.5)


def test_selecting_and_reporting_on_one_training_would_inflate():
    """Of equal architectures the best looks better than it is; held out, it doesn't."""
    noise = stream("noise").normal(90, 1, size=(6561, 3))
    job = Job("noise", "random", "nas_bench_macro", "random_search", {"trials": 50})
    held_out = np.array(run_searches(repeats(accuracies=noise), job, 200)["truth"])
    assert held_out.mean() == pytest.approx(90, abs=5 * 0.5**0.5 / 200**0.5)
    one = noise[:, :1].repeat(2, axis=1)  # both trainings are the same
    same = np.array(run_searches(repeats(accuracies=one), job, 200)["reported"])
    assert same.mean() > 91.5


def test_a_curve_shows_all_epochs_but_the_last_and_pays_only_added_ones():
    view = curves(architectures=3, epochs=12).trainings.view(stream("curve"))
    assert [view.evaluate(1, epochs) for epochs in (1, 4, 2)] == [1.0, 1.3, 1.1]
    assert view.cost == 4
    assert view.evaluate(2) == 3.0
    assert view.cost == 4 + 11
    outcome = view.outcome(2)
    assert (outcome.reported, outcome.truth, outcome.best) == (3.1, 3.1, 3.1)
    with pytest.raises(AssertionError):
        view.evaluate(0, 12)


def test_the_best_epoch_of_a_curve_is_not_its_last():
    outcome = CurvesView(np.array([[1.0, 3.0, 2.0]])).outcome(0)
    assert (outcome.reported, outcome.best) == (2.0, 3.0)


def test_scores_cost_their_seconds_once():
    job = Job("pool", "up", "darts_301_sample", "zero_cost", {"score": "up", "samples": 20})
    [row] = run_searches(predictions(), job, 1).to_pylist()
    assert (row["genotype"], row["reported"]) == ("nasbench301/19", 109.0)
    assert (row["cost"], row["unit"], row["best"]) == (40.0, "seconds", None)


def test_the_same_seed_gives_the_same_search_and_more_searches_change_none():
    job = Job("macro", "local", "nas_bench_macro", "local_search", {"trials": 20})
    few, many = (run_searches(repeats(), job, searches) for searches in (3, 6))
    assert few.equals(many.slice(0, 3))
    assert len({row["genotype"] for row in many.to_pylist()}) > 1

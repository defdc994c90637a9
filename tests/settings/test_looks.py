"""The numbers of runs at which a cell is judged."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from naseval.analysis import contrasts
from naseval.settings.looks import FEWEST, Steps, paired


def steps(start, step, most):
    return Steps(start=start, step=step, most=most)


@pytest.mark.parametrize(
    ("plan", "numbers"),
    [
        ((4, 4, 16), (4, 8, 12, 16)),
        ((4, 5, 16), (4, 9, 14, 16)),
        ((8, 1, 8), (8,)),
    ],
)
def test_looks_go_to_the_most(plan, numbers):
    assert steps(*plan).numbers == numbers


@pytest.mark.parametrize("plan", [(3, 4, 16), (4, 0, 16), (8, 4, 4)])
def test_plans_that_have_no_looks(plan):
    with pytest.raises(ValidationError):
        steps(*plan)


def test_the_first_look_can_give_a_verdict():
    assert FEWEST == contrasts.FEWEST


def test_each_side_may_have_steps_of_its_own():
    assert paired(8, 16) == ((8, 16),)
    assert paired(steps(4, 4, 12), 16) == ((4, 16), (8, 16), (12, 16))
    assert paired(steps(4, 4, 8), steps(6, 2, 12)) == ((4, 6), (8, 8), (8, 10), (8, 12))


COUNTS = st.one_of(
    st.integers(4, 30),
    st.builds(
        lambda start, step, more: steps(start, step, start + more),
        st.integers(4, 20),
        st.integers(1, 9),
        st.integers(0, 30),
    ),
)


@given(COUNTS, COUNTS)
def test_every_look_has_more_runs_than_the_one_before(searches, random):
    looks = paired(searches, random)
    for before, after in pairwise(looks):
        assert before != after
        assert before.searches <= after.searches and before.random <= after.random
    most = [count.most if isinstance(count, Steps) else count for count in (searches, random)]
    assert list(looks[-1]) == most

"""Runs in packs: nothing lost, nothing twice, and one family a pack."""

from hypothesis import given
from hypothesis import strategies as st

from naseval.studies import Run, random_genotype, searched_genotype
from naseval.studies._packs import packs

GENOTYPES = st.one_of(
    st.builds(random_genotype, st.sampled_from(["darts", "enas"]), st.integers(0, 20)),
    st.builds(
        searched_genotype,
        st.sampled_from(["darts", "pdarts"]),
        st.sampled_from(["digits", "cifar10"]),
        st.integers(0, 3),
    ),
    st.just("resnet50"),
)
RUNS = st.builds(
    Run,
    st.sampled_from(["digits", "cifar10"]),
    st.sampled_from(["base", "cda"]),
    GENOTYPES,
    st.integers(0, 2),
)


@given(st.sets(RUNS), st.integers(1, 9))
def test_every_run_is_in_one_pack_of_its_family(runs, size):
    found = packs(runs, size)
    assert sorted(run for pack in found for run in pack.runs) == sorted(runs)
    assert all(1 <= len(pack.runs) <= size for pack in found)
    assert len({pack.name for pack in found}) == len(found)
    for pack in found:
        assert len({run.dataset for run in pack.runs}) == 1
        assert len({run.genotype.split("/")[0] for run in pack.runs}) == 1
        assert len({run.genotype.count("/") for run in pack.runs}) == 1


@given(st.integers(1, 30), st.integers(1, 9))
def test_one_more_architecture_changes_the_last_pack_alone(count, size):
    few = [Run("digits", "cda", random_genotype("darts", index), 2) for index in range(count)]
    more = [*few, Run("digits", "cda", random_genotype("darts", count), 2)]
    before, after = packs(few, size), packs(more, size)
    assert after[: count // size] == before[: count // size]

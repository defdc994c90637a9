"""Genotypes in printed form are read as literals; what is wrong is named with file and line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from naseval.errors import GenotypeError, NasevalError
from naseval.printed.integers import CODES
from naseval.printed.literals import divided
from naseval.printed.reading import of_text, read_genotypes, read_held
from naseval.spaces import sample, space_names
from naseval.spaces.enas.space import integers_of
from naseval.spaces.nsganet.space import encode
from printed_texts import as_call

few = settings(max_examples=20, deadline=None)
indices = st.integers(0, 10**6)
CALL = as_call(sample("darts", 0))
ENAS = " ".join(map(str, integers_of(sample("enas", 0))))


def texts(genotype):
    """Return a genotype in all of its printed forms."""
    call = as_call(genotype)
    weighted = call.replace("), (", ", 0.25), (")
    yield call
    yield f"2020-01-01 10:00 INFO genotype = {call}  # epoch 49"
    yield call.replace("), (", "),\n   (").replace("[", "[\n")
    yield call.replace("), (", "),  # it's (all :) an edge\n   (")
    yield f"# a remark with Genotype(\n\nNAME = {weighted}"
    yield genotype.to_json()
    yield json.dumps(genotype.to_dict(), indent=2)


@pytest.mark.parametrize("space", space_names())
@few
@given(index=indices)
def test_every_printed_form_is_the_genotype(space, index):
    genotype = sample(space, index)
    for text in texts(genotype):
        assert [one.genotype for one in of_text(text, space)] == [genotype], text


@few
@given(index=indices)
def test_integers_are_those_of_the_programs(index):
    enas, nsganet = sample("enas", index), sample("nsganet", index)
    for space, genotype, integers in (
        ("enas", enas, list(integers_of(enas))),
        ("nsganet", nsganet, encode(nsganet)),
    ):
        half = len(integers) // 2
        first, second = (" ".join(map(str, part)) for part in (integers[:half], integers[half:]))
        for text in (
            f"{first} {second}",
            f'fixed_arc="{first}"\nfixed_arc="$fixed_arc {second}"',
            str(integers),
            str([[integers[:half]], [integers[half:]]]),
        ):
            assert [one.genotype for one in of_text(text, space)] == [genotype], text
        assert CODES[space].decode(integers) == genotype


def test_nested_nodes_and_empty_fields_are_read():
    genotype = sample("darts", 3)
    fields = ", ".join(
        f"{name}={cell.nodes!r}, {name}_concat={list(cell.concat)}"
        for name, cell in (("normal", genotype.normal), ("reduce", genotype.reduce))
    )
    text = f"Genotype({fields}, connectN=None, connects=None)"
    assert [one.genotype for one in of_text(text, "darts")] == [genotype]


def test_several_stand_in_a_file_in_any_form(tmp_path):
    genotypes = [sample("darts", index) for index in range(6)]
    calls = [as_call(one) for one in genotypes]
    file = tmp_path / "mine.txt"
    file.write_text(
        f"{calls[0]}\n{calls[1]}\n\n# more\n{genotypes[2].to_json()}\n"
        f"[{genotypes[3].to_json()},\n {genotypes[4].to_json()}]\r\n{calls[5]}"
    )
    found = read_genotypes(file, "darts")
    assert [one.genotype for one in found] == genotypes
    assert [one.line for one in found] == [1, 2, 5, 6, 7, 8]


def test_two_calls_in_a_line():
    found = of_text(f"[{CALL}, {as_call(sample('darts', 1))}]", "darts")
    assert [one.genotype for one in found] == [sample("darts", 0), sample("darts", 1)]


def test_several_integer_genotypes_follow_each_other():
    lines = [" ".join(map(str, integers_of(sample("enas", index)))) for index in range(3)]
    found = of_text("\n".join(lines), "enas")
    assert [(one.line, one.genotype) for one in found] == [
        (index + 1, sample("enas", index)) for index in range(3)
    ]


def test_a_folder_is_sorted_as_people_count(tmp_path):
    for index in (0, 2, 10):
        (tmp_path / f"seed-{index}.txt").write_text(as_call(sample("darts", index)))
    (tmp_path / ".hidden").write_text("nothing")
    found = read_genotypes(tmp_path, "darts")
    assert [one.genotype for one in found] == [sample("darts", index) for index in (0, 2, 10)]


@pytest.mark.parametrize(
    "backup", ["seed-0.txt~", "seed-0.txt.bak", "seed-0.txt.orig", "seed-0.SWP", "#seed-0.txt#"]
)
def test_backups_of_editors_are_passed_over(tmp_path, backup):
    for name, index in (("seed-0.txt", 0), (backup, 7), ("seed-1.txt", 1)):
        (tmp_path / name).write_text(as_call(sample("darts", index)))
    found = read_genotypes(tmp_path, "darts")
    assert [one.genotype for one in found] == [sample("darts", index) for index in (0, 1)]


@pytest.mark.parametrize("copy", ["seed-0.json", "seed-00.txt", "copy of seed-0.txt"])
def test_two_files_of_one_number_are_refused(tmp_path, copy):
    for name in ("seed-0.txt", copy, "seed-1.txt"):
        (tmp_path / name).write_text(CALL)
    with pytest.raises(NasevalError, match="carry the same number, so they cannot be") as error:
        read_genotypes(tmp_path, "darts")
    assert "\n" not in str(error.value)
    assert copy in str(error.value) and "seed-0.txt" in str(error.value)


@few
@given(
    seeds=st.lists(st.integers(0, 10**6), min_size=1, max_size=6, unique=True),
    backups=st.lists(st.sampled_from(["{}~", "{}.bak", "#{}#", ".{}.swp"]), max_size=4),
    form=st.sampled_from(["seed-{}.txt", "run-3-seed-{}.json", "{}", "cifar10_{}.log"]),
)
def test_the_order_is_that_of_the_numbers_whatever_editors_leave(
    tmp_path_factory, seeds, backups, form
):
    folder = tmp_path_factory.mktemp("genotypes")
    for seed in seeds:
        (folder / form.format(seed)).write_text(as_call(sample("darts", seed)))
        for backup in backups:
            (folder / backup.format(form.format(seed))).write_text(CALL)
    found = read_genotypes(folder, "darts")
    assert [one.genotype for one in found] == [sample("darts", seed) for seed in sorted(seeds)]


@pytest.mark.parametrize(
    "names", [["a.txt", "b.txt"], ["1st.txt", "other.txt", "1st-too.txt"], ["v2-a", "v2-b"]]
)
def test_names_that_no_number_tells_apart_are_sorted(tmp_path, names):
    for index, name in enumerate(sorted(names)):
        (tmp_path / name).write_text(as_call(sample("darts", index)))
    assert len(read_genotypes(tmp_path, "darts")) == len(names)


@pytest.mark.parametrize(
    ("space", "text", "told"),
    [
        ("darts", CALL.replace("sep_conv_3x3", "sep_conv_9x9"), "line 3: node . of the .* uses"),
        ("darts", CALL.replace("range(2, 6)", "range(2, 5)", 1), "line 3: the normal cell concat"),
        ("darts", CALL.replace("range(2, 6)", "[2, 3, x, 5]", 1), "line 3: .* is no genotype"),
        ("darts", CALL[:-1], "line 3: the genotype that begins here does not end"),
        ("darts", CALL.replace("reduce_concat", "reduced"), "line 3: .* needs the field reduce_c"),
        ("darts", CALL.replace(")])", ")])", 1)[:-1] + ", extra=[1])", "no field extra"),
        ("darts", "Genotpe(normal=[])", "line 3: 'Genotpe.*' is no genotype: write"),
        ("darts", "Genotype(normal=__import__('os').getcwd())", "line 3: .* is no genotype"),
        ("darts", "Genotype(normal=[1], normal_concat=[], reduce=[], reduce_concat=[])", "line 3"),
        ("darts", '{"space": "darts"}', "line 3: .* is no genotype"),
        ("darts", ENAS, "line 3: integers are genotypes of the spaces enas, nao, nsganet alone"),
        ("enas", ENAS[:-2], "line 3: 39 integers stand here; .* enas has 40"),
        ("enas", f"{ENAS}\n{ENAS[:-2]}\n{ENAS}", "line 4: 39 integers"),
        ("enas", ENAS.replace(ENAS[:3], "0 9", 1), "line 3: node 2 of the normal cell has the op"),
        ("enas", "7" + ENAS[1:], "line 3: node 2 of the normal cell reads 7"),
        ("enas", "-1" + ENAS[1:], "line 3: node 2 of the normal cell reads -1"),
        ("pdarts", sample("darts", 0).to_json(), "line 3: the genotype is of the space 'darts'"),
    ],
    ids=lambda value: value[:30],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_and_line(tmp_path, space, text, told):
    file = tmp_path / "mine.txt"
    file.write_text(f"# mine\n\n{text}\n")
    with pytest.raises(NasevalError, match=rf"mine\.txt, .*{told}") as error:
        read_genotypes(file, space)
    assert "\n" not in str(error.value)


@given(st.text(alphabet="Genotyp(=[]){}'\"ab,1 \n#-", max_size=80))
def test_no_text_is_evaluated_or_breaks_the_parser(text):
    try:
        list(divided(text))
    except GenotypeError as error:
        assert "\n" not in str(error)


def test_what_cannot_be_read_is_one_sentence(tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_text("# nothing\n")
    with pytest.raises(NasevalError, match=r"empty\.txt holds no genotype"):
        read_genotypes(empty, "darts")
    with pytest.raises(NasevalError, match="could not be read"):
        read_genotypes(tmp_path / "absent", "darts")
    empty.write_bytes(b"\xff\xfe")
    with pytest.raises(NasevalError, match="no text in UTF-8"):
        read_genotypes(empty, "darts")


def test_the_spaces_of_a_genotype_are_found(tmp_path):
    file = tmp_path / "some.txt"
    file.write_text(f"{as_call(sample('pdarts', 0))}\n\n{ENAS}\n")
    first, second = read_held(file)
    assert list(first) == ["darts", "pdarts"]
    assert {"enas", "nao"} <= set(second)
    with pytest.raises(NasevalError, match=r"some\.txt, line 1: .*the space modified has"):
        read_held(file, "modified")
    file.write_text(CALL.replace("range(2, 6)", "[2]"))
    with pytest.raises(
        NasevalError, match="line 1: no space holds this genotype; as one of darts, "
    ):
        read_held(file)

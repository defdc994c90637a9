"""The authors' real files as study tables; exact numbers of the files."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from naseval import schemas
from naseval.errors import NasevalError
from naseval.published import paper
from naseval.published.benchmark import FILES, column_meaning
from naseval.published.studies import PROTOCOL_OF_HEADER
from naseval.published.tables import OTHER_TABLES, STUDIES, TABLES
from published_files import constants, folder, needs_files


@pytest.fixture(scope="module")
def read() -> Callable[[str], pd.DataFrame]:
    tables: dict[str, pa.Table] = {}

    def frame(name: str) -> pd.DataFrame:
        if name not in tables:
            tables[name] = TABLES[name].read(folder(), constants())
        return tables[name].to_pandas()

    return frame


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("Random DARTS", ("darts", "random")),
        ("PDARTS ", ("pdarts", "searched")),
        ("MANAS-LS", ("manas", "searched")),
        ("StacNAS", ("stacnas", "searched")),
    ],
)
def test_headers(header: str, meaning: tuple[str, str]) -> None:
    assert column_meaning(header) == meaning


@pytest.mark.parametrize("header", ["Random", "", "XNAS"])
def test_unknown_headers_are_refused(header: str) -> None:
    with pytest.raises(NasevalError, match="unknown column"):
        column_meaning(header)


@needs_files
@pytest.mark.parametrize("name", STUDIES)
def test_studies_have_the_schema_and_name_each_run_once(
    name: str, read: Callable[[str], pd.DataFrame]
) -> None:
    table = TABLES[name].read(folder(), constants())
    assert table.schema == schemas.STUDY
    study = read(name)
    assert (study["source"] == "published").all()
    assert (study["study"] == name).all()
    assert study["test_accuracy"].between(0, 100).all()
    keys = ["dataset", "genotype", "protocol", "seed", "reading", "epoch"]
    assert not study.duplicated(keys).any()
    assert (study["epoch"].isna() == (study["reading"] == "best")).all()


@needs_files
def test_benchmark_is_read_by_name(read: Callable[[str], pd.DataFrame]) -> None:
    study = read("benchmark").set_index("genotype")["test_accuracy"]
    assert len(study) == 632  # 5 × 16 × 8 without StacNAS on CIFAR-100
    assert study["pdarts/cifar10/seed-0"] == 97.14
    assert study["darts/flowers102/random-000"] == 94.887
    assert study["pdarts/flowers102/seed-0"] == 94.411415
    assert study["manas/cifar10/seed-0"] == 97.07
    assert study["nao/cifar10/random-000"] == 97.009995


@needs_files
def test_other_studies(read: Callable[[str], pd.DataFrame]) -> None:
    protocols = read("protocols")
    assert protocols.groupby("protocol", sort=False)["test_accuracy"].max().iloc[-1] == 98.15
    assert read("distribution").groupby("genotype").size().eq(600).all()
    assert read("operations").groupby("space")["genotype"].nunique().to_dict() == {
        "darts": 214,
        "modified": 56,
    }
    cells = read("cells").groupby("cells")["genotype"].nunique()
    assert cells.to_dict() == {4: 16, 6: 12, 8: 15, 12: 16, 16: 16, 20: 16, 24: 16}
    assert set(read("depth")["protocol"]) == {"cda", "cda-8cells"}
    assert read("cost").groupby(["method", "origin"]).size().eq(8).all()
    assert read("costs").set_index("method")["gpu_days"]["nsganet"] == 4


@needs_files
def test_same_architectures_have_the_same_names(read: Callable[[str], pd.DataFrame]) -> None:
    cells = read("cells").query("cells == 20")
    distribution = read("distribution").set_index(["genotype", "epoch"])["test_accuracy"]
    keys = list(zip(cells["genotype"], cells["epoch"], strict=True))
    assert np.array_equal(distribution[keys].to_numpy(), cells["test_accuracy"].to_numpy())
    seeds = read("seeds").query("seed == 0").set_index("genotype")["test_accuracy"]
    cda = read("protocols").query("protocol == 'cda'").set_index("genotype")["test_accuracy"]
    assert len(cda) == 8
    assert seeds[cda.index].round(2).equals(cda.round(2))


@needs_files
def test_genotypes_and_lists(read: Callable[[str], pd.DataFrame]) -> None:
    genotypes = read("genotypes")
    assert genotypes["genotype"].nunique() == 214
    assert genotypes["operation"].value_counts().to_dict() == {
        "max_pool_3x3": 536,
        "sep_conv_5x5": 515,
        "avg_pool_3x3": 504,
        "sep_conv_3x3": 504,
        "dil_conv_3x3": 501,
        "skip_connect": 481,
        "dil_conv_5x5": 383,
    }
    sizes = read("splits").groupby(["dataset", "split"]).size()
    assert sizes.to_dict() == {
        ("flowers102", "test"): 1682,
        ("flowers102", "train"): 6507,
        ("mit67", "test"): 3153,
        ("mit67", "train"): 12466,
        ("sport8", "test"): 318,
        ("sport8", "train"): 1261,
    }


@needs_files
def test_every_known_issue_is_found(read: Callable[[str], pd.DataFrame]) -> None:
    issues = read("data_issues")
    assert issues["severity"].value_counts().to_dict() == {"note": 28, "warning": 18, "error": 6}
    found = {
        (row.file.rsplit("/", 1)[-1], fragment)
        for row in issues.itertuples()
        for fragment in KNOWN.get(row.file.rsplit("/", 1)[-1], [])
        if fragment in f"{row.what}; {row.evidence}"
    }
    assert found == {
        (file, fragment) for file, fragments in KNOWN.items() for fragment in fragments
    }


KNOWN = {
    "CIFAR100.csv": ["8 of 8 entries are blank", "Random NAO carries the rounding noise"],
    "CIFAR10.csv": ["MANAS-LS", "means 97.1250 in the table, 97.0575", "97.1825 in the table"],
    "Flowers102.csv": [
        "'PDARTS '",
        "pdarts for darts, darts for pdarts",
        "Random DARTS and Random ENAS hold the same",
        "row 3: 95.69",
        "row 6: 96.4754",
        "row 2: 93.868141",
        "NSGANET holds accuracies that were cut off",
    ],
    "Augmentation.csv": ["'DropPath '"],
    "Sport8.csv": ["row 4: 95.65, nearest 95.5975 and 95.9119"],
    "different_seed_24.npy": ["24 of the 32 pairs", "0.22 per cent in the file, 0.39"],
    "cell_n_6.npy": ["12 of 16 curves"],
    "cell_n_8.npy": ["15 of 16 curves"],
    "214_random_architectures.npy": ["mean 97.0341 best, 96.9492 last", "503 to 600"],
    "214genotypes.pkl": [
        "none never occurs",
        "the first 59 architectures have no dil_conv_5x5",
        "181 of 1712 edges",
        "p = 0.0008",
    ],
    "56_random_mod_architectures.npy": ["0 genotypes for 56 curves"],
    "MIT67_test.csv": ["15619 listed, 15620 stated", "107 names"],
}


def test_the_names_of_the_tables_are_those_that_are_read():
    assert tuple(STUDIES) == paper.STUDIES
    assert tuple(OTHER_TABLES) == paper.OTHER_TABLES


def test_the_tables_are_of_the_papers_datasets_and_protocols():
    assert list(FILES) == list(paper.DATASETS)
    assert list(PROTOCOL_OF_HEADER.values()) == list(paper.PROTOCOLS)

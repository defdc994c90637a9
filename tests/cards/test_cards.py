"""Score cards as a whole: what they say of nothing, of seeds and cost; their pictures, settings."""

import re

from card_results import card, configured, everything, searched, section, write_searches
from naseval.analysis.relative_improvement import benchmark_table
from naseval.cards import cost, seeds, settings
from naseval.cards.evidence import Evidence
from naseval.methods import describe_method, method_names
from tiny_project import METHODS


def test_nothing_run_is_a_card_that_says_so(tmp_path, paper):
    evidence = Evidence.gathered(configured(paper, METHODS), tmp_path / "results", [])
    for method in METHODS:
        text = card(evidence, method, tmp_path / "cards")
        assert evidence.config.labels["methods"][method] in text.splitlines()[0]
        assert "[what is missing](#missing)" in text
        assert "No architecture of this method has been trained yet." in text
        assert "**Against the average architecture: nothing to judge yet.**" in text
        assert "| any | CIFAR-10 | searches | 0 | 3 | seed 0, 1, 2 |" in text
        assert re.search(r"runs of random architectures under \S+ \| 0 \| 3 \|", text)
        assert not list((tmp_path / "cards" / method).iterdir())


def test_reconstructions_are_marked(tmp_path, paper):
    evidence = Evidence.gathered(configured(paper, METHODS), tmp_path / "results", [])
    for method in ("darts", "manas", "manas-ls"):
        heading = card(evidence, method, tmp_path).splitlines()[0]
        assert heading.endswith("(reconstruction)") == (method != "darts")


def test_a_method_that_no_study_has_says_how_to_add_it(tmp_path, paper):
    evidence = Evidence.gathered(configured(paper, ["darts"]), tmp_path / "results", [])
    text = card(evidence, "nao", tmp_path)
    assert "add it to `studies.benchmark.methods`" in section(text, "Missing")


def test_without_studies_there_are_still_cards(tmp_path, paper):
    config = configured(paper, ["darts"])
    config = config.model_copy(update={"studies": {}})
    text = card(Evidence.gathered(config, tmp_path, []), "darts", tmp_path)
    assert "No study asks for this method" in text


def test_equal_genotypes_are_counted_once(tmp_path, paper):
    config = configured(paper, ["darts", "nao"], ["cifar10"])
    everything(config, tmp_path)
    write_searches(config, tmp_path, [s for s in searched(config) if s.method == "nao"], same=True)
    evidence = Evidence.gathered(config, tmp_path, [])
    shown = {method: seeds.section(evidence, method) for method in ("darts", "nao")}
    assert "3 of 3 searches" in shown["darts"]
    assert "1 of 3 searches" in shown["nao"]
    spread = benchmark_table(evidence.study("benchmark", "darts")).iloc[0]
    ratio = spread["searched_std"] / spread["random_std"]
    assert (
        f"| {spread['searched_std']:.2f} | 3 | {spread['random_std']:.2f} | 3 | {ratio:.2f} |"
        in (shown["darts"])
    )
    text = card(evidence, "nao", tmp_path)
    assert text.count("nao/cifar10-seed-0.png") == 1 and "cifar10-seed-1" not in text


def test_cost_is_that_of_the_epochs(whole):
    text = cost.cost_section(whole, "enas")
    assert "| CIFAR-10 | 3 | 43202.0 ± 1.6 | 0.5 ± 1.9e-05 |" in text
    assert "GPU-days" in text and "Device: cuda" in text


def test_sizes_are_those_of_the_networks_with_their_spread(whole):
    """Three of each: 3.000 to 3.002 million parameters, 500 to 502 million MACs."""
    those = whole.complexity[whole.complexity["method"] == "darts"]
    text = cost.size_section(those, whole.config.labels["datasets"])
    side = "3.00 ± 0.00 | 501.00 ± 0.82 | 3"
    assert f"| CIFAR-10 | {side} | {side} |" in text


def test_datasets_are_in_the_order_of_the_study(tmp_path, paper):
    config = configured(paper, ["darts"], ["sport8", "cifar10"], tricks=False, n=1)
    evidence = everything(config, tmp_path)
    sizes = cost.size_section(evidence.complexity, config.labels["datasets"])
    for text in (cost.cost_section(evidence, "darts"), sizes):
        assert re.findall(r"^\| (Sport-8|CIFAR-10) ", text, re.MULTILINE) == ["Sport-8", "CIFAR-10"]


def test_a_whole_card_shows_its_pictures(tmp_path, paper):
    config = configured(paper, ["nsganet"], ["cifar10"], tricks=False)
    text = card(everything(config, tmp_path / "results"), "nsganet", tmp_path)
    assert "Everything that is configured has been run." in section(text, "Missing")
    pictures = set(re.findall(r"nsganet/([\w-]+)\.png\)\]\(nsganet/\1\.svg\)", text))
    drawn = {f"cifar10-seed-{seed}" for seed in range(3)}
    assert pictures == {"improvement", "operations", "size"} | drawn
    for picture in pictures:
        assert all((tmp_path / f"nsganet/{picture}.{kind}").exists() for kind in ("png", "svg"))


def test_settings_are_whole_and_differences_named(paper):
    config = configured(paper, ["pdarts"], ["cifar10", "cifar100", "sport8"])
    different = settings.differences(config, "pdarts", ["cifar10", "cifar100", "sport8"])
    assert different["cifar100"] == {"search.skip_dropout": [0.1, 0.2, 0.3]}
    assert different["sport8"] == {"protocol.cells": 8, "search.cells": [8, 8, 8]}
    text = settings.section(config, "pdarts", ["cifar10", "sport8"])
    assert "skip_dropout_decay: 0.2" in text and "search.cells:" in text
    assert text.count("<details>") == text.count("</details>") == 2


def test_descriptions_are_the_first_lines_of_the_methods():
    for method in method_names():
        line = describe_method(method)
        assert 20 < len(line) < 110 and line.endswith(").")

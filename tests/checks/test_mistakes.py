"""Every key with every kind of mistake: one sentence that names a key of the file, or a plan."""

import random

import pytest

from mutations import changed, dotted_paths, mutations
from naseval.checks import check
from naseval.config import load_config
from naseval.errors import NasevalError

FEW = 600


def told(config):
    """Return the message if the configuration is refused."""
    try:
        check(load_config(config))
    except NasevalError as error:
        return str(error)
    return None


def names_a_key(message, config):
    """Tell whether a message names a key that the configuration has, or one that it lacks there."""
    known = dotted_paths(config)
    for named in message.split("config key ")[1:]:
        if " is missing" in named:
            above = named.partition(" is missing")[0].rpartition(".")[0]
            return above == "" or above in known
        if any(named.startswith(key) and named[len(key) : len(key) + 1] in " :" for key in known):
            return True
    return False


def judge(paper, chosen):
    for path, change in chosen:
        config = changed(paper, path, change)
        message = told(config)
        if message is not None:
            assert "\n" not in message, (path, change, message)
            assert names_a_key(message, config), (path, change, message)


def test_a_mistake_is_one_sentence_with_a_key(paper):
    every = list(mutations(paper))
    judge(paper, random.Random(7).sample(every, FEW))


@pytest.mark.slow
def test_every_mistake_is_one_sentence_with_a_key(paper):
    judge(paper, mutations(paper))


def test_most_mistakes_are_noticed(paper):
    every = list(mutations(paper))
    chosen = random.Random(8).sample(every, FEW // 3)
    refused = sum(told(changed(paper, *mistake)) is not None for mistake in chosen)
    assert refused > len(chosen) / 2

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from controller_toys import predictor
from fixtures_wiring import VECTORS
from naseval.methods.nao.codec import (
    ArchitectureCodec,
    CodecFit,
    embedding_of,
    integers_of_tokens,
    tokens_of,
    valid_tokens,
    with_halves_swapped,
)
from naseval.methods.nao.pool import Pool
from naseval.networks.cost import parameters
from naseval.randomness import stream
from naseval.spaces import get_space
from naseval.spaces.enas.space import cell_of, genotype_of, integers_of
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop

FACTS = VECTORS["nao"]


def drawn(count, name="drawn"):
    space = get_space("nao")
    return [integers_of(space.sample(stream(name, i), "uniform")) for i in range(count)]


def codec(seed=0, **changes):
    torch.manual_seed(seed)
    return ArchitectureCodec(predictor(**changes))


def test_shapes_and_sizes():
    found, expected = codec(), FACTS["predictor"]
    shapes = sorted(tuple(weight.shape) for weight in found.parameters())
    assert shapes == sorted(map(tuple, expected["shapes"].values()))
    assert parameters(found, True) == expected["params_total"]
    assert parameters(found.decoder, True) == expected["params_decoder"]
    reading = parameters(found.encoder, True) + parameters(found.regressor, True)
    assert reading == expected["params_encoder_incl_predictor"]
    for part in ("encoder", "decoder"):
        for name, weight in getattr(found, part).named_parameters():
            wanted = expected["shapes"].get(f"{part}.{name}")
            assert wanted is None or list(weight.shape) == wanted


def test_initial_weights():
    for weight in codec().parameters():
        if weight.dim() > 1:
            assert 0.03 < weight.abs().max() <= 0.04


@pytest.mark.parametrize("name", FACTS["token_sequences"])
def test_published_tokens(name):
    integers = FACTS["genotypes"][name]["integers"]
    tokens = tokens_of([integers["normal"] + integers["reduce"]])
    assert tokens.tolist() == [FACTS["token_sequences"][name]]
    assert integers_of_tokens(tokens) == [tuple(integers["normal"] + integers["reduce"])]


def test_positions_allow_what_the_space_allows():
    for integers in drawn(50):
        for position, token in enumerate(tokens_of([integers])[0].tolist()):
            assert token in valid_tokens(position)
    assert [len(valid_tokens(p)) for p in range(0, 40, 2)] == [2, 2, 3, 3, 4, 4, 5, 5, 6, 6] * 2


@given(st.integers(0, 10**6))
@settings(max_examples=25)
def test_swaps_change_one_node_per_cell_and_no_architecture(seed):
    torch.manual_seed(seed)
    before = drawn(4)
    after = integers_of_tokens(with_halves_swapped(tokens_of(before)))
    for first, second in zip(before, after, strict=True):
        for half in (slice(0, 20), slice(20, 40)):
            old, new = cell_of(first[half]).nodes, cell_of(second[half]).nodes
            assert [sorted(node) for node in old] == [sorted(node) for node in new]
            changed = [n for n in range(5) if old[n] != new[n]]
            assert len(changed) <= 1
            assert all(old[n] == new[n][::-1] for n in changed)


def test_swaps_reach_every_node():
    tokens = tokens_of(drawn(1, "asymmetric") * 400)
    torch.manual_seed(1)
    changed = (with_halves_swapped(tokens) != tokens).reshape(400, 10, 4).any(-1).float().mean(0)
    symmetric = [node[0] == node[1] for node in _nodes(integers_of_tokens(tokens[:1])[0])]
    for share, same in zip(changed.tolist(), symmetric, strict=True):
        assert share == (0 if same else pytest.approx(0.2, abs=0.08))


def _nodes(integers):
    found = genotype_of("nao", integers)
    return [*found.normal.nodes, *found.reduce.nodes]


def lstm(rnn, inputs, h, c):
    """Run an LSTM in numpy: inputs (T, I) to hidden states (T, H)."""
    w = {name: weight.detach().numpy() for name, weight in rnn.named_parameters()}
    states = []
    for x in inputs:
        gates = w["weight_ih_l0"] @ x + w["bias_ih_l0"] + w["weight_hh_l0"] @ h + w["bias_hh_l0"]
        i, f, g, o = np.split(gates, 4)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
        states.append(h)
    return np.stack(states)


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def test_the_text_in_numpy():
    """Encodings, predicted score, and the decoder's logits, of one architecture."""
    found = codec(initial_range=0.5).double().eval()
    tokens = tokens_of(drawn(1))
    encodings = found.encoder(tokens)
    logits = found.decoder(encodings, tokens)[0].detach().numpy()

    embedded = found.encoder.embedding.weight.detach().numpy()[tokens[0]]
    pairs = np.concatenate([embedded[::2], embedded[1::2]], axis=1)
    steps = unit(lstm(found.encoder.rnn, pairs, np.zeros(96), np.zeros(96)))
    np.testing.assert_allclose(encodings[0].detach(), steps, rtol=1e-9)
    embedding = unit(steps.mean(0))
    np.testing.assert_allclose(embedding_of(encodings)[0].detach(), embedding, rtol=1e-9)

    value = embedding
    layers = [m for m in found.regressor if isinstance(m, torch.nn.Linear)]
    for layer in layers[:3]:
        value = np.maximum(layer.weight.detach().numpy() @ value + layer.bias.detach().numpy(), 0)
    value = layers[3].weight.detach().numpy() @ value + layers[3].bias.detach().numpy()
    expected = 1 / (1 + np.exp(-value[0]))
    assert found.predict(encodings).item() == pytest.approx(expected, rel=1e-9)

    before = [0, *tokens[0, :-1].tolist()]
    inputs = found.decoder.embedding.weight.detach().numpy()[before]
    hidden = lstm(found.decoder.rnn, inputs, embedding, embedding)
    attend, mix, out = found.decoder.attend, found.decoder.mix, found.decoder.out
    for position, state in enumerate(hidden):
        scores = steps @ (attend.weight.detach().numpy() @ state)
        weights = np.exp(scores) / np.exp(scores).sum()
        both = np.concatenate([weights @ steps, state])
        mixed = np.tanh(mix.weight.detach().numpy() @ both)
        wanted = out.weight.detach().numpy() @ mixed + out.bias.detach().numpy()
        np.testing.assert_allclose(logits[position], wanted, rtol=1e-8)


def test_the_loss_weighs_both_parts():
    found = codec(trade_off=0.9).eval()
    tokens, scores = tokens_of(drawn(5)), torch.rand(5)
    encodings = found.encoder(tokens)
    logits = found.decoder(encodings, tokens)
    squared = (found.predict(encodings) - scores).square().mean()
    negative = -logits.log_softmax(-1).gather(-1, tokens[..., None]).mean()
    expected = 0.9 * squared + 0.1 * negative
    torch.testing.assert_close(found.loss(tokens, scores), expected)


def test_greedy_writing_is_valid_and_is_what_teacher_forcing_prefers():
    found = codec(initial_range=0.8).eval()
    encodings = found.encoder(tokens_of(drawn(20)))
    written = found.decoder.write(encodings)
    for integers in integers_of_tokens(written):
        get_space("nao").validate(genotype_of("nao", integers))
    logits = found.decoder(encodings, written)
    for position in range(40):
        valid = valid_tokens(position)
        best = logits[:, position, valid.start : valid.stop].argmax(-1) + valid.start
        assert torch.equal(best, written[:, position])


def test_a_step_uphill_raises_the_prediction():
    found = codec(initial_range=0.5).eval()
    encodings = found.encoder(tokens_of(drawn(10))).detach().requires_grad_()
    before = found.predict(encodings)
    (slope,) = torch.autograd.grad(before.sum(), encodings)
    moved = F.normalize(
        encodings.detach() + 1e-2 * slope / slope.norm(dim=(1, 2), keepdim=True), dim=-1
    )
    assert (found.predict(moved) > before).all()
    tokens = tokens_of(drawn(10))
    for step_size in (1, 50):
        expected = F.normalize(encodings.detach() + step_size * slope, dim=-1)
        assert torch.equal(found.uphill(tokens, step_size), found.decoder.write(expected))
    assert all(weight.grad is None for weight in found.parameters())


def fitted(scores, architectures, epochs, **changes):
    chosen = predictor(epochs=epochs, batch_size=20, **changes)
    torch.manual_seed(0)
    found = ArchitectureCodec(chosen)
    fit = CodecFit(found, tokens_of(architectures), torch.tensor(scores), chosen, seed=0, stage=1)
    parts = {"codec": found, "adam": fit.optimizer}
    EpochLoop().run(fit, epochs=1, steps=fit.steps, parts=parts, stream_names=("codec",))
    return found.eval()


class Killed(Exception):  # noqa: N818
    """Ends a fit that may not do anything any more."""


def test_a_fit_that_is_killed_loses_only_a_step(tmp_path, monkeypatch):
    monkeypatch.setattr("naseval.training.loop.SAVE_SHARE", float("inf"))  # whatever saving takes
    chosen = predictor(epochs=4, batch_size=20)
    seen = []

    class Fit(CodecFit):
        def step(self, epoch, step):
            seen.append(step)
            if seen == [0, 1, 2, 3, 4, 5]:
                raise Killed
            return super().step(epoch, step)

    def fit(loop):
        torch.manual_seed(0)
        found = ArchitectureCodec(chosen)
        task = Fit(found, tokens_of(drawn(40)), torch.rand(40), chosen, seed=0, stage=1)
        parts = {"codec": found, "adam": task.optimizer}
        loop.run(task, epochs=1, steps=task.steps, parts=parts, stream_names=("codec",))
        return found.state_dict()

    checkpoint = Checkpoint(tmp_path / "fit.pt", "same")
    with pytest.raises(Killed):
        fit(EpochLoop(checkpoint, pause=0.0))
    resumed = fit(EpochLoop(checkpoint))
    assert seen == [*range(6), *range(5, 8)]
    straight = fit(EpochLoop())
    assert all(torch.equal(resumed[name], weight) for name, weight in straight.items())


def test_the_loss_of_a_fit_is_the_mean_over_architectures():
    chosen = predictor(epochs=2, batch_size=4)
    found, seen = codec(), []
    loss = found.loss

    def noted(tokens, scores):
        seen.append((len(tokens), loss(tokens, scores)))
        return seen[-1][1]

    found.loss = noted
    fit = CodecFit(found, tokens_of(drawn(5)), torch.rand(5), chosen, seed=0, stage=1)
    parts = {"codec": found, "adam": fit.optimizer}
    rows = EpochLoop().run(fit, epochs=1, steps=fit.steps, parts=parts, stream_names=("codec",))
    assert [count for count, _ in seen] == [4, 1, 4, 1]
    mean = sum(count * one.item() for count, one in seen) / 10
    assert [row["train_loss"] for row in rows] == pytest.approx([mean], rel=1e-6)


def test_a_fit_learns_to_predict_and_to_write():
    architectures = drawn(40)
    scores = [sum(op == 0 for op in integers[1::2]) / 20 for integers in architectures]
    found = fitted(scores, architectures, epochs=60, learning_rate=0.005, dropout=0.0)
    with torch.no_grad():
        encodings = found.encoder(tokens_of(architectures))
        assert np.corrcoef(found.predict(encodings), scores)[0, 1] > 0.8
        squared, written = found.losses(tokens_of(architectures), torch.tensor(scores))
    assert squared < np.var(scores)
    assert written < 1.9  # a guess among 12 tokens costs 2.48


def test_a_pool_ranks_grows_and_survives_a_checkpoint():
    one, two, three = drawn(3)
    pool = Pool().extended([one, two, three], map(sum, (one, two, three)))
    assert pool.sampling_weights == (sum(one), sum(two), sum(three))
    ranked = pool.ranked([0.25, 0.75, 0.5])
    assert ranked.architectures == (two, three, one)
    assert ranked.sampling_weights == (sum(two), sum(three), sum(one))
    assert ranked.scaled_scores() == [1, 0.5, 0]
    assert ranked.genotype(0) == genotype_of("nao", two)
    assert Pool.from_dict(ranked.to_dict()) == ranked
    extended = ranked.extended(drawn(1, "more"), [40])
    assert extended.architectures[:3] == ranked.architectures
    assert extended.architectures[3:] == tuple(drawn(1, "more"))
    assert extended.sampling_weights[3] == 40
    assert extended.scores == ()
    assert pool.ranked([0.5, 0.5, 0.5]).architectures == pool.architectures
    assert pool.ranked([0.5, 0.5, 0.5]).scaled_scores() == [0, 0, 0]

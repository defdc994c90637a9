"""Batched transforms against plain loops, exact counts and torchvision."""

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from PIL import Image
from torchvision.transforms import v2

from naseval.data import transforms
from naseval.data.batch_order import CUTOUT_COLUMN, CUTOUT_ROW, FLIP, Batch
from naseval.data.images import LargeImages
from naseval.randomness import stream, torch_seed
from naseval.settings.dataset import Channels, ImageSettings
from paths import VECTORS as VECTOR_FILES

CHANNELS = Channels(mean=(0.5, 0.4, 0.3), std=(0.25, 0.2, 0.3))
SMALL = ImageSettings(images="small", image_size=32, classes=10)
LARGE = ImageSettings(images="large", image_size=64, classes=10)
VECTORS = json.loads((VECTOR_FILES / "darts_space.json").read_text())
HOLES = VECTORS["cutout_length16_on_32x32"]["zeroed_pixels"]


def pixels(count, size=32):
    random = stream("transform pixels", count, size)
    return torch.from_numpy(random.integers(1, 256, (count, 3, size, size), dtype=np.uint8))


def batch(count, purpose="test", epoch=0):
    draws = stream(1, purpose, epoch).random((count, 5), dtype=np.float32)
    samples = torch.arange(count)
    return Batch(samples, samples, torch.from_numpy(draws), (1, purpose, epoch))


def pictures(sizes):
    """Return large images of these (width, height), encoded as JPEG."""
    encoded = []
    for width, height in sizes:
        content = io.BytesIO()
        coarse = stream("picture", width).integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((width, height)).save(content, "JPEG")
        encoded.append(content.getvalue())
    keys = torch.arange(len(sizes))
    return LargeImages(keys, keys, pa.chunked_array([encoded], pa.large_binary()), Path("made up"))


def plain(image, uniform, padding, flip, cutout):
    """Transform one image as the description says, pixel by pixel where it matters."""
    size = image.shape[-1]
    wide = np.zeros((3, size + 2 * padding, size + 2 * padding), np.uint8)
    wide[:, padding : padding + size, padding : padding + size] = image
    top, left = (int(draw * (2 * padding + 1)) for draw in uniform[:2])
    cropped = wide[:, top : top + size, left : left + size]
    if flip and uniform[2] < 0.5:
        cropped = cropped[:, :, ::-1]
    mean, std = np.array(CHANNELS.mean, np.float32), np.array(CHANNELS.std, np.float32)
    result = (cropped / np.float32(255) - mean[:, None, None]) / std[:, None, None]
    if cutout:
        y, x, half = int(uniform[3] * size), int(uniform[4] * size), cutout // 2
        result[:, max(0, y - half) : y + half, max(0, x - half) : x + half] = 0
    return result


@pytest.mark.parametrize(("size", "flip", "cutout"), [(32, True, 16), (32, False, 0), (8, True, 5)])
def test_a_batch_is_what_plain_code_makes_of_each_image(size, flip, cutout):
    dataset = ImageSettings(images="small", image_size=size, classes=10, flip=flip)
    transform = transforms.training_transform(dataset, CHANNELS, cutout=cutout)
    images, draws = pixels(200, size), batch(200)
    found = transform.finish(transform.prepare(images, draws), draws.uniform)
    for image, uniform, got in zip(images, draws.uniform.numpy(), found, strict=True):
        expected = plain(image.numpy(), uniform, size // 8, flip, cutout)
        np.testing.assert_allclose(got.numpy(), expected, rtol=0, atol=1e-6)


def test_shifts_are_uniform_over_nine_by_nine_and_half_the_images_are_mirrored():
    count = 20_000
    draws = batch(count)
    corner = torch.zeros(count, 3, 8, 8, dtype=torch.uint8)
    corner[:, :, 4, 4] = 1  # lands 0 to 8 pixels from the edge, so it may leave the image
    moved = transforms.shift_and_flip(corner, draws.uniform, 4, False)[:, 0].bool()
    inside = moved.flatten(1).any(1)
    assert inside.float().mean() == pytest.approx((8 / 9) ** 2, abs=0.01)
    places = torch.bincount(moved[inside].flatten(1).int().argmax(1), minlength=64) / count
    assert places.min() > 0.8 / 81
    assert places.max() < 1.2 / 81
    assert (draws.uniform[:, FLIP] < 0.5).float().mean() == pytest.approx(0.5, abs=0.015)


@pytest.mark.parametrize("centre", HOLES)
def test_cutout_covers_exactly_the_pixels_of_the_vectors(centre):
    y, x = map(int, centre.removeprefix("centre_").split("_"))
    uniform = torch.zeros(1, 5)
    uniform[0, CUTOUT_ROW], uniform[0, CUTOUT_COLUMN] = y / 32, x / 32
    cut = transforms.cut_out(torch.ones(1, 3, 32, 32), uniform, 16)
    assert (cut == 0).sum(dim=(2, 3)).tolist() == [[HOLES[centre]] * 3]
    assert cut[0, :, y, x].tolist() == [0, 0, 0]


def test_cutout_centres_reach_every_pixel():
    centres = (batch(20_000).uniform[:, CUTOUT_ROW] * 32).long()
    share = torch.bincount(centres, minlength=32) / 20_000
    assert len(share) == 32
    assert share.min() > 0.8 / 32
    assert share.max() < 1.2 / 32


def test_test_transform_is_torchvisions_normalisation():
    images = pixels(7)
    transform = transforms.test_transform(SMALL, CHANNELS)
    assert not transform.random
    reference = v2.Compose(
        [v2.ToDtype(torch.float32, scale=True), v2.Normalize(CHANNELS.mean, CHANNELS.std)]
    )
    found = transform.finish(transform.prepare(images, batch(7)), batch(7).uniform)
    torch.testing.assert_close(found, reference(images), rtol=0, atol=1e-6)


def test_the_central_crop_has_seven_eighths_of_the_shorter_side():
    image = pictures([(200, 146)]).pixels(torch.tensor([0]))
    found = transforms.test_transform(LARGE, CHANNELS).prepare(image, batch(1))
    expected = v2.Compose([v2.Resize(73), v2.CenterCrop(64), v2.PILToTensor()])(image[0])
    assert torch.equal(found[0], expected)


def test_large_training_images_follow_their_own_stream():
    images = pictures([(90, 120), (150, 100), (64, 64)])
    transform = transforms.training_transform(LARGE, CHANNELS, cutout=16)
    everything = torch.arange(3)
    draws = batch(3, epoch=4)
    prepared = transform.prepare(images.pixels(everything), draws)
    assert prepared.shape == (3, 3, 64, 64)
    assert prepared.dtype == torch.uint8
    last = Batch(everything[2:], everything[2:], draws.uniform[2:], draws.key)
    assert torch.equal(transform.prepare(images.pixels(everything[2:]), last)[0], prepared[2])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(torch_seed(1, "test", 4, 2))
        steps = [
            v2.RandomResizedCrop(64),
            v2.RandomHorizontalFlip(),
            v2.ColorJitter(0.4, 0.4, 0.4, 0.2),
            v2.PILToTensor(),
        ]
        assert torch.equal(v2.Compose(steps)(images.pixels(everything[2:])[0]), prepared[2])
    holes = (transform.finish(prepared, draws.uniform) == 0).all(1).sum(dim=(1, 2))
    assert holes.max() <= 16 * 16
    assert holes.min() >= 8 * 8
    another = transform.prepare(images.pixels(everything), batch(3, epoch=5))
    assert not torch.equal(another, prepared)


def test_large_images_are_mirrored_only_where_the_dataset_allows():
    rising = np.arange(0, 256, 2, dtype=np.uint8)  # brighter to the right
    image = Image.fromarray(np.broadcast_to(rising[None, :, None], (128, 128, 3)).copy())

    def falling(flip):
        dataset = ImageSettings(images="large", image_size=16, classes=10, flip=flip)
        found = transforms.training_transform(dataset, CHANNELS).prepare([image] * 100, batch(100))
        brightness = found.float().mean(dim=(1, 2))
        return (brightness[:, 0] > brightness[:, -1]).float().mean().item()

    assert falling(False) == 0
    assert falling(True) == pytest.approx(0.5, abs=0.15)


def test_autoaugment_follows_the_shift_and_fills_with_grey():
    images, draws = pixels(20), batch(20)
    with_policy = transforms.training_transform(SMALL, CHANNELS, autoaugment=True)
    shifted = transforms.training_transform(SMALL, CHANNELS).prepare(images, draws)
    policy = v2.AutoAugment(v2.AutoAugmentPolicy.CIFAR10, fill=[128, 128, 128])
    with torch.random.fork_rng(devices=[]):
        for sample, found in enumerate(with_policy.prepare(images, draws)):
            torch.manual_seed(torch_seed(1, "test", 0, sample))
            assert torch.equal(policy(shifted[sample]), found)


def test_the_global_generators_of_torch_stay_as_they_were(monkeypatch):
    reseeded = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", reseeded.append)  # what manual_seed calls
    before = torch.get_rng_state()
    small = transforms.training_transform(SMALL, CHANNELS, cutout=16, autoaugment=True)
    small.finish(small.prepare(pixels(4), batch(4)), batch(4).uniform)
    large = transforms.training_transform(LARGE, CHANNELS)
    large.prepare(pictures([(70, 90)]).pixels(torch.tensor([0])), batch(1))
    assert torch.equal(torch.get_rng_state(), before)
    assert reseeded == []


def test_options_of_training_are_refused_for_untransformed_images():
    with pytest.raises(ValueError, match="cutout"):
        transforms.chosen_transform(SMALL, CHANNELS, random_transforms=False, cutout=16)

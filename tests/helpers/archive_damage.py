"""Files damaged at random, each damage named by a seed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import archives as made
from naseval.data.sources import get_source
from naseval.errors import NasevalError
from naseval.randomness import stream
from own_images import divided, write

PAGE = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>\n"


def truncated(content, random):
    """Cut the end off."""
    return content[: random.integers(len(content))]


def flipped(content, random):
    """Flip one to eight bits."""
    changed = bytearray(content)
    for place in random.integers(len(content), size=random.integers(1, 9)):
        changed[place] ^= 1 << random.integers(8)
    return bytes(changed)


def swapped(content, random):
    """Exchange two stretches of one length."""
    size = int(random.integers(1, max(2, len(content) // 4)))
    first, second = sorted(random.integers(len(content) - size, size=2))
    changed = bytearray(content)
    changed[first : first + size], changed[second : second + size] = (
        content[second : second + size],
        content[first : first + size],
    )
    return bytes(changed[: len(content)])


def zeroed(content, random):
    """Set a stretch to zero, as after a crash of the disk."""
    first, last = sorted(random.integers(len(content), size=2))
    return content[:first] + bytes(last - first) + content[last:]


def repeated(content, random):
    """Insert a stretch of the file once more, as after a transfer wrongly resumed."""
    first, last = sorted(random.integers(len(content), size=2))
    return content[:last] + content[first:]


def replaced(content, random):
    """Put a page, noise or nothing in the file's place."""
    return [PAGE, b"", random.bytes(len(content)), random.bytes(64)][random.integers(4)]


DAMAGES = (truncated, flipped, flipped, swapped, zeroed, repeated, replaced)


@dataclass(frozen=True)
class Form:
    """A source in small: how its files are written, and the file that is damaged."""

    source: str
    write: Callable[[Path], object]
    damaged: str
    images: str = "large"
    size: int = 32

    def place(self, folder):
        """Return what the source reads."""
        return folder / self.damaged if self.source == "folder" else folder

    def outcome(self, folder):
        """Return `read` or `refused`. Raise `AssertionError` if a message has several lines."""
        try:
            found = get_source(self.source).read(self.place(folder), self.size, self.images)
            assert len(list(found.images)) == len(found.labels) > 0
        except NasevalError as error:
            assert str(folder) in str(error)
            assert "\n" not in str(error)
            return "refused"
        return "read"


def damaged(content, name, seed):
    """Return the content with the damage of a seed."""
    random = stream("damage", name, seed)
    return DAMAGES[random.integers(len(DAMAGES))](content, random)


def _class_folders(writer, name):
    files = made.class_folders("Images", ["bar", "mall"], 3)
    return lambda folder: writer(folder / name, files)


def _flowers(folder):
    return made.flowers102(folder, 102)


def _own(form):
    return lambda folder: write(folder, form, divided("cat", "dog"))


SPORT8, MIT67 = "event_dataset.rar", "indoorCVPR_09.tar"
FORMS = {
    "cifar10": Form("cifar10", made.cifar10, "cifar-10-python.tar.gz", "small"),
    "sport8": Form("sport8", _class_folders(made.write_rar, SPORT8), SPORT8),
    "mit67": Form("mit67", _class_folders(made.write_tar, MIT67), MIT67),
    "flowers102": Form("flowers102", _flowers, "102flowers.tgz"),
    "labels": Form("flowers102", _flowers, "imagelabels.mat"),
    "test numbers": Form("flowers102", _flowers, "setid.mat"),
    "fashion-mnist": Form(
        "fashion-mnist",
        lambda folder: made.fashion_mnist(folder, {"train": 30, "t10k": 20}),
        "t10k-images-idx3-ubyte.gz",
        "small",
    ),
    "zip": Form("folder", _own("zip"), "images.zip", "small"),
    "tar": Form("folder", _own("tar"), "images.tar", "large"),
    "tar.gz": Form("folder", _own("tar.gz"), "images.tar.gz", "small"),
}  # fmt: skip
NUMBERS = {
    "cifar10": (120, 10, {}),
    "sport8": (6, 2, {}),
    "mit67": (6, 2, {}),
    "flowers102": (102, 102, {}),
    "fashion-mnist": (50, 10, {"test_images": 20}),
}
"""Images and classes that the facts of the sources state in these tests."""

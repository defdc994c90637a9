"""Images in a folder or an archive with one folder per class, known from their paths alone."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from naseval.data.formats.members import Mend, is_passed_over, listing
from naseval.errors import NasevalError

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm"}
)
PARTS = {"train", "test"}
USUAL = PARTS | {
    *("training", "train_set", "training_set", "trainset"),
    *("testing", "tests", "test_set", "testing_set", "testset", "eval", "evaluation"),
    *("val", "valid", "validation", "val_set", "validation_set", "dev"),
}
"""Usual names of folders of parts, none of which is a class where there is nothing else."""
OWN = Mend(
    "set the dataset's path to a folder, a zip or a tar of images",
    "mend it, or set the dataset's path to another",
)

Parts = tuple[str, ...]


@dataclass(frozen=True)
class ClassFolders:
    """N images, sorted by their names."""

    paths: tuple[str, ...]
    """N paths in the folder or archive."""
    names: tuple[str, ...]
    """N paths without the folders that all images lie in."""
    labels: tuple[int, ...]
    """N indices into `classes`."""
    classes: tuple[str, ...]
    """The names of the class folders, sorted."""
    test: tuple[bool, ...] | None
    """N marks of the images in the folder `test`. None if there are none."""
    passed_over: tuple[str, ...]
    """Paths of other files and of links: not hidden, and no images or in no class folder."""


def is_picture(path: str) -> bool:
    """Tell whether a path is that of an image, by its suffix. Hidden files are none."""
    return PurePosixPath(path).suffix.lower() in SUFFIXES and not is_passed_over(path)


def class_folders(place: Path) -> ClassFolders:
    """Find the images in `{class}/…` or `{train,test}/{class}/…`, below any folders that all share.

    Raise `NasevalError` if the archive is damaged or has links in place of images, there is no
    image in a class folder, the folders have other parts than train and test, or a class has test
    images alone.
    """
    files, links = listing(place, mend=OWN)
    _check_links(place, [path for path in links if is_picture(path)])
    visible = sorted(path for path in [*files, *links] if not is_passed_over(path))
    parts = {path: PurePosixPath(path).parts for path in visible if is_picture(path)}
    depth = _shared(list(parts.values()))
    divided = _is_divided(
        place, {names[depth] for names in parts.values() if len(names) > depth + 1}
    )
    level = depth + divided  # of the class folders
    inside = {path: names for path, names in parts.items() if len(names) > level + 1}
    if not inside:
        first = next((f", {path} for instance" for path in parts), "")
        raise NasevalError(
            f"{place} holds {len(parts)} images, but none in a folder of its class{first}; "
            f"{OWN.damaged}"
        )
    names = {path: "/".join(place[depth:]) for path, place in inside.items()}
    paths = sorted(inside, key=names.__getitem__)
    _check_distinct(place, list(names.values()))
    found = [inside[path][level] for path in paths]
    test = tuple(divided and inside[path][depth].lower() == "test" for path in paths)
    _check_trained(place, found, test)
    classes = tuple(sorted(set(found)))
    number = {name: label for label, name in enumerate(classes)}
    return ClassFolders(
        paths=tuple(paths),
        names=tuple(names[path] for path in paths),
        labels=tuple(number[name] for name in found),
        classes=classes,
        test=test if any(test) else None,
        passed_over=tuple(path for path in visible if path not in inside),
    )


def _shared(paths: list[Parts]) -> int:
    """Return the number of leading folders that all images share and that are no class."""
    depth = 0
    while True:
        folders = {names[depth] for names in paths if len(names) > depth + 1}
        if len(folders) != 1 or not any(len(names) > depth + 2 for names in paths):
            return depth
        depth += 1


def _is_divided(place: Path, folders: set[str]) -> bool:
    """Tell whether the folders are those of train and test, rather than of classes."""
    lower = {name.lower() for name in folders}
    if len(lower) > 1 and lower <= USUAL and lower != PARTS:
        raise NasevalError(
            f"{place} has the folders {', '.join(sorted(folders))}; name those of the parts train "
            "and test, and put validation images into train, since the pipeline draws them itself"
        )
    return lower == PARTS


def _check_links(place: Path, images: list[str]) -> None:
    if images:
        raise NasevalError(
            f"{place} holds {len(images)} images as links, {images[0]} for instance, and links in "
            "an archive are not followed; pack the images themselves (tar --dereference), or set "
            "the dataset's path to their folder"
        )


def _check_distinct(place: Path, names: list[str]) -> None:
    if len(set(names)) != len(names):
        twice, _ = Counter(names).most_common(1)[0]
        raise NasevalError(f"{place} holds the image {twice} twice; {OWN.damaged}")


def _check_trained(place: Path, found: list[str], test: tuple[bool, ...]) -> None:
    trained = {name for name, tested in zip(found, test, strict=True) if not tested}
    if others := sorted(set(found) - trained):
        raise NasevalError(
            f"{place} has test images of {', '.join(others[:3])}, but none to train on; "
            f"{OWN.damaged}"
        )

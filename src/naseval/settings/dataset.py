"""Settings of a dataset."""

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from naseval.settings.base import Fraction, Label, PositiveFloat, Seed, Strict

OWN_IMAGES = "folder"
"""The source of a user's own images. Nothing is known of them before they are read."""


class Split(Strict):
    """Division of the images into parts, class by class."""

    train: Fraction = Field(description="share for training in searches")
    validation: Fraction = Field(description="share for validation in searches")
    test: Fraction | Literal["archive", "published"] = Field(
        description="share for the test; archive: the archive's own test images; published: those "
        "of the lists that the paper's authors published; for both, train and validation are "
        "shares of the rest"
    )
    unused: Fraction = Field(0.0, description="share left out, to save time")
    seed: Seed = Field(description="seed of the stratified draw")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        test = 0.0 if isinstance(self.test, str) else self.test
        if abs(self.train + self.validation + test + self.unused - 1) > 1e-9:
            raise ValueError("the shares of a split must add up to 1")
        return self


class Channels(Strict):
    """Mean and standard deviation of each colour channel, of pixels in [0, 1]."""

    mean: tuple[Fraction, Fraction, Fraction] = Field(description="red, green, blue")
    std: tuple[PositiveFloat, PositiveFloat, PositiveFloat] = Field(description="red, green, blue")


class ImageSettings(Strict):
    """Properties of a dataset's images that training depends on."""

    images: Literal["small", "large"] = Field(
        description="small: pad and crop, a stem that keeps the resolution; "
        "large: random resized crops, a stem of stride 8"
    )
    image_size: int = Field(gt=0, le=10_000, description="side of the network's input, in pixels")
    classes: int = Field(ge=2, le=1_000_000, description="number of classes")
    flip: bool = Field(True, description="mirror training images at random")


class Dataset(ImageSettings):
    """A dataset and the preparation of its images."""

    label: Label = Field(description="the name in figures and tables")
    source: str = Field(
        description="the reader, a module of naseval.data.sources; `folder`: your own images"
    )
    path: str | None = Field(
        None,
        min_length=1,
        description="for `source: folder`: a folder, a zip or a tar of images, `{class}/…` or "
        "`{train,test}/{class}/…`",
    )
    split: Split = Field(description="train, validation and test parts")
    channels: Channels | Literal["computed"] = Field(
        description="normalisation; computed: from the images that augmentation trains on"
    )
    margin: PositiveFloat = Field(
        1.0,
        description="points of accuracy; methods whose difference is certainly smaller are "
        "equivalent (docs/statistics.md)",
    )

    @model_validator(mode="after")
    def _own_images(self) -> Self:
        if self.source == OWN_IMAGES and self.path is None:
            raise ValueError("the source folder needs a path, that of a folder, a zip or a tar")
        if self.source != OWN_IMAGES and self.path is not None:
            raise ValueError("a path is for the source folder alone; remove it")
        if self.path is not None and self.split.test == "published":
            raise ValueError(
                "no lists are published for your own images; give split.test a share, or archive"
            )
        return self

    @cached_property
    def training(self) -> ImageSettings:
        """The settings that training depends on."""
        return ImageSettings(**self.model_dump(include=set(ImageSettings.model_fields)))

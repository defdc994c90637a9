"""Settings of a dataset."""

from typing import Literal, Self

from pydantic import Field, model_validator

from naseval.settings.base import Fraction, Positive, PositiveFloat, Strict


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
    seed: int = Field(description="seed of the stratified draw")

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
    image_size: Positive = Field(description="side of the network's input, in pixels")
    classes: Positive = Field(description="number of classes")
    flip: bool = Field(True, description="mirror training images at random")


class Dataset(ImageSettings):
    """A dataset and the preparation of its images."""

    label: str = Field(description="the name in figures and tables")
    source: str = Field(description="the reader, a module of naseval.data.sources")
    split: Split = Field(description="train, validation and test parts")
    channels: Channels | Literal["computed"] = Field(
        description="normalisation; computed: from the images that augmentation trains on"
    )

    @property
    def training(self) -> ImageSettings:
        """The settings that training depends on."""
        return ImageSettings(**self.model_dump(include=set(ImageSettings.model_fields)))

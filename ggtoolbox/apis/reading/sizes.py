"""How large pictures are, by what a config says."""
from __future__ import annotations

from mmengine.config import Config, ConfigDict

from ggtoolbox.datasets.transforms.geometry import ResizeAndCrop
from ggtoolbox.datasets.transforms.resized_crop import RandomResizedCrop
from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.derived import stated
from ggtoolbox.registry import TRANSFORMS

from .test_data import training_settings

Size = tuple[int, int]


def size_of_data(settings: ConfigDict) -> Size | None:
    """(height, width) of every picture of a data set with these settings; None if it depends on the files."""
    for step in (*reversed(settings.get('pipeline') or ()),
                 *reversed(settings.get('picture_pipeline') or ())):
        kind = step.get('type')
        if (TRANSFORMS.get(kind) if isinstance(kind, str) else kind) in (ResizeAndCrop, RandomResizedCrop):
            return TRANSFORMS.build(step).output_size
    size = settings.get('size')
    return (size, size) if isinstance(size, int) else size and tuple(size)


def picture_size(cfg: Config) -> Size:
    """(height, width) of what a config's training data yield.

    Raises:
        InputError: neither the data set nor the generator says.
    """
    size = size_of_data(training_settings(cfg)) or stated(cfg.model.generator, 'image_size')[1]
    if size is None:
        raise InputError(f"{cfg.filename}: expected the size of a picture in the training data's pipeline, "
                         "in the data set's size or in the generator's image_size, found none")
    return tuple(size)

"""What steers a generator, as the one tensor that its first convolution reads."""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.structures import check_num_classes

from .layout import one_hot


class GuidedInput:
    """Concatenates source image, one-hot classes, edges, source guide and guide, in this order.

    Args:
        source_channels: of ``source_image`` (0: the generator takes none).
        num_classes: of ``label`` (0: none).
        edge: an edge channel follows the classes.
        guide_channels: of ``target_guide`` (0: none).
        owner: the class whose input this is, for the errors.
        source_guide_channels: of ``source_guide`` (0: none).

    Attributes:
        channels: of the concatenation.
        parts: the words of the vocabulary that are concatenated, in order.
        names: all words that the generator reads: the parts, and what it reads beside them.

    Raises:
        InputError: nothing is to be concatenated, or more than 255 classes.
    """

    def __init__(self, source_channels: int = 0, num_classes: int = 0, edge: bool = False,
                 guide_channels: int = 0, owner: str = 'generator', source_guide_channels: int = 0) -> None:
        check_num_classes(num_classes, owner)
        self.expected = dict(source_image=source_channels, label=num_classes, edge=int(edge),
                             source_guide=source_guide_channels, target_guide=guide_channels)
        self.num_classes, self.owner = num_classes, owner
        self.channels = sum(self.expected.values())
        self.names = tuple(name for name, channels in self.expected.items() if channels)
        self.parts = self.names
        if not self.names:
            raise InputError(f'{owner}: one of source_channels, num_classes, edge, guide_channels must be '
                             'positive, found none')

    def read_beside(self, name: str) -> None:
        """Note that the generator reads another word, which is not concatenated."""
        if name not in self.names:
            self.names = (*self.names, name)

    def only(self, names: tuple[str, ...]) -> GuidedInput | None:
        """The same input with some of its parts alone, as discriminators are conditioned; None for none.

        Raises:
            InputError: a name that is no part of it.
        """
        for name in names:
            if name not in self.names:
                raise InputError(f'{self.owner}: condition must be made of {", ".join(self.parts)}, found '
                                 f'{name!r}')
        source, classes, edge, source_guide, guide = (
            channels * (name in names) for name, channels in self.expected.items())
        return GuidedInput(source, classes, bool(edge), guide, f'condition of the {self.owner}',
                           source_guide) if set(names) & set(self.parts) else None

    def __call__(self, source_image: Tensor | None = None, label: Tensor | None = None,
                 edge: Tensor | None = None, target_guide: Tensor | None = None,
                 dtype: torch.dtype = torch.float32, source_guide: Tensor | None = None,
                 instance: Tensor | None = None) -> Tensor:
        """Concatenate.

        Args:
            source_image: (B, source_channels, H, W) in [-1, 1].
            label: (B, H, W) int64 class ids, 255 = ignored, or a map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            target_guide: (B, guide_channels, H, W).
            source_guide: (B, source_guide_channels, H, W).
            instance: not concatenated; so that all :attr:`names` may be given.

        Returns:
            (B, ``channels``, H, W) of ``dtype``.

        Raises:
            InputError: a part is missing, unasked for, of another channel count or another size, or a
                class id is unknown.
        """
        given = dict(source_image=source_image, label=label, edge=edge, source_guide=source_guide,
                     target_guide=target_guide)
        for name, value in given.items():
            is_class_ids = name == 'label' and value is not None and value.dim() == 3
            expected = self.expected[name]
            found = 0 if value is None else expected if is_class_ids else value.shape[1]
            if found != expected or (is_class_ids and not expected):
                raise InputError(f'{self.owner}: {name} must have {expected} channels, found '
                                 f'{"class ids" if is_class_ids else found}')
        if label is not None and label.dim() == 3:
            given['label'] = one_hot(label, self.num_classes, dtype)
        parts = {name: given[name].to(dtype) for name in self.parts}
        sizes = [(part.shape[0], *part.shape[-2:]) for part in parts.values()]
        if any(size != sizes[0] for size in sizes):  # no set: sizes that are exported as free have no hash
            found = ', '.join(f'{name} {tuple(part.shape)}' for name, part in parts.items())
            raise InputError(f'{self.owner}: its inputs must have the same batch, height and width, found '
                             f'{found}')
        return torch.cat(list(parts.values()), dim=1)

"""What the other networks of a system must be like, because of what its generator reads."""
from __future__ import annotations

from torch import nn

from ..layers.derived import Derived, first_attribute, stated

# Word of the vocabulary -> the generator's argument that counts its channels.
COUNTED_BY = dict(source_image='source_channels', label='num_classes', edge='edge',
                  source_guide='guide_channels', target_guide='guide_channels')
IMAGE_CHANNELS = 3


class FromGenerator:
    """Numbers that follow from a generator.

    Args:
        generator: the network; its ``guided_input`` counts what it reads.
        cfg: its config, in which the errors' places are looked up.
    """

    def __init__(self, generator: nn.Module, cfg: dict) -> None:
        guided_input = getattr(generator, 'guided_input', None)
        self.generator, self.cfg = generator, cfg
        self.expected: dict[str, int] = {} if guided_input is None else guided_input.expected

    def channels(self, *names: str) -> Derived:
        """Of these parts of the generator's input, and of ``image``, an image, joined along the channels."""
        counts = [(name, IMAGE_CHANNELS if name == 'image' else self.expected.get(name, 0)) for name in names]
        parts = (f'{count} ' + ('of the image' if name == 'image' else
                                f'by {self._place(COUNTED_BY.get(name, name))}')
                 for name, count in counts if count)
        return Derived(sum(count for _, count in counts) or None, ' + '.join(parts))

    def in_channels(self, seen: dict[str, tuple[str, ...]]) -> dict[str, dict[str, Derived]]:
        """``in_channels`` of networks, by what each sees: words as of :meth:`channels`."""
        return {network: dict(in_channels=self.channels(*names)) for network, names in seen.items()}

    def attribute(self, name: str, may_lack: bool = False) -> Derived:
        """The same number as the generator's, or as that of the first part of it that has one."""
        return Derived(first_attribute(self.generator, name), f'as {self._place(name)}', may_lack)

    def _place(self, argument: str) -> str:
        return stated(self.cfg, argument, 'model.generator')[0]

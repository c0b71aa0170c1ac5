"""ToyWorld's faces as domains: women and men, young and old, or colours of hair."""
from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .procedural import ProceduralDataset
from .toyworld.dice import pattern_seed
from .toyworld.face import ATTRIBUTES
from .toyworld.portrait import draw_face_pair, face_attributes

DOMAINS = dict(sex=('female', 'male'), age=('old', 'young'), hair=('grey', 'black', 'blond', 'brown'))
HAIR = tuple(name.removesuffix('_Hair').lower() for name in ATTRIBUTES if name.endswith('_Hair'))
TRIES = 200  # of drawing a face of a domain; the rarest is one of eight


@DATASETS.register_module()
class ToyWorldDomains(ProceduralDataset):
    """Faces of several domains, drawn when they are asked for.

    A sample holds ``source_image`` and its ``source_domain``; a ``domain``, drawn with equal chances, and two
    faces of it, ``exemplar_image`` and ``second_exemplar_image``; all (H, W, 3) uint8 RGB; ``target_image``,
    which is ``exemplar_image``: an image of the wanted domain, and no more than that; ``source_attributes``
    (5,) float32 in {0, 1}, and ``attributes``, which are these in the wanted domain; ``name`` and
    ``sample_idx``. Then the pipeline is applied.

    Args:
        by: what makes the domains: ``sex`` (female, male), ``age`` (old, young) or ``hair`` (grey, black,
            blond, brown).
        outputs: 0: for training. Else, for tests, of each source so many samples in a row, each with
            exemplars of its own, in a ``domain`` other than the source's.
        size, length, seed, pipeline: of :class:`ProceduralDataset`.

    Raises:
        InputError: an unknown ``by``, negative ``outputs``; see also :class:`ProceduralDataset`.
    """

    METAINFO = dict(dataset_type='toyworld_domains')

    def __init__(self, by: str = 'sex', size: int | tuple[int, int] = 64, length: int = 10000, seed: int = 0,
                 pipeline: Sequence[dict | Callable] = (), outputs: int = 0) -> None:
        if by not in DOMAINS:
            raise InputError(f'ToyWorldDomains: by must be one of {", ".join(DOMAINS)}, found {by!r}')
        if outputs < 0:
            raise InputError(f'ToyWorldDomains: outputs must be from 0 on, found {outputs}')
        self.by, self.outputs = by, outputs
        super().__init__(size, length, seed, pipeline)

    @property
    def metainfo(self) -> dict:
        """Names of the domains, and how many there are."""
        return dict(self.METAINFO, domains=DOMAINS[self.by], num_classes=len(DOMAINS[self.by]))

    def domain_of(self, index: int) -> int:
        """The domain of face ``index``."""
        said = dict(zip(ATTRIBUTES, face_attributes(self.seed, index)))
        if self.by == 'hair':
            colours = [said.get(f'{name.title()}_Hair', 0) for name in DOMAINS['hair']]
            return colours.index(1) if any(colours) else 0
        return int(said[dict(sex='Male', age='Young')[self.by]])

    def draw(self, index: int) -> dict:
        """Face ``index`` (of ``outputs`` in a row, the same), and two others of a domain that (seed, index)
        draw."""
        draw = np.random.RandomState(pattern_seed(self.seed, index) % 2 ** 32)
        source, name, domains = index, f'domains_{self.seed}_{index:06d}', range(len(DOMAINS[self.by]))
        if self.outputs:
            source, output = divmod(index, self.outputs)
            name = f'domains_{self.seed}_{source:06d}_{output}'
            domains = [domain for domain in domains if domain != self.domain_of(source)]
        domain = domains[draw.randint(len(domains))]
        exemplar, second = (self._face(self._index_of(domain, draw)) for _ in range(2))
        attributes = np.array(face_attributes(self.seed, source), np.float32)
        return dict(source_image=self._face(source), source_domain=self.domain_of(source), domain=domain,
                    exemplar_image=exemplar, second_exemplar_image=second, target_image=exemplar,
                    source_attributes=attributes, attributes=self._within(attributes, domain), name=name)

    def _within(self, attributes: NDArray[np.float32], domain: int) -> NDArray[np.float32]:
        """The attributes, as they would be in a domain."""
        wanted = attributes.copy()
        if self.by == 'hair':
            for place, colour in enumerate(HAIR):
                wanted[place] = DOMAINS['hair'][domain] == colour
        else:
            wanted[ATTRIBUTES.index(dict(sex='Male', age='Young')[self.by])] = domain
        return wanted

    def _index_of(self, domain: int, draw: np.random.RandomState) -> int:
        for _ in range(TRIES):
            index = draw.randint(self.length)
            if self.domain_of(index) == domain:
                return index
        raise InputError(f'ToyWorldDomains: no face of the domain {DOMAINS[self.by][domain]!r} was found '
                         f'among length={self.length}')

    def _face(self, index: int) -> NDArray[np.uint8]:
        return draw_face_pair(self.seed, index, self.height, self.width).source_image

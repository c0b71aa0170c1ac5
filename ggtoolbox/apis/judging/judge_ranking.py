"""Do the judges rank? Real images, spoilt ones, and images of other scenes, by each judge's measures."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.judge import replace_judge
from ggtoolbox.evaluation.protocols import find_protocol
from ggtoolbox.models.backbones.judge import JudgeNetwork
from ggtoolbox.registry import METRICS

from .judge_recipes import find_recipe

BATCH = 32
OTHER_SEED = 4  # of a world that nobody else sees
REPEATED = 16  # a collapsed generator shows each scene so often
Images = list[NDArray[np.uint8]]


class Case(NamedTuple):
    """What takes the place of generated images.

    Attributes:
        name: for the table.
        spoil: of the real images and those of another world, so many of each: what is judged.
    """

    name: str
    spoil: Callable[[Images, Images], Images]


def blurred(sigma: float) -> Case:
    """Gaussian blur, ``sigma`` in pixels."""
    def spoil(real: Images, _: Images) -> Images:
        return [gaussian_filter(image, (sigma, sigma, 0)) for image in real]
    return Case(f'blur {sigma:g} px', spoil)


def noised(deviation: float) -> Case:
    """Gaussian noise, its ``deviation`` in levels of 8 bits."""
    def spoil(real: Images, _: Images) -> Images:
        random = np.random.default_rng(0)
        return [np.clip(np.rint(image + deviation * random.standard_normal(image.shape)), 0, 255)
                .astype(np.uint8) for image in real]
    return Case(f'noise {deviation:g}', spoil)


REAL = Case('real', lambda real, other: real)
SHUFFLED = Case('shuffled pairs', lambda real, other: [*real[1:], real[0]])
OTHER = Case('other scenes', lambda real, other: other)
COPIED = Case('the source image', lambda real, other: other)
COLLAPSED = Case('few scenes, repeated', lambda real, other: [
    real[i - i % REPEATED] for i in range(len(real))])
BLURRED = tuple(map(blurred, (1.0, 1.5, 2.0)))
NOISED = tuple(map(noised, (10, 20, 30)))
CASES = (REAL, *BLURRED, *NOISED, SHUFFLED, OTHER, COLLAPSED)
# Best first. Measures of pairs cannot tell other scenes from shuffled ones, and those of sets see in shuffled
# pairs the set that it is. How far other scenes are depends on the number of images, so that they cannot be
# compared with blurred ones.
PAIR_ORDERS = ((REAL, *BLURRED, SHUFFLED), (REAL, *NOISED, SHUFFLED))
SET_ORDERS = ((REAL, *BLURRED), (REAL, *NOISED), (REAL, OTHER, COLLAPSED))
ROBUST = {'Attributes': ((REAL, SHUFFLED),)}  # a colour of hair is seen in what is blurred, too
Table = dict[str, dict[str, float]]


def judge_images(name: str, cases: tuple[Case, ...] = CASES, images: int | None = None,
                 network: JudgeNetwork | None = None) -> Table:
    """Name of a case -> the values that a judge gives.

    Args:
        name: of the judge.
        images: number of scenes of its protocol's world; None for the protocol's.
        network: to be judged by instead of the judge that is shipped.

    Raises:
        InputError: an unknown judge, or fewer than two images.
    """
    find_recipe(name)
    protocol = find_protocol(name)
    images = protocol.dataset['length'] if images is None else images
    if images < 2:
        raise InputError(f'ranking needs at least 2 images, found {images}')
    metrics = [metric for metric in protocol.metrics if name in metric.values()]
    if network is not None:
        metrics = replace_judge(metrics, name, network)
    samples = list(_scenes(name, protocol.dataset['seed'], images))
    real = [sample['target_image'] for sample in samples]
    other = [sample['target_image'] for sample in _scenes(name, OTHER_SEED, images)]
    return {case.name: _values(metrics, samples, case.spoil(real, other)) for case in cases}


class RealTable(NamedTuple):
    """What a judge of real data says, and of how many images."""

    values: Table
    images: int


def judge_real_images(name: str, network: JudgeNetwork | None = None, images: int | None = None,
                      data_root: str | None = None) -> RealTable:
    """As :func:`judge_images` for a judge of real data, on its test split: the ceiling (real images) and the
    floors (other images of the split and, where there is one, the source image handed back).

    Args:
        images: so many, evenly spread over the split; None for all.
        data_root: see :func:`~ggtoolbox.apis.judging.judge_making.make_judge`.
    """
    pictures = find_recipe(name).of_split('test', data_root)
    places = np.linspace(0, len(pictures) - 1, min(images or len(pictures), len(pictures))).round()
    samples = [{field: value for field, value in pictures[int(place)].items()
                if field in ('name', 'target_image', 'source_image', 'label', 'keypoints')}
               for place in places]
    metrics = [metric for metric in find_protocol(name).metrics
               if name in metric.values() and metric['type'] != 'FID']  # which compares sets
    if network is not None:
        metrics = replace_judge(metrics, name, network)
    real = [sample['target_image'] for sample in samples]
    cases, other = [REAL, SHUFFLED], real
    if 'source_image' in samples[0]:
        cases, other = [*cases, COPIED], [sample['source_image'] for sample in samples]
    return RealTable({case.name: _values(metrics, samples, case.spoil(real, other)) for case in cases},
                     len(samples))


def _scenes(name: str, seed: int, number: int) -> Iterator[dict]:
    world = find_recipe(name).of_world(seed, number)
    return (world[index] for index in range(number))


def _values(metrics: list[dict], samples: list[dict], images: Images) -> dict[str, float]:
    built = [METRICS.build(dict(metric)) for metric in metrics]
    for start in range(0, len(samples), BATCH):
        shown = [{**sample, 'image': image} for sample, image in
                 zip(samples[start:start + BATCH], images[start:start + BATCH])]
        for metric in built:
            metric.process({}, shown)
    return {name: value for metric in built for name, value in metric.evaluate(len(samples)).items()}


def broken_orders(table: Table) -> list[str]:
    """A sentence for each measure and order of cases that does not hold in a table of all cases.

    Accuracies must fall along :data:`PAIR_ORDERS` (but those of :data:`ROBUST`), Frechet distances rise along
    :data:`SET_ORDERS`; floor and ceiling of the spatial consistency say nothing of generated images.
    """
    found = []
    for measure in table[REAL.name]:
        if measure.endswith(('_floor', '_ceiling')):
            continue
        distance = measure.startswith('FD_')
        for order in SET_ORDERS if distance else ROBUST.get(measure, PAIR_ORDERS):
            for better, worse in zip(order, order[1:]):
                first, second = table[better.name][measure], table[worse.name][measure]
                if not (first < second if distance else first > second):
                    found.append(f'{measure}: {better.name} {first:.4f} should be better than {worse.name} '
                                 f'{second:.4f}')
    return found

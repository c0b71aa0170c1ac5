"""Training judges: a plain loop over scenes of ToyWorld, each drawn and seen once, or over real pictures."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ggtoolbox.datasets.face_landmarks import landmark_segmentation
from ggtoolbox.datasets.person_pose import heat_maps
from ggtoolbox.datasets.transforms.pack import image_to_tensor
from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones.judge import JudgeNetwork
from ggtoolbox.structures import IGNORED_LABEL

from ..switches import computes_in_bfloat16
from .judge_recipes import WORLD_SEED, Recipe, find_recipe

LEARNING_RATE, WEIGHT_DECAY = 4e-3, 1e-3  # the rate of batches of 32; of others by the root of their size
SIGMA = 1.5  # of heat maps in pixels, in pictures 64 pixels high
ROUGHEST_NOISE = 0.1  # deviation, in [-1, 1]
OTHER_LIGHT = 0.3  # most that contrast and brightness of a photograph are changed by
COUNTED_SCENES = 256  # in which the classes' pixels are counted
RAREST, EVENED = 1e-3, 0.4  # share of pixels below which a class weighs no more; 0 for no weights, 1 for even


class View(NamedTuple):
    """A picture and what is known of it: (H, W, 3) of 8 bits, (H, W) classes, (J, 3) key points, (A,)
    attributes."""

    image: NDArray[np.uint8]
    label: NDArray | None
    keypoints: NDArray | None
    attributes: NDArray | None


def views_of(sample: dict, with_label: bool) -> Iterator[View]:
    """The target, and the source where its key points are known; a face's label follows from these, and its
    attributes are the target's."""
    label, keypoints = sample.get('label') if with_label else None, sample.get('keypoints')
    attributes = sample.get('attributes')
    yield View(sample['target_image'], label, keypoints, attributes)
    if 'source_keypoints' in sample:
        picture, points = sample['source_image'], sample['source_keypoints']
        label = landmark_segmentation(points, picture.shape[:2]) if with_label else None
        yield View(picture, label, points, attributes)


def training_samples(recipe: Recipe, number: int, data_root: str | None = None, seed: int = 0
                     ) -> Iterator[dict]:
    """``number`` samples: scenes 0, 1, 2, ... of the judges' world, or draws of a training split."""
    if recipe.is_real:
        pictures, random = recipe.of_split('train', data_root), np.random.default_rng(seed)
        order: Iterable[int] = random.integers(len(pictures), size=number)
    else:
        pictures, order = recipe.of_world(WORLD_SEED, number), range(number)
    return (pictures[int(index)] for index in order)


def draw_batches(recipe: Recipe, number: int, data_root: str | None = None, seed: int = 0
                 ) -> Iterator[list[View]]:
    """So many batches of views; see :func:`training_samples`."""
    batch = []
    for sample in training_samples(recipe, number * recipe.batch_size, data_root, seed):
        batch += views_of(sample, recipe.num_classes > 0)
        if len(batch) >= recipe.batch_size:
            yield batch
            number -= 1
            if not number:
                return
            batch = []


def roughen(images: Tensor, mildness: int) -> Tensor:
    """(B, 3, H, W), each a little blurred and noised, so that the judge reads shapes rather than exact
    pixels, which no generator gets right."""
    blur, noise = (torch.rand(len(images), 1, 1, 1) ** mildness for _ in range(2))
    images = images.lerp(F.avg_pool2d(images, 3, 1, 1, count_include_pad=False), blur)
    return images + ROUGHEST_NOISE * noise * torch.randn_like(images)


def relight(images: Tensor) -> Tensor:
    """(B, 3, H, W), contrast and brightness of each changed: photographs are few."""
    contrast, brightness = (OTHER_LIGHT * (2 * torch.rand(len(images), 1, 1, 1) - 1) for _ in range(2))
    return images * (1 + contrast) + brightness


def class_weights(recipe: Recipe, data_root: str | None = None) -> Tensor | None:
    """(C,) weights of a class's pixels, 1 for an average pixel: small things would not be learnt without."""
    if not recipe.num_classes:
        return None
    pixels = sum(np.bincount(sample['label'].ravel(), minlength=IGNORED_LABEL + 1)[:recipe.num_classes]
                 for sample in training_samples(recipe, COUNTED_SCENES, data_root))
    share = torch.from_numpy(pixels / pixels.sum()).float()
    weights = share.clamp(min=RAREST) ** -EVENED
    return weights / (weights * share).sum()


def judge_loss(outputs: dict[str, Tensor], views: list[View], weights: Tensor | None) -> Tensor:
    """Cross-entropy of the classes, a weighted pixel; binary cross-entropy against Gaussian maps, a joint, in
    units of a Gaussian's mass; binary cross-entropy, an attribute. Invisible joints have empty maps."""
    loss = torch.zeros(())
    if 'logits' in outputs:
        labels = torch.from_numpy(np.stack([view.label for view in views]).astype(np.int64))
        loss = loss + F.cross_entropy(outputs['logits'].float(), labels, weights,
                                      ignore_index=IGNORED_LABEL)
    if 'heat_map_logits' in outputs:
        size = outputs['heat_map_logits'].shape[-2:]
        sigma = SIGMA * size[0] / 64
        wanted = torch.from_numpy(np.stack([heat_maps(view.keypoints, size, sigma) for view in views]))
        surprise = F.binary_cross_entropy_with_logits(outputs['heat_map_logits'].float(), wanted,
                                                      reduction='none')
        loss = loss + surprise.sum((2, 3)).mean() / (2 * torch.pi * sigma ** 2)
    if 'attribute_logits' in outputs:
        wanted = torch.from_numpy(np.stack([view.attributes for view in views]))
        loss = loss + F.binary_cross_entropy_with_logits(outputs['attribute_logits'].float(), wanted)
    return loss


def train_judge(name: str, iterations: int | None = None, seed: int = 0, data_root: str | None = None,
                tell: Callable[[str], None] = print) -> JudgeNetwork:
    """A judge, trained on the CPU, in bfloat16 where the processor computes in it (elsewhere that would
    take many times as long); the same one for the same numbers on the same machine.

    Args:
        name: among ``ALL_RECIPES``.
        iterations: None for the recipe's.
        seed: of weights and disturbances; the scenes are always those of world ``WORLD_SEED``.
        data_root: of real pictures; None for where the config looks for them.
        tell: is told of progress.

    Raises:
        InputError: an unknown judge; iterations below 1.
    """
    recipe = find_recipe(name)
    iterations = recipe.iterations if iterations is None else iterations
    if iterations < 1:
        raise InputError(f'iterations must be positive, found {iterations}')
    torch.manual_seed(seed)
    network = JudgeNetwork(**recipe.network, allow_random=True)
    network.requires_grad_(True).train()
    rate = LEARNING_RATE * (recipe.batch_size / 32) ** 0.5
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, iterations + 1)
    in_bfloat16 = computes_in_bfloat16('cpu')
    weights, start = class_weights(recipe, data_root), time.perf_counter()
    for step, views in enumerate(draw_batches(recipe, iterations, data_root, seed), 1):
        images = roughen(torch.stack([image_to_tensor(view.image) for view in views]), recipe.mildness)
        if recipe.is_real:
            images = relight(images)
        with torch.autocast('cpu', torch.bfloat16, enabled=in_bfloat16):
            outputs = network(images)
        loss = judge_loss(outputs, views, weights)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 50 == 0 or step == iterations:
            tell(f'{name}: iteration {step} of {iterations}, loss {loss.item():.4f}, '
                 f'{time.perf_counter() - start:.0f} s')
    return network.requires_grad_(False).eval()

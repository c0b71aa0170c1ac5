"""Training the judges of ToyWorld: a plain loop over scenes, each drawn and seen once."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
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
from ggtoolbox.registry import DATASETS, nearest

WORLD_SEED = 3  # the systems train on world 0 and validate on 1; the judges' protocols measure on 2
CHANNELS = (16, 32, 64, 96)
BATCH_SIZE, LEARNING_RATE, WEIGHT_DECAY = 32, 4e-3, 1e-3
SIGMA = 1.5  # of heat maps in pixels, at 64 pixels a side
ROUGHEST_NOISE = 0.1  # deviation, in [-1, 1]
COUNTED_SCENES = 256  # in which the classes' pixels are counted
RAREST, EVENED = 1e-3, 0.4  # share of pixels below which a class weighs no more; 0 for no weights, 1 for even


class Recipe(NamedTuple):
    """What a judge learns from.

    Attributes:
        dataset: type and size.
        num_classes, num_joints: of its maps; 0 for none.
        iterations: until it is shipped.
        mildness: power of the uniform draws by which images are roughened; small things bear less.
    """

    dataset: dict
    num_classes: int
    num_joints: int
    iterations: int
    mildness: int = 3


RECIPES = {
    'toyworld_street': Recipe(dict(type='ToyWorldStreet', size=(64, 64)), 17, 0, 1000),
    'toyworld_figure': Recipe(dict(type='ToyWorldFigure', size=(64, 32)), 0, 18, 1200, mildness=2),
    'toyworld_face': Recipe(dict(type='ToyWorldFace', size=(64, 64)), 7, 68, 600),
    'toyworld_hand': Recipe(dict(type='ToyWorldHand', size=(64, 64)), 0, 21, 1000),
}


class View(NamedTuple):
    """A picture and what is known of it: (H, W, 3) of 8 bits, (H, W) classes, (J, 3) key points."""

    image: NDArray[np.uint8]
    label: NDArray | None
    keypoints: NDArray | None


def find_recipe(name: str) -> Recipe:
    """By the judge's name; :class:`InputError` names the nearest."""
    if name not in RECIPES:
        raise InputError(f'there is no judge {name!r} to train{nearest(name, RECIPES)} (known: '
                         f'{", ".join(RECIPES)})')
    return RECIPES[name]


def views_of(sample: dict, with_label: bool) -> Iterator[View]:
    """The target, and the source where its key points are known; a face's label follows from these."""
    label, keypoints = sample.get('label') if with_label else None, sample.get('keypoints')
    yield View(sample['target_image'], label, keypoints)
    if 'source_keypoints' in sample:
        picture, points = sample['source_image'], sample['source_keypoints']
        yield View(picture, landmark_segmentation(points, picture.shape[:2]) if with_label else None, points)


def draw_batches(recipe: Recipe, number: int) -> Iterator[list[View]]:
    """So many batches of views of scenes 0, 1, 2, ... of the judges' world."""
    world = DATASETS.build(dict(recipe.dataset, seed=WORLD_SEED, length=number * BATCH_SIZE))
    batch = []
    for index in range(len(world)):
        batch += views_of(world[index], recipe.num_classes > 0)
        if len(batch) >= BATCH_SIZE:
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


def class_weights(recipe: Recipe) -> Tensor | None:
    """(C,) weights of a class's pixels, 1 for an average pixel: small things would not be learnt without."""
    if not recipe.num_classes:
        return None
    world = DATASETS.build(dict(recipe.dataset, seed=WORLD_SEED, length=COUNTED_SCENES))
    pixels = sum(np.bincount(world[index]['label'].ravel(), minlength=recipe.num_classes)
                 for index in range(COUNTED_SCENES))
    share = torch.from_numpy(pixels / pixels.sum()).float()
    weights = share.clamp(min=RAREST) ** -EVENED
    return weights / (weights * share).sum()


def judge_loss(outputs: dict[str, Tensor], views: list[View], weights: Tensor | None) -> Tensor:
    """Cross-entropy of the classes, a weighted pixel; binary cross-entropy against Gaussian maps, a joint, in
    units of a Gaussian's mass. Invisible joints have empty maps."""
    loss = torch.zeros(())
    if 'logits' in outputs:
        labels = torch.from_numpy(np.stack([view.label for view in views]).astype(np.int64))
        loss = loss + F.cross_entropy(outputs['logits'].float(), labels, weights)
    if 'heat_map_logits' in outputs:
        size = outputs['heat_map_logits'].shape[-2:]
        wanted = torch.from_numpy(np.stack([heat_maps(view.keypoints, size, SIGMA) for view in views]))
        surprise = F.binary_cross_entropy_with_logits(outputs['heat_map_logits'].float(), wanted,
                                                      reduction='none')
        loss = loss + surprise.sum((2, 3)).mean() / (2 * torch.pi * SIGMA ** 2)
    return loss


def train_judge(name: str, iterations: int | None = None, seed: int = 0,
                tell: Callable[[str], None] = print) -> JudgeNetwork:
    """A judge, trained on the CPU in bfloat16; the same one for the same numbers on the same machine.

    Args:
        name: among ``RECIPES``.
        iterations: None for the recipe's.
        seed: of weights and disturbances; the scenes are always those of world ``WORLD_SEED``.
        tell: is told of progress.

    Raises:
        InputError: an unknown judge; iterations below 1.
    """
    recipe = find_recipe(name)
    iterations = recipe.iterations if iterations is None else iterations
    if iterations < 1:
        raise InputError(f'iterations must be positive, found {iterations}')
    torch.manual_seed(seed)
    network = JudgeNetwork(recipe.num_classes, recipe.num_joints, CHANNELS, allow_random=True)
    network.requires_grad_(True).train()
    optimiser = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, iterations + 1)
    weights, start = class_weights(recipe), time.perf_counter()
    for step, views in enumerate(draw_batches(recipe, iterations), 1):
        images = roughen(torch.stack([image_to_tensor(view.image) for view in views]), recipe.mildness)
        with torch.autocast('cpu', torch.bfloat16):
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

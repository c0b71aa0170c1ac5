"""Panoptic-based image synthesis: formulas written as loops, and NVIDIA/partialconv."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from golden import Golden, NotCovered
from torch import Tensor

from ggtoolbox.evaluation.detection import Boxes, average_precision
from ggtoolbox.models.layers.panoptic import PanopticMap
from ggtoolbox.models.upsamplers.panoptic import PanopticAwareUpsampler
from ggtoolbox.ops.panoptic_alignment import align
from ggtoolbox.ops.panoptic_convolution import EqualNeighbours, panoptic_convolution
from ggtoolbox.ops.partial_convolution import partial_convolution

PREFIXES = ('panoptic',)


def double(tensor: Tensor) -> Tensor:
    return tensor.double() if tensor.is_floating_point() else tensor


def convolution(case: Golden) -> dict[str, Tensor]:
    given = dict(x=case.inputs['x'], **case.official_state)
    given = {name: double(tensor).clone().requires_grad_() for name, tensor in given.items()}
    neighbours = EqualNeighbours.of(case.inputs['panoptic'], case.config['kernel'])
    y = panoptic_convolution(given['x'], given['weight'], given.get('bias'), neighbours)
    y.backward(double(case.inputs['weighting']))
    return dict(y=y, count=neighbours.equal.sum(1),
                **{f'grad_{name}': tensor.grad for name, tensor in given.items()})


@torch.no_grad()
def upsampling(case: Golden) -> dict[str, Tensor]:
    config, features = case.config, double(case.inputs['features'])
    classes = config['semantic_classes']
    upsampler = PanopticAwareUpsampler(features.shape[1], scale=config['scale'], guide_channels=classes,
                                       kernel_size=config['fill_kernel']).double()
    upsampler.load_state_dict({name: double(value) for name, value in case.official_state.items()})
    results = {}
    for name in ('coarse', 'fine'):
        panoptic = PanopticMap(case.inputs[name])
        semantics = F.one_hot(case.inputs[name] // config['identities_per_class'], classes)
        alignment = panoptic.alignment(features.shape[-2:], case.inputs[name].shape[-2:], upsampler.window)
        results.update({f'{name}_aligned': align(features, alignment),
                        f'{name}_mask': alignment.found.double(),
                        name: upsampler(features, semantics.permute(0, 3, 1, 2).double(), panoptic)})
    return results


def partial(case: Golden) -> dict[str, Tensor]:
    config, mask = case.config, case.inputs['mask']
    if not config['multi_channel']:
        mask = mask[:, :1]
    arguments = (case.inputs['x'], case.official_state['weight'], case.official_state.get('bias'))
    options = dict(stride=config['stride'], padding=config['padding'])
    y, updated = partial_convolution(*arguments, mask, **options)
    if config['multi_channel']:  # there the mask that is handed on has as many channels as y
        updated = updated.expand_as(y)
    return dict(y=y, updated_mask=updated, y_no_mask=partial_convolution(*arguments, **options)[0])


def detection(case: Golden) -> dict[str, np.ndarray]:
    """Boxes as the case's notes make them."""
    given, config = {name: value.numpy() for name, value in case.inputs.items()}, case.config

    def boxes(u: np.ndarray) -> np.ndarray:
        u = np.float64(u)
        start = 80 * u[..., :2]
        return np.concatenate([start, start + 10 + 30 * u[..., 2:]], axis=-1)

    truth, detected = boxes(given['truth']), boxes(given['jitter'])
    count = truth.shape[1]
    detected[:, :count] = truth + (np.float64(given['jitter'][:, :count]) - 0.5) * config['jitter']
    detected[..., :2] = np.minimum(detected[..., :2], detected[..., 2:] - 1)
    confused = given['confuse'] > config['confuse_above']
    classes = np.where(confused, (given['truth_class'] + 1) % config['classes'], given['truth_class'])
    classes = np.concatenate([classes, given['extra_class']], axis=1)
    by_class = average_precision(
        [Boxes(*rows) for rows in zip(detected, classes, np.float64(given['score']))],
        [Boxes(*rows) for rows in zip(truth, given['truth_class'])], config['thresholds'],
        config['recall_points'])
    table = np.array([by_class[kind] for kind in sorted(by_class)])
    at = dict(zip(np.round(config['thresholds'], 2), table.mean(0)))
    return dict(ap=table.mean(), ap50=at[0.5], ap75=at[0.75], per_class=table.mean(1), truth=truth,
                detections=detected)


RUNNERS: dict[str, Callable[[Golden], dict[str, Tensor | np.ndarray]]] = {
    'convolution': convolution,
    'upsampling': upsampling,
    'partial_convolution': partial,
    'detap': detection,
}


def run(case: Golden) -> dict[str, Tensor | np.ndarray]:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)

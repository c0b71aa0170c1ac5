"""LPIPS (lpips 0.1.4) and the Frechet distance with its network (pytorch_fid 0.3.0)."""
from __future__ import annotations

import numpy as np
import torch
from golden import Golden

from ggtoolbox.evaluation.metrics.fid import frechet_distance
from ggtoolbox.evaluation.metrics.lpips import lpips_distance, lpips_map, lpips_terms
from ggtoolbox.evaluation.moments import Moments
from ggtoolbox.models.backbones.alexnet import AlexNet
from ggtoolbox.models.backbones.inception import InceptionV3
from ggtoolbox.models.backbones.squeezenet import SqueezeNet
from ggtoolbox.models.backbones.vgg import VGG16
from ggtoolbox.models.layers.pretrained import load_strictly

PREFIXES = ('lpips', 'fid_inception', 'fid_frechet')
LPIPS_BACKBONES = dict(alex=AlexNet, vgg=VGG16, squeeze=SqueezeNet)
Results = dict[str, torch.Tensor | np.ndarray | float]


@torch.no_grad()
def lpips(case: Golden) -> Results:
    state, config = case.official_state, case.config
    network = LPIPS_BACKBONES[config['net']](normalise=True, allow_random=True)
    load_strictly(network, {name: value for name, value in state.items() if name.startswith('features.')},
                  case.name)
    linear = [value.abs().flatten() for name, value in state.items() if name.startswith('lin')] or None
    first, noise = case.inputs['first'], case.inputs['noise']
    features = [tuple(network(image).values()) for image in (first, 0.6 * first + 0.4 * noise)]
    terms = lpips_terms(*features, linear)
    if config.get('spatial'):
        distance = lpips_map(*features, first.shape[2:], linear)
        terms = [torch.nn.functional.interpolate(term, first.shape[2:], mode='bilinear') for term in terms]
    else:
        distance = lpips_distance(*features, linear).view(-1, 1, 1, 1)
        terms = [term.mean((2, 3), keepdim=True) for term in terms]
    return dict({f'layer{i}': term for i, term in enumerate(terms)}, distance=distance)


@torch.no_grad()
def inception(case: Golden) -> Results:
    layers = ('block0', 'block1', 'block2', 'pool', 'logits')
    network = InceptionV3(layers=layers, allow_random=True)
    load_strictly(network, case.official_state, case.name)
    found = network(case.inputs['image'] * 2 - 1)
    maps = [found[layer] for layer in layers[:4]]
    return dict(found, block_means=torch.stack([x.mean() for x in maps]),
                block_sq=torch.stack([x.square().mean() for x in maps]))


def frechet(case: Golden) -> Results:
    config = case.config
    first, second = (case.inputs[name].numpy().astype(np.float64) for name in ('first', 'second'))
    second = config['scale'] * second * np.linspace(0.5, 1.5, config['dims']) + config['shift']
    statistics = []
    for rows in (first, second):
        moments = Moments()
        for row in rows:
            moments.add(row)
        statistics.append((moments.mean, moments.covariance()))
    (mean_1, covariance_1), (mean_2, covariance_2) = statistics
    return dict(distance=frechet_distance(*statistics), mean_term=np.sum((mean_1 - mean_2) ** 2),
                trace1=np.trace(covariance_1), trace2=np.trace(covariance_2),
                self_distance_plus_one=frechet_distance(statistics[0], statistics[0]) + 1)


def run(case: Golden) -> Results:
    families = dict(zip(PREFIXES, (lpips, inception, frechet)))
    return next(family for prefix, family in families.items() if case.name.startswith(prefix))(case)

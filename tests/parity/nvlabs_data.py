"""Label maps, instance edges, colours and picture transforms of NVlabs/SPADE."""
from __future__ import annotations

import numpy as np
import nvlabs
import torch
from golden import Golden
from torch import Tensor

from ggtoolbox.datasets.palette import label_palette
from ggtoolbox.datasets.pipeline import build_pipeline
from ggtoolbox.datasets.transforms.instance_edge import instance_edges
from ggtoolbox.models.layers.layout import one_hot
from ggtoolbox.structures import IGNORED_LABEL


def batch_of(case: Golden, options: dict) -> dict[str, Tensor]:
    """What the case's label, instances and image are in this toolbox's vocabulary."""
    batch = dict(label=case.inputs['label'], target_image=case.inputs['image'])
    if not options['no_instance']:
        edges = torch.from_numpy(instance_edges(case.inputs['instance'].numpy()))
        batch['edge'] = edges.float().unsqueeze(1)
    return batch


def semantics(case: Golden) -> dict[str, Tensor]:
    options = nvlabs.options_of(case)
    batch = batch_of(case, options)
    classes = one_hot(batch['label'], nvlabs.num_classes(options))
    results = dict(semantics_argmax=classes.argmax(1), semantics_sum=classes.sum((2, 3)))
    return {**results, 'edges': batch['edge'].squeeze(1)} if 'edge' in batch else results


def palette(case: Golden) -> dict[str, np.ndarray]:
    return {f'n{size}': label_palette(size) for size in case.config['sizes']}


def transform(case: Golden) -> dict[str, Tensor]:
    """The pipeline that a config would name, with the case's crop and flip in place of random ones."""
    options = nvlabs.options_of(case)
    pipeline = build_pipeline([
        dict(type='ResizeAndCrop', mode=options['preprocess_mode'], load_size=options['load_size'],
             crop_size=options['crop_size'], aspect_ratio=options['aspect_ratio'], as_released=True,
             position=tuple(case.config['crop_pos'])),
        dict(type='RandomMirror', probability=float(case.config['flip'])),
        dict(type='PackTensors')])
    picture = (case.inputs['image'][0] * 255).round().byte().permute(1, 2, 0).numpy()
    maps = {name: case.inputs[name][0].numpy() for name in ('label', 'instance') if name in case.inputs}
    sample = pipeline(dict(name=case.name, target_image=picture, **maps))
    results = {name: sample[name].unsqueeze(0) for name in maps}
    if options['contain_dontcare_label']:
        label = results['label']
        results['label'] = torch.where(label == IGNORED_LABEL, options['label_nc'], label)
    return dict(results, image=sample['target_image'])

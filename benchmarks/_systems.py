"""The whole training steps that are timed: which config, in which size, with which switches."""
from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from mmengine.config import Config
from torch import Tensor

import ggtoolbox
from ggtoolbox.apis.analysis.complexity import draw_feature_networks
from ggtoolbox.apis.analysis.example_batch import example_batch
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.reading.sizes import picture_size
from ggtoolbox.datasets.toyworld.street import draw_street
from ggtoolbox.datasets.transforms.instance_edge import instance_edges

CONFIGS = Path(ggtoolbox.__file__).resolve().parents[1] / 'configs'  # of the checkout that is imported


@dataclass(frozen=True)
class System:
    """A training algorithm with all that decides how long its step takes.

    Attributes:
        config: its path below ``configs/``, without the ending.
        size: (height, width) of the pictures; None is the config's own.
        batch: pictures a step; None is the config's own.
        options: what is changed in the config, by dotted names.
    """

    config: str
    size: tuple[int, int] | None = None
    batch: int | None = None
    options: dict[str, Any] = field(default_factory=dict)


def cityscapes(system: str) -> System:
    """Cityscapes' options with half of the sides and half of the generator's width."""
    return System(f'{system}/{system}_cityscapes-512x256', (128, 256), 1, {'model.generator.channels': 32})


# The rows of docs/performance.md.
SYSTEMS = {
    'gaugan': cityscapes('gaugan'),
    'lggan': cityscapes('lggan'),
    'dagan': cityscapes('dagan'),
    'selectiongan_plus': System('selectiongan/selectiongan_plus_radboud-256', (256, 256), 1),
    'gesturegan': System('gesturegan/gesturegan_senz3d-256', (128, 128), 1),
    'c2gan': System('c2gan/c2gan_radboud-256', (128, 128), 1, {
        'model.generator.num_downsamplings': 7, 'model.guidance_generator.num_downsamplings': 7}),
    'xinggan': System('xinggan/xinggan_market1501-128x64', (128, 64), 2),
    'bigraphgan': System('bigraphgan/bigraphgan_market1501-128x64', (128, 64), 2),
    'scgan': System('scgan/scgan_celeba-128', (128, 128), 2)}


def find_system(name: str, quick: bool = False, size: Sequence[int] | None = None,
                batch: int | None = None) -> System:
    """A row of the table or, in its own size, any config by its path below ``configs/``.

    Args:
        quick: the row's small config for ToyWorld in its stead, two pictures a step.
        size, batch: others than it has.
    """
    if name not in SYSTEMS:
        system = System(name.removeprefix('configs/').removesuffix('.py'))
    elif quick:
        system = System(f'{SYSTEMS[name].config.split("/")[0]}/{name}_toyworld-64', batch=2)
    else:
        system = SYSTEMS[name]
    return replace(system, size=tuple(size) if size else system.size, batch=batch or system.batch)


def reuse_fakes(cfg: Config, device: str) -> None:
    cfg.merge_from_dict({'model.options': dict(cfg.model.get('options') or {}, reuse_fakes=True)})


# What is turned on in a config, by name; several names are joined by a plus.
SWITCHES: dict[str, Callable[[Config, str], object]] = dict(
    default=lambda cfg, device: None,
    reuse_fakes=reuse_fakes,
    bf16=lambda cfg, device: switches().use_amp(cfg),
    channels_last=lambda cfg, device: switches().use_execution(cfg, channels_last=True),
    compile=lambda cfg, device: compile_networks(cfg),
    cuda_graphs=lambda cfg, device: switches().use_execution(cfg, cuda_graphs=True),  # CUDA's alone
    checkpoint=lambda cfg, device: switches().use_little_memory(cfg),
    step_in_backward=lambda cfg, device: switches().use_execution(cfg, step_in_backward=True),
    fast=lambda cfg, device: switches().use_fast(cfg, device))


def compile_networks(cfg: Config) -> None:
    """Compile all networks, which go on drawing the numbers of PyTorch's generator, as without compiling."""
    import torch._inductor.config
    torch._inductor.config.fallback_random = True
    switches().use_execution(cfg, compile=True)


def switches() -> ModuleType:
    """Imported when asked for: checkouts of before have it not."""
    return importlib.import_module('ggtoolbox.apis.switches')


def settings_of(system: System, variant: str = 'default', device: str = 'cpu') -> Config:
    """A system's config with what ``variant`` turns on. Feature networks of the losses have random weights:
    time and memory do not depend on them."""
    cfg = load_config(CONFIGS / f'{system.config}.py')
    cfg.merge_from_dict(system.options)
    generator = cfg.model.generator
    for network in (generator, generator.get('global_generator') or {}):
        if system.size and 'image_size' in network:
            network.image_size = system.size  # the data's may differ: batches are drawn here
    draw_feature_networks(cfg)
    for switch in variant.split('+'):
        SWITCHES[switch](cfg, device)
    return cfg


def draw_batches(system: System, cfg: Config, count: int, device: str) -> list[dict[str, Tensor]]:
    """Noise by the vocabulary's ranges, but label maps with their instances and edges are of ToyWorld's
    streets: what a step costs may depend on the layout."""
    batch_size, batches = system.batch or cfg.train_dataloader.batch_size, []
    for seed in range(count):
        batch = example_batch(cfg, batch_size, system.size, device='cpu', seed=seed)
        if 'label' in batch and {'edge', 'instance'} & batch.keys():
            drawn = streets(seed, batch_size, system.size or picture_size(cfg))
            batch |= {name: value for name, value in drawn.items() if name in batch}
        batches.append({name: value.to(device) for name, value in batch.items()})
    return batches


def streets(seed: int, count: int, size: tuple[int, int]) -> dict[str, Tensor]:
    scenes = [draw_street(seed, index, *size) for index in range(count)]
    label, instance = (torch.stack([torch.from_numpy(getattr(scene, name).astype('int64'))
                                    for scene in scenes]) for name in ('label', 'instance'))
    return dict(label=label, instance=instance,
                edge=torch.from_numpy(instance_edges(instance.numpy()))[:, None].float())

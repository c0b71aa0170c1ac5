"""Training an ST-GCN on kinds of dances: for the pose perceptual loss, and as a judge of dances."""
from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.judge import save_judge
from ggtoolbox.models.backbones.st_gcn import STGCN
from ggtoolbox.registry import DATASETS
from ggtoolbox.safe_load import save_safetensors

WORLD_SEED, JUDGED_SEED = 3, 2  # as of the other judges
PACKED = [dict(type='PackTensors', keys=['target_motion', 'dance'])]
SMALL = (16, 16, 24, 24, 32, 32, 48)  # channels of ToyWorld's networks; the paper's are STGCN's default
BATCH_SIZE, LEARNING_RATE, WEIGHT_DECAY = 32, 5e-3, 1e-3
SHAKE = 0.004  # deviation of each joint of each frame, lest the network reads tremors that no dancer has


def toyworld_dances(seed: int, length: int) -> Dataset:
    """Dances of a world, packed."""
    return DATASETS.build(dict(type='ToyWorldMusic', seed=seed, length=length, pipeline=PACKED))


def train_pose_network(dances: Dataset, num_classes: int, channels: Sequence[int] | None = None,
                       iterations: int = 1000, seed: int = 0, tell: Callable[[str], None] = print) -> STGCN:
    """A network that tells dances apart; the same one for the same numbers on the same machine.

    Joints are shaken a little. Adam with decoupled decay, one cycle of the learning rate.

    Args:
        dances: samples with ``target_motion`` and ``dance``, an index below ``num_classes``.
        channels: of each block; None for the paper's.
        tell: is told of progress.

    Raises:
        InputError: iterations below 1; fewer dances than a batch has.
    """
    if iterations < 1 or len(dances) < BATCH_SIZE:
        raise InputError(f'expected an iteration at least and {BATCH_SIZE} dances, found {iterations} and '
                         f'{len(dances)}')
    torch.manual_seed(seed)
    network = STGCN(num_classes, allow_random=True, **({} if channels is None else dict(channels=channels)))
    for module in network.modules():  # else every seed would have the same start
        if hasattr(module, 'reset_parameters'):
            module.reset_parameters()
    network.requires_grad_(True).train()
    optimiser = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, iterations + 1)
    loader, start, step = DataLoader(dances, BATCH_SIZE, shuffle=True, drop_last=True), time.perf_counter(), 0
    while step < iterations:
        for batch in loader:
            step += 1
            motion = batch['target_motion'] + SHAKE * torch.randn_like(batch['target_motion'])
            loss = F.cross_entropy(network(motion)['logits'], batch['dance'])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            if step % 50 == 0 or step == iterations:
                tell(f'iteration {step} of {iterations}, loss {loss.item():.4f}, '
                     f'{time.perf_counter() - start:.0f} s')
            if step == iterations:
                break
    return network.requires_grad_(False).eval()


@torch.no_grad()
def pose_accuracy(network: STGCN, dances: Dataset) -> float:
    """Share of the dances whose kind is told."""
    hits: list[Tensor] = []
    for batch in DataLoader(dances, BATCH_SIZE):
        hits.append(network(batch['target_motion'])['logits'].argmax(1) == batch['dance'])
    return torch.cat(hits).float().mean().item()


def make_pose_judge(name: str, folder: Path, iterations: int, seed: int) -> Path:
    """Train on ToyWorld's dances, measure on unseen ones, and write weights and metafile."""
    start = time.perf_counter()
    length = iterations * BATCH_SIZE
    world = toyworld_dances(WORLD_SEED, length)
    classes = len(world.metainfo['dances'])
    network = train_pose_network(world, classes, SMALL, iterations, seed).half().float()
    seconds = round(time.perf_counter() - start)
    accuracy = pose_accuracy(network, toyworld_dances(JUDGED_SEED, 512))
    entry = dict(
        Network=dict(type='STGCN', num_classes=classes, channels=list(SMALL)),
        Training=dict(
            Data=f'ToyWorldMusic, world {WORLD_SEED}', Iterations=iterations, Seed=seed, Seconds=seconds,
            Command=f'python tools/train_pose_judge.py --name {name} --iterations {iterations} --seed {seed}',
            Machine=f'{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}'),
        Accuracy={'Data': f'512 real dances of world {JUDGED_SEED}', 'DanceAccuracy': round(accuracy, 4)})
    return save_judge(name, network, entry, folder)


def train_on_files(root: str, files: Sequence[str], out: Path, iterations: int, seed: int
                   ) -> tuple[Path, float]:
    """The paper's network on a user's own dances, a file a kind (MDVS's format), and its test accuracy."""
    sides = [DATASETS.build(dict(type='MusicDance', data_root=root, files=list(files), split=split,
                                 pipeline=PACKED)) for split in ('train', 'test')]
    network = train_pose_network(sides[0], len(files), None, iterations, seed)
    save_safetensors(out, network.state_dict(), dict(system='STGCN', num_classes=len(files)))
    return out, pose_accuracy(network, sides[1])

"""Every config that learns on ToyWorld starts, validates, saves and goes on; it is found by its name."""
import math
from pathlib import Path

import pytest
import torch

from ggtoolbox.apis import load_config
from ggtoolbox.apis.running import resume_from, train
from ggtoolbox.apis.switches import use_little_memory
from ggtoolbox.engine.hooks.late_loss import LateLossHook

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = sorted((ROOT / 'configs').rglob('*_toyworld-64.py'))
LOADER = dict(batch_size=2, num_workers=0, persistent_workers=False)
LENGTHS = {'ToyWorldDomains': 12}  # of each domain some must be there; two will do for others
# Steps in three iterations of players that learn in stages.
STEPS = {'pg2_toyworld-64': dict(coarse_generator={3}, generator=set(), discriminator=set())}


def shortened(dataset):
    """What shortens a data set, or the one that it wraps."""
    if 'dataset' in dataset:
        return dict(dataset=shortened(dataset['dataset']))
    return dict(length=LENGTHS.get(dataset['type'], 2))


def short(path, work_dir, max_iters):
    """The config as it is, but for its length and its processes."""
    cfg = load_config(path)
    cfg.merge_from_dict(dict(
        work_dir=str(work_dir), experiment_name=f'{path.stem}_{max_iters}', log_level='ERROR',
        train_dataloader=LOADER, val_dataloader=dict(LOADER, dataset=shortened(cfg.val_dataloader.dataset)),
        train_cfg=dict(max_iters=max_iters, val_interval=2),
        default_hooks=dict(checkpoint=dict(interval=1, max_keep_ckpts=1), logger=dict(interval=1))))
    return cfg


@pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.stem)
def test_it_trains_validates_saves_and_goes_on(path, tmp_path):
    runner = train(short(path, tmp_path, max_iters=2))
    figures = {name: scalar.current() for name, scalar in runner.message_hub.log_scalars.items()
               if name.startswith('val/') and not name.endswith('time')}
    assert figures and all(math.isfinite(value) for value in figures.values())
    assert list((tmp_path / 'samples').glob('*.png')) and list(tmp_path.glob('best_*.pth'))

    cfg = short(path, tmp_path, max_iters=3)
    resume_from(cfg, 'auto')
    assert cfg.load_from == str(tmp_path / 'iter_2.pth')
    runner = train(cfg)
    model = runner.model
    late = next((hook for hook in runner.hooks if isinstance(hook, LateLossHook)), None)
    saved = torch.load(tmp_path / 'iter_3.pth', weights_only=False)
    assert model.iteration == saved['meta']['iter'] == 3
    assert all(value.isfinite().all() for value in saved['state_dict'].values())
    for player in model.players():
        steps = {state['step'].item() for state in saved['optimizer'][player]['state'].values()}
        if path.stem in STEPS:
            assert steps == STEPS[path.stem][player]
            continue
        generates = player in model.generating_players
        if late is not None and (player in late.players if late.players else not generates):
            assert late.begin > 3 and steps == set()  # it rests yet
            continue
        taken = math.ceil(3 / model.options.discriminator_steps) if generates else 3
        turns = [model.extra_turns.get(turn, turn) for turn in model.order()].count(player)
        # a further turn may move some networks of a player alone
        assert min(steps) >= taken and max(steps) == turns * taken, player


def test_there_are_some():
    assert len(CONFIGS) > 1


def test_what_is_fast_or_keeps_less_is_logged_and_resumes_to_the_bit(tmp_path):
    weights = []
    for name, ends in (('through', (3,)), ('stopped', (2, 3))):
        for end in ends:
            cfg = short(ROOT / 'configs/gaugan/gaugan_toyworld-64.py', tmp_path / name, max_iters=end)
            cfg.merge_from_dict(dict(
                fast=dict(channels_last=('generator', 'discriminator')), log_level='INFO',
                val_dataloader=None, val_cfg=None, val_evaluator=None))
            use_little_memory(cfg)
            resume_from(cfg, 'auto')
            model = train(cfg).model
        weights.append(model.state_dict())
        logs = '\n'.join(path.read_text() for path in (tmp_path / name).glob('*/*.log'))
        said = 'fast on cpu: channels_last of generator, discriminator (changes rounding'
        assert logs.count(said) == len(ends)
    assert all(map(torch.equal, *(state.values() for state in weights)))
    assert any('forward' in vars(module) for module in model.generator.modules())

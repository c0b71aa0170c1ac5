"""Hooks, on a model of one number."""
import copy
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.model import ExponentialMovingAverage
from mmengine.runner import Runner
from PIL import Image
from torch import nn

from ggtoolbox.engine.hooks.ema import AverageInOneCall, GeneratorEMAHook
from ggtoolbox.engine.hooks.execution import ExecutionHook, named_networks, prepare_networks
from ggtoolbox.engine.hooks.late_loss import LateLossHook
from ggtoolbox.engine.hooks.model_state import check_state_dict
from ggtoolbox.engine.hooks.samples import ImageWriterHook, SampleSheetHook
from ggtoolbox.engine.sheets import heading, picture, sheet, write_image
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.registry import LOSSES, METRICS, MODELS


class Brightness(nn.Module):
    def __init__(self):
        super().__init__()
        self.level = nn.Parameter(torch.zeros(1))
        self.register_buffer('weight_u', torch.ones(1))

    def forward(self, edge):
        self.weight_u += 1
        return dict(image=self.level * torch.ones(len(edge), 3, 12, 12))


@MODELS.register_module(force=True)
class BrightnessGAN(BaseGAN):
    loss_names = ()

    def generate(self, batch):
        return self.generator(batch['edge'])

    def generator_losses(self, batch, fakes):
        return dict(pixel=-fakes['image'].mean())  # the level grows by the learning rate each step


@METRICS.register_module(force=True)
class Level(METRICS.get('PSNR')):
    name = 'Level'

    def process(self, data_batch, data_samples):
        self.results += [float(sample['image'].mean()) for sample in data_samples]


class Data(torch.utils.data.Dataset):
    metainfo = dict(palette=[[0, 0, 0]])

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return dict(edge=torch.ones(1, 12, 12), target_image=torch.zeros(3, 12, 12), name=f's/{index}')


def run(work_dir, max_iters, hooks=(), resume=None, checkpoint=None, metric='Level', model='BrightnessGAN',
        **runtime):
    loader = dict(batch_size=2, num_workers=0, dataset=Data(), sampler=dict(type='InfiniteSampler'),
                  collate_fn=dict(type='default_collate'))
    val = dict(loader, sampler=dict(type='DefaultSampler', shuffle=False))
    runner = Runner(
        model=dict(type=model, generator=dict(type=Brightness),
                   options=dict(init=dict(method=None))),
        work_dir=str(work_dir), train_dataloader=loader, val_dataloader=val,
        train_cfg=dict(by_epoch=False, max_iters=max_iters, val_interval=1), val_cfg=dict(),
        val_evaluator=[dict(type=metric)], default_scope='ggtoolbox', load_from=resume, resume=bool(resume),
        optim_wrapper=dict(constructor='PlayerOptimWrapperConstructor',
                           generator=dict(optimizer=dict(type='SGD', lr=0.1))),
        default_hooks=dict(checkpoint={'type': 'SafeCheckpointHook', 'interval': 1, **(checkpoint or {})},
                           model_state=dict(type='ModelStateHook')),
        custom_hooks=list(hooks), visualizer=dict(type='RunVisualizer', vis_backends=[]),
        experiment_name=f'{work_dir.name}_{max_iters}', **runtime)
    runner.train()
    return runner


def saved(path):
    return torch.load(path, weights_only=False)


def test_the_average_is_validated_saved_and_resumed(tmp_path):
    ema = dict(type='GeneratorEMAHook', momentum=0.5)
    runner = run(tmp_path, 3, [ema])
    levels, average = [0.1, 0.2, 0.3], 0.1  # the average starts as a copy of the first step's weights
    for level in levels[1:]:
        average = 0.5 * average + 0.5 * level
    checkpoint = saved(tmp_path / 'iter_3.pth')
    assert checkpoint['state_dict']['generator.level'].item() == pytest.approx(average)
    assert checkpoint['ema_state_dict']['module.generator.level'].item() == pytest.approx(0.3)
    assert runner.message_hub.get_scalar('val/Level').current() == pytest.approx(average)
    assert runner.model.generator.level.item() == pytest.approx(0.3)
    # one forward a step and one a validation: spectral vectors are the raw weights', not averaged
    assert checkpoint['state_dict']['generator.weight_u'] == checkpoint['ema_state_dict'][
        'module.generator.weight_u']
    resumed = run(tmp_path / 'on', 4, [ema], resume=str(tmp_path / 'iter_3.pth'))
    assert resumed.model.generator.level.item() == pytest.approx(0.4)
    assert resumed.model.iteration == 4
    assert saved(tmp_path / 'on/iter_4.pth')['state_dict']['generator.level'].item() == pytest.approx(
        0.5 * average + 0.5 * 0.4)


def test_old_checkpoints_go_after_the_new_one_lies_there(tmp_path, monkeypatch):
    seen = []
    original = Runner.save_checkpoint

    def save(self, *args, **kwargs):
        original(self, *args, **kwargs)
        seen.append(sorted(p.name for p in tmp_path.glob('*.pth')))

    monkeypatch.setattr(Runner, 'save_checkpoint', save)
    run(tmp_path, 3, checkpoint=dict(max_keep_ckpts=1, save_best='Level', rule='greater'))
    for before in seen:
        assert sum(name.startswith('iter') for name in before) >= 1
    assert any(len([n for n in names if n.startswith('best')]) == 2 for names in seen)
    assert sorted(p.name for p in tmp_path.glob('*.pth')) == ['best_Level_iter_3.pth', 'iter_3.pth']
    assert (tmp_path / 'last_checkpoint').read_text() == str(tmp_path / 'iter_3.pth')


def test_the_best_checkpoint_stays_when_later_ones_are_worse(tmp_path):
    run(tmp_path, 3, checkpoint=dict(save_best='Level', rule='less'))
    assert [p.name for p in tmp_path.glob('best*')] == ['best_Level_iter_1.pth']


def test_stored_policy_is_taken_where_the_config_leaves_it_open(tmp_path):
    run(tmp_path, 1)
    checkpoint = saved(tmp_path / 'iter_1.pth')
    assert checkpoint['meta']['system'] == 'BrightnessGAN'
    checkpoint['meta']['test_policy'] = dict(norm_at_test='batch', dropout_at_test=True)
    torch.save(checkpoint, tmp_path / 'other.pth')
    runner = run(tmp_path / 'on', 2, resume=str(tmp_path / 'other.pth'))
    assert runner.model.options.test_policy == dict(norm_at_test='batch', dropout_at_test=True)


def test_state_dicts_are_compared_by_name_and_shape():
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    state = model.state_dict()
    check_state_dict(model, {f'module.{name}': value for name, value in state.items()}, 'a.pth')
    del state['1.num_batches_tracked']
    check_state_dict(model, state, 'a.pth')
    with pytest.raises(InputError, match="a.pth: .* 1 weights are missing, first '0.bias'"):
        check_state_dict(model, {k: v for k, v in state.items() if k != '0.bias'}, 'a.pth')
    with pytest.raises(InputError, match=r"'0.bias' has shape \(4,\), this Sequential expects \(3,\)"):
        check_state_dict(model, {**state, '0.bias': torch.zeros(4)}, 'a.pth')


def test_execution_switches_change_layout_and_compile_in_place(tmp_path):
    model = BrightnessGAN(generator=dict(type=nn.Conv2d, in_channels=4, out_channels=4, kernel_size=3),
                          options=dict(init=dict(method=None)))
    names = list(model.state_dict())

    class FakeRunner:
        pass

    runner = FakeRunner()
    runner.model = model
    ExecutionHook(channels_last=True, compile=True).before_train(runner)
    assert model.generator.weight.is_contiguous(memory_format=torch.channels_last)
    assert model.generator._compiled_call_impl is not None and list(model.state_dict()) == names


def test_execution_switches_may_name_networks(tmp_path):
    model = BrightnessGAN(generator=dict(type=nn.Conv2d, in_channels=4, out_channels=4, kernel_size=3),
                          options=dict(init=dict(method=None)))
    assert named_networks(model, ('generator', 'discriminator', 'losses.pixel.network'), 'compile') == [
        model.generator]  # the others were not built
    assert named_networks(model, False, 'compile') == []
    with pytest.raises(InputError, match="execution.compile: BrightnessGAN has no network 'generatr'; did"):
        named_networks(model, ('generatr',), 'compile')


def test_a_sample_may_not_leave_the_folder(tmp_path):
    hook = ImageWriterHook(str(tmp_path / 'out'))
    image = torch.zeros(3, 4, 4)
    hook.after_test_iter(None, 0, outputs=[dict(image=image, name='city/a')])
    assert (tmp_path / 'out/city/a.png').is_file()
    with pytest.raises(InputError, match="'../../b' leaves the folder"):
        hook.after_test_iter(None, 0, outputs=[dict(image=image, name='../../b')])


def test_pictures_of_every_kind():
    sample = dict(label=torch.tensor([[0, 1]]), instance=torch.tensor([[1000, 2]]),
                  edge=torch.tensor([[[0.0, 1.0]]]), target_image=torch.tensor([-1.0, 1.0]).expand(3, 1, 2),
                  target_guide=torch.tensor([[[1.0, 0.0]]]).repeat(18, 1, 1))
    palette = torch.tensor([[10, 20, 30], [40, 50, 60]], dtype=torch.uint8).numpy()
    assert picture('label', sample['label'], palette).tolist() == [[[10, 20, 30], [40, 50, 60]]]
    assert picture('edge', sample['edge'])[0, :, 0].tolist() == [0, 255]
    assert picture('target_guide', sample['target_guide'])[0, :, 0].tolist() == [255, 0]
    assert picture('instance', sample['instance']).shape == (1, 2, 3)
    image = sheet([sample, copy.copy(sample)], ('source_image', 'label', 'target_image'), palette)
    assert image.shape == (28 + 2 + 2 * (128 + 2), 2 * 256, 3)  # names; rows of one pixel's height, enlarged
    assert image[30, [0, 256, 383, 384, 511], 0].tolist() == [10, 0, 0, 255, 255]


def test_a_sheet_names_its_columns_and_enlarges_what_is_small():
    sample = {name: torch.zeros(3, 64, 32) for name in ('target_image', 'image')}
    image = sheet([sample], ('target_image', 'image'))
    assert image.shape == (28 + 2 + 128 + 2, 2 * 64, 3)
    names = heading([('target_image', 64), ('image', 64)])
    assert (image[:28] == names).all()
    assert all((names[:, x:x + 64] < 128).any() for x in (0, 64))  # black on white, inside of each column
    assert not (names[:, :64] == names[:, 64:]).all()
    large = dict(image=torch.zeros(3, 130, 2))
    assert sheet([large], ('image',)).shape == (28 + 2 + 130 + 2, 2, 3)


def test_a_film_shows_a_row_over_the_training(tmp_path):
    film = dict(type='SampleSheetHook', number=2, columns=('image',), film=1)
    run(tmp_path, 2, [film])
    run(tmp_path, 3, [film], resume=str(tmp_path / 'iter_2.pth'))
    with Image.open(tmp_path / 'samples/film.gif') as gif:
        assert gif.n_frames == 3 and gif.size == (132, 28 + 28 + 2 + 132 + 2)
        levels = []
        for number in range(3):
            gif.seek(number)
            levels.append(gif.convert('L').getpixel((60, 100)))
    assert levels[0] < levels[1] < levels[2]  # the level grows
    with pytest.raises(InputError, match='film must be a row from 0 to 1, found 2'):
        SampleSheetHook(number=2, film=2)


def test_a_film_passes_over_frames_of_another_size(tmp_path):
    write_image(tmp_path / 'samples/film/iter_000000.png', np.zeros((8, 8, 3), np.uint8))
    run(tmp_path, 2, [dict(type='SampleSheetHook', number=2, columns=('image',))])
    with Image.open(tmp_path / 'samples/film.gif') as gif:
        assert gif.n_frames == 2 and gif.size == (132, 28 + 28 + 2 + 132 + 2)


def test_the_first_line_says_what_is_trained_on_what_and_for_how_long(tmp_path):
    run(tmp_path, 2, [dict(type='FirstLineHook')])
    log, = tmp_path.glob('*/*.log')
    line, = [line for line in log.read_text().splitlines() if 'learns from' in line]
    assert 'iteration 1 of 2, after ' in line and f'go to {tmp_path}' in line
    assert 'BrightnessGAN (generator 0.00 M parameters) learns from Data (2 samples, 2 a step)' in line


def test_a_player_without_a_term_is_told():
    model = DimmedGAN(dict(type=Brightness), dict(init=dict(method=None)))
    with pytest.raises(InputError, match='losses: the generator has no term to learn from in iteration 0'):
        model.watch.check_losses(model, 'generator', {})


@MODELS.register_module(force=True)
class DimmedGAN(BrightnessGAN):
    loss_names = ('pixel',)

    def __init__(self, generator, options):
        super().__init__(generator, losses=dict(pixel=dict(type='L1Loss', weight=2.0)), options=options)

    def generator_losses(self, batch, fakes):
        losses = super().generator_losses(batch, fakes)
        if 'pixel' in self.losses:
            losses['black'] = self.losses['pixel'](fakes['image'], batch['target_image'])
        return losses


def test_late_terms_are_left_out_and_grow_in_also_when_resumed(tmp_path):
    late = dict(type='LateLossHook', terms=['pixel'], begin=1, end=3)
    levels = [0.1, 0.2, 0.2, 0.1]  # the term's weight: 0, 0, 1, 2; each step is 0.1 (1 - weight)
    run(tmp_path, 4, [late], model='DimmedGAN')
    resumed = run(tmp_path / 'on', 4, [late], model='DimmedGAN', resume=str(tmp_path / 'iter_2.pth'))
    for number, level in enumerate(levels, 1):
        state = saved(tmp_path / f'iter_{number}.pth')['state_dict']
        assert state['generator.level'].item() == pytest.approx(level)
    assert resumed.model.generator.level.item() == pytest.approx(levels[-1])
    assert resumed.model.losses['pixel'].weight == 2.0


def test_players_rest_until_their_terms_come_and_what_is_not_there_is_named():
    model = DimmedGAN(dict(type=Brightness), dict(init=dict(method=None)))
    model.discriminator = nn.Linear(1, 1)
    runner = SimpleNamespace(model=model, iter=5)
    hook = LateLossHook(begin=5, end=6, terms=('pixel',))
    hook.before_train(runner)
    hook.before_train_iter(runner, 0)
    assert model.takes_turn('generator') and not model.takes_turn('discriminator') and not model.losses
    runner.iter = 6
    hook.before_train_iter(runner, 0)
    assert model.takes_turn('discriminator') and list(model.losses) == ['pixel']
    with pytest.raises(InputError, match="no term 'pixle'.*pixel"):
        LateLossHook(0, 1, terms=('pixle',)).before_train(runner)
    with pytest.raises(InputError, match="no player 'discriminators'"):
        LateLossHook(0, 1, ('pixel',), players=('discriminators',)).before_train(runner)
    model.losses.pop('pixel')
    hook.before_train(runner)  # a config without the term
    hook.before_train_iter(runner, 0)
    with pytest.raises(InputError, match='found begin=3 and end=3'):
        LateLossHook(3, 3)


def test_a_sheet_of_pairs_shows_source_guides_truth_and_result():
    sample = {name: torch.full((3, 4, 6), value) for name, value in (
        ('image', 1.0), ('target_image', 0.5), ('target_guide', 0.0), ('source_guide', -0.5),
        ('source_image', -1.0))}
    columns = SampleSheetHook().columns
    image = sheet([sample], columns, panel=4)
    assert image[30, ::6, 0].tolist() == [0, 63, 127, 191, 255]
    del sample['source_guide']
    assert sheet([sample], columns, panel=4)[30, ::6, 0].tolist() == [0, 127, 191, 255]


def test_a_converted_checkpoint_may_hold_some_networks_only():
    model = nn.ModuleDict(dict(generator=nn.Linear(2, 3), discriminator=nn.Linear(3, 1)))
    state = {name: value for name, value in model.state_dict().items() if name.startswith('generator')}
    check_state_dict(model, state, 'a.pth', parts=['generator'])
    with pytest.raises(InputError, match="2 weights are missing, first 'discriminator.weight'"):
        check_state_dict(model, state, 'a.pth')
    with pytest.raises(InputError, match="1 weights are missing, first 'generator.bias'"):
        check_state_dict(model, {'generator.weight': state['generator.weight']}, 'a.pth', ['generator'])


@pytest.mark.parametrize('update_buffers', [True, False])
@pytest.mark.parametrize('interval', [1, 2])
def test_an_average_in_one_call_is_mmengines_to_the_bit(update_buffers, interval):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    plain, ours = (ExponentialMovingAverage(network, 0.3, interval, update_buffers=update_buffers)
                   for _ in range(2))
    ours.__class__ = AverageInOneCall
    for _ in range(4):
        network(torch.randn(2, 3, 8, 8))
        for parameter in network.parameters():
            parameter.data.normal_()
        for average in (plain, ours):
            average.update_parameters(network)
    for expected, found in zip(plain.state_dict().values(), ours.state_dict().values()):
        assert torch.equal(found, expected)


def test_the_hook_averages_in_one_call(tmp_path):
    runner = run(tmp_path, 1, [dict(type='GeneratorEMAHook', momentum=0.5)])
    hook = next(hook for hook in runner.hooks if isinstance(hook, GeneratorEMAHook))
    assert type(hook.ema_model) is AverageInOneCall


def test_checkpointing_reaches_the_generators_and_what_losses_see_their_images_through():
    model = BrightnessGAN(generator=dict(type=Brightness), options=dict(init=dict(method=None)))
    model.losses['perceptual'] = LOSSES.build(dict(
        type='PerceptualLoss', layer_weights=[1.0],
        network=dict(type='VGG19', layers=('relu1_1',), allow_random=True)))
    model.discriminator = nn.Sequential(nn.Conv2d(3, 1, 1))
    prepare_networks(model, checkpoint=True)
    changed = [name for name, module in model.named_modules() if 'forward' in vars(module)]
    assert changed == ['generator', 'losses.perceptual.network']
    assert model.losses['perceptual'](torch.zeros(1, 3, 8, 8), torch.ones(1, 3, 8, 8)) > 0

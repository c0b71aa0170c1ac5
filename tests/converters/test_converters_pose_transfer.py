"""XingGAN's, BiGraphGAN's and PATN's released files."""
import re
import runpy
import sys
from pathlib import Path

import pytest
import torch

from ggtoolbox.converters.conversion import convert, find_family
from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'parity'))

from golden import Golden  # noqa: E402


def official(case, prefix=''):
    state = Golden(ROOT / f'tests/data/goldens/{case}.json').official_state
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


FILES = [
    ('xinggan', 'generator', 'xing_generator_bn2', '',
     dict(type='XingGANGenerator', num_blocks=2, norm='batch', dropout=0.5, channels=64, guide_channels=18)),
    ('xinggan', 'generator', 'xing_generator_in2', '', dict(norm='instance', dropout=0.5)),
    ('xinggan', 'generator', 'xing_generator_nodrop', '', dict(norm='batch', dropout=0.0)),
    ('bigraphgan', 'generator', 'bigraph_generator_market2', '',
     dict(type='BiGraphGANGenerator', head=dict(type='AttentionImageFusion', mask='linear',
                                                attention_bias=False))),
    ('bigraphgan', 'generator', 'bigraph_generator_facial2', '', dict(guide_channels=3)),
    ('bigraphgan', 'generator', 'bigraph_generator_fashion2', '',
     dict(norm='instance', head=dict(type='RGBHead', kernel_size=7, padding_mode='reflect',
                                     pre_activation=None))),
    ('patn', 'generator.first_stage', 'patn_generator_bn', '',
     dict(type='PATNGenerator', num_blocks=3, channels=16)),
    ('patn', 'generator.head', 'patn_selection_stage', '',
     dict(type='MultiChannelAttentionSelection', num_intermediates=10, in_channels=106)),
]


@pytest.mark.parametrize('family, part, case, prefix, expected', FILES, ids=lambda value: str(value)[:30])
def test_a_released_file_is_recognised_mapped_and_loaded(family, part, case, prefix, expected):
    state = official(case, prefix)
    conversion = convert(family, state)
    assert conversion.part == part
    conversion.check('file.pth')
    assert conversion.names.keys() == state.keys()
    assert {key: conversion.network[key] for key in expected} == expected
    network = find_family(family).PARTS[part].registry.build(conversion.network)
    network.load_state_dict(conversion.state)
    loaded = network.state_dict()
    assert all(torch.equal(loaded[ours], state[theirs]) for theirs, ours in conversion.names.items())


@pytest.mark.parametrize('family', ['xinggan', 'bigraphgan', 'patn'])
@pytest.mark.parametrize('case, expected', [
    ('person_discriminator_pb_bn', dict(in_channels=21, channels=16, num_blocks=3, num_downsamplings=2)),
    ('person_discriminator_pp_in', dict(in_channels=6, norm='instance')),
    ('person_discriminator_down3', dict(num_blocks=2, num_downsamplings=3, dropout=0.5))])
def test_discriminators_must_be_told_apart(family, case, expected):
    state = official(case)
    with pytest.raises(InputError, match='may be the appearance_discriminator or the shape_discriminator'):
        convert(family, state)
    for part in ('appearance_discriminator', 'shape_discriminator'):
        conversion = convert(family, state, part)
        conversion.check('file.pth')
        assert {key: conversion.network[key] for key in expected} == expected


def test_plain_patn_has_its_last_convolution_in_the_same_sequence():
    state = {re.sub(r'stream1_up2\.1\.', 'stream1_up.7.', name): value
             for name, value in official('patn_generator_bn').items()}
    conversion = convert('pose_transfer', state)
    assert conversion.part == 'generator'
    conversion.check('file.pth')
    last = {theirs: ours for theirs, ours in conversion.names.items() if '_up.7.' in theirs}
    assert set(last.values()) == {'head.convolution.weight', 'head.convolution.bias'}


def test_both_stages_make_one_checkpoint_that_the_model_loads(tmp_path, monkeypatch, capsys):
    prefixes = dict(netG1='generator.first_stage', netG2='generator.head',
                    netD_PP='appearance_discriminator', netD_PB='shape_discriminator')
    files, parts = [], []
    for name, part in prefixes.items():
        files.append(tmp_path / f'latest_net_{name}.pth')
        torch.save(official('patn_step_market', f'{name}.'), files[-1])
        parts += ['--part', part]
    files.append(tmp_path / 'out.pth')
    monkeypatch.setattr(sys, 'argv', ['convert.py', 'patn', *map(str, files), *parts])
    monkeypatch.setattr(sys, 'path', list(sys.path))
    runpy.run_path(str(ROOT / 'tools/model_converters/convert.py'), run_name='__main__')
    checkpoint = torch.load(tmp_path / 'out.pth', weights_only=True)
    networks = checkpoint['meta']['networks']
    model = MODELS.build(dict(
        type=checkpoint['meta']['system'],
        generator=dict(type='PoseSelectionGenerator', first_stage=networks['generator.first_stage'],
                       head=networks['generator.head']),
        **{part: networks[part] for part in ('appearance_discriminator', 'shape_discriminator')}))
    model.load_state_dict(checkpoint['state_dict'])


def test_statistics_of_instance_norm_in_old_files_are_left_out():
    state = official('patn_generator_in')
    extra = 'model.stream1_down.2.running_mean'
    conversion = convert('patn', {**state, extra: torch.zeros(12)})
    assert conversion.unexpected == [extra] and not conversion.missing
    conversion.check('file.pth', allow_unexpected=True)


def test_one_systems_file_is_not_anothers():
    with pytest.raises(InputError, match='expected one part of a released bigraphgan model'):
        convert('bigraphgan', official('xing_generator_in2'))

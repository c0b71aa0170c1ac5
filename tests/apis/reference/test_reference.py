"""What a config may say, as sentences, as a JSON schema and as a page."""
import json

import jsonschema
import pytest
from in_process import outcome

from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.reference.described import argument_texts, arguments_of, plain
from ggtoolbox.apis.reference.explain import explain
from ggtoolbox.apis.reference.page import reference_page
from ggtoolbox.apis.reference.places import our_registries
from ggtoolbox.apis.reference.schema import config_schema
from ggtoolbox.errors import InputError

NAMES = ['gaugan_sau_cityscapes-512x256', 'gaugan_sau_toyworld-64', 'xinggan_toyworld-64',
         'dancegan_motion_toyworld-64', 'stargan_v2_toyworld-64', 'wgan_gp_toyworld-64']


def test_sentences_of_arguments():
    doc = """First.

    Args:
        a, b: of both: ``x``,
            on two lines.
        c (int, optional): with a kind. Defaults to 3.

    Raises:
        d: nothing.
    """
    assert argument_texts(doc) == dict.fromkeys('ab', 'of both: ``x``, on two lines.') | {
        'c': 'with a kind. Defaults to 3.'}
    assert plain('a :class:`~x.y.Z`, :func:`f` and ``g``') == 'a Z, f and g'


@pytest.mark.parametrize('key, sentences', [
    ('SAU.kernel_size', ['SAU: a whole number, default 5', 'k, odd; 5 in the paper']),
    ('model.generator.upsampler.kernel_size', ['SAU: a whole number, default 5', 'InvolutionUpsampler']),
    ('model.losses.pixel.weight', ['L1Loss', 'default 10.0']),
    ('model.options.update_order', ['GANOptions', 'whose turn comes first']),
    ('train_cfg.max_iters', ['ResumableIterLoop: a whole number, must be given']),
    ('train_dataloader.batch_size', ['DataLoader']), ('load_from', ['checkpoint file']),
    ('custom_hooks.0.momentum', ['GeneratorEMAHook']),
    ('SAU', ['ggtoolbox.models.upsamplers.sau', 'compressed_channels: a whole number, default 64']),
    ('upsampler', ['SAU: ', 'CARAFE: '])])
def test_a_key_is_explained(key, sentences):
    assert [sentence for sentence in sentences if sentence not in explain(key)] == []


def test_a_config_says_which_class_is_meant():
    settings = load_config('gaugan_sau_toyworld-64')._cfg_dict
    told = explain('model.generator.upsampler.kernel_size', settings)
    assert 'SAU' in told and 'Involution' not in told
    assert 'here: 1200' in explain('train_cfg.max_iters', settings)
    assert 'LateLossHook' in (told := explain('custom_hooks.1.begin', settings)) and 'NPU' not in told


def test_what_is_not_there_names_the_nearest():
    with pytest.raises(InputError, match="nothing is known of SAU.kernel_sice; did you mean 'kernel_size'"):
        explain('SAU.kernel_sice')


@pytest.fixture(scope='module')
def validator():
    schema = json.loads(json.dumps(config_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize('name', NAMES)
def test_configs_fit_the_schema(name, validator):
    settings = json.loads(json.dumps(load_config(name).to_dict()))
    assert [error.message[:200] for error in validator.iter_errors(settings)] == []


@pytest.mark.parametrize('settings', [
    dict(model=dict(type='GauGAN', generator=dict(type='SPADEGenerator', chanels=3))),
    dict(model=dict(type='GauGAN', generator=dict(type='SPADEGenerator', channels='wide'))),
    dict(model=dict(type='GauGAN', options=dict(update_ordr=['generator']))),
    dict(train_cfg=dict(by_epoch=False, max_iter=3)), dict(load_from=3)])
def test_what_is_misspelt_or_of_another_kind_does_not(settings, validator):
    assert not validator.is_valid(settings)


def test_a_part_of_a_config_and_a_type_of_ones_own_fit(validator):
    assert validator.is_valid(dict(
        _base_='ggtoolbox::gaugan/gaugan_toyworld-64.py', train_cfg=dict(max_iters=3),
        model=dict(generator=dict(channels=8, upsampler=dict(type='MyUpsampler', mine=3)))))


def test_every_component_of_ours_stands_on_the_page():
    page = reference_page()
    ours = {name for registry in our_registries() for name, cls in registry.known().items()
            if cls.__module__.startswith('ggtoolbox.')}
    assert [name for name in sorted(ours) if f'\n### {name}\n' not in page] == []
    assert '| `kernel_size` | a whole number | `5` | k, odd; 5 in the paper. |' in page


def test_most_arguments_of_ours_have_a_sentence():
    """All but those that their names say, or a base class's page."""
    ours = {cls for registry in our_registries() for cls in registry.known().values()
            if cls.__module__.startswith('ggtoolbox.')}
    found = [argument for cls in ours for argument in arguments_of(cls).values()]
    assert sum(not argument.text for argument in found) < len(found) // 3


def test_the_command_writes_both_files(tmp_path):
    code, out, _ = outcome('config', '--schema', 'a/s.json', '--reference', 'a/c.md', cwd=tmp_path)
    assert code == 0 and out == 'a/s.json\na/c.md\n'
    assert json.loads((tmp_path / 'a/s.json').read_text())['$defs']
    assert (tmp_path / 'a/c.md').read_text() == reference_page()
    assert 'k, odd' in outcome('config', 'gaugan_sau_toyworld-64', '--explain',
                               'model.generator.upsampler.kernel_size')[1]

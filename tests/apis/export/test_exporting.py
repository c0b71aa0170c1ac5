"""Exported generators against PyTorch, for batches that they were not traced with."""
import json
from pathlib import Path

import onnx
import pytest
import torch

from ggtoolbox.apis import load_config
from ggtoolbox.apis.analysis.untrained import untrained_model
from ggtoolbox.apis.export.check import TOLERANCE, check_export, load_exported
from ggtoolbox.apis.export.exporting import example_inputs, export_model, input_names
from ggtoolbox.errors import InputError
from ggtoolbox.registry import UPSAMPLERS

CONFIGS = Path(__file__).resolve().parents[3] / 'configs'
TOYWORLD = {path.stem: path for path in sorted(CONFIGS.rglob('*_toyworld-64.py'))}
QUICK = ('c2gan_toyworld-64', 'gaugan_toyworld-64', 'gesturegan_toyworld-64', 'lggan_cross_view_toyworld-64',
         'pix2pix_toyworld-64', 'scgan_toyworld-64', 'selectiongan_toyworld-64', 'wgan_gp_toyworld-64',
         'xinggan_toyworld-64')
NOISY = ('sean_toyworld-64', 'sean_sau_toyworld-64')  # their norms draw noise at test
ALL = [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in TOYWORLD
       if name not in NOISY]
SMALL = dict(channels=4, num_blocks=1, num_downsamplings=1)


def toyworld_model(name, options=None):
    return untrained_model(load_config(TOYWORLD[name], options))


def small_model(options=None, name='cyclegan_toyworld-64'):
    small = {f'model.generator.{key}': value for key, value in SMALL.items()}
    return toyworld_model(name, {**small, **(options or {})})


@pytest.mark.parametrize('name', ALL)
def test_a_toyworld_model_generates_the_same(name, tmp_path):
    model = toyworld_model(name)
    model.options = model.options.changed(dict(dropout_at_test=False))
    files = export_model(model, tmp_path, name, outputs=None)
    assert [file.name for file in files] == [f'{name}.onnx', f'{name}.pt2']
    for check in check_export(model, files, batch_sizes=(1, 3), repeats=1):
        assert check.spread > 0.01, 'nothing is compared in a flat picture'
        assert check.difference <= TOLERANCE


@pytest.mark.parametrize('upsampler', [name for name, cls in UPSAMPLERS.known().items()
                                       if cls.__module__.startswith('ggtoolbox')])
def test_every_upsampler_is_exported(upsampler, tmp_path):
    model = small_model({'model.generator.upsampler': dict(type=upsampler)})
    assert any(type(module).__name__ == upsampler for module in model.generator.modules())
    for check in check_export(model, export_model(model, tmp_path, 'small'), (1, 3), repeats=1):
        assert check.spread > 0.05
        assert check.difference <= TOLERANCE


@pytest.mark.parametrize('window', ['source', 'expanded'])
def test_both_readings_of_the_upsampling_are_exported(window, tmp_path):
    model = small_model({'model.generator.upsampler': dict(type='SAU', window=window, groups=2)})
    files = export_model(model, tmp_path, 'small', ['onnx'])
    assert max(check.difference for check in check_export(model, files, repeats=1)) <= TOLERANCE


@pytest.fixture(scope='module')
def exported(tmp_path_factory):
    """Batch statistics at test, and a head that returns more than an image."""
    options = {'model.generator.norm': 'batch',
               'model.options': dict(norm_at_test='batch', dropout_at_test=False)}
    model = small_model(options, 'selection_head_resnet_toyworld-64')
    before = {key: value.clone() for key, value in model.state_dict().items()}
    out = tmp_path_factory.mktemp('exported') / 'new'
    files = export_model(model, out, 'small', outputs=['image', 'attention'], weights_sha256='0123')
    return model, before, files


def test_the_model_stays_as_it_was(exported):
    model, before, _ = exported
    assert not model.training and not any(module.training for module in model.modules())
    assert model.state_dict().keys() == before.keys()
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_norms_take_the_images_at_hand_where_the_policy_says_so(exported):
    model, _, files = exported
    assert max(check.difference for check in check_export(model, files, repeats=1)) <= TOLERANCE
    batch = example_inputs(model, 3)
    model.options = model.options.changed(dict(norm_at_test='running'))
    running = torch.stack([sample['image'] for sample in model.predict(batch)])
    model.options = model.options.changed(dict(norm_at_test='batch'))
    for file in files:
        assert (load_exported(file)(batch)['image'] - running).abs().max() > 0.01


def test_onnx_says_what_it_is(exported):
    model, _, (file, _) = exported
    graph = onnx.load(file)
    onnx.checker.check_model(graph)
    said = {entry.key: entry.value for entry in graph.metadata_props}
    assert (said['model'], said['system'], said['size']) == ('small', 'Pix2pix', '64x64')
    assert (said['weights_sha256'], said['norm_at_test']) == ('0123', 'batch')
    assert list(json.loads(said['inputs'])) == ['source_image', 'target_guide']
    assert '[-1, 1]' in json.loads(said['outputs'])['image']
    shape = graph.graph.input[0].type.tensor_type.shape.dim
    assert (shape[0].dim_param, [length.dim_value for length in shape[1:]]) == ('batch', [3, 64, 64])
    assert [output.name for output in graph.graph.output] == ['image', 'attention']


def test_the_program_says_the_same_and_holds_no_discriminator(exported):
    _, _, (file, program) = exported
    extra = {'metadata.json': ''}
    loaded = torch.export.load(program, extra_files=extra)
    graph = onnx.load(file)
    assert json.loads(extra['metadata.json']) == {entry.key: entry.value for entry in graph.metadata_props}
    assert {name.split('.')[1] for name in loaded.state_dict} == {'generator'}


def test_the_opset_is_the_one_asked_for(tmp_path):
    file, = export_model(small_model(), tmp_path, 'small', ['onnx'], opset=20)
    assert next(entry.version for entry in onnx.load(file).opset_import if not entry.domain) == 20


def test_height_and_width_may_be_free(tmp_path):
    model = small_model()
    files = export_model(model, tmp_path, 'small', dynamic_size=True)
    shape = onnx.load(files[0]).graph.input[0].type.tensor_type.shape.dim
    assert [length.dim_param or length.dim_value for length in shape] == ['batch', 3, 'height', 'width']
    for size in ((64, 64), (32, 48)):
        assert max(check.difference for check in check_export(model, files, (1, 2), size, 1)) <= TOLERANCE


def test_random_inputs_are_inputs():
    assert input_names(toyworld_model('scgan_toyworld-64')) == ('label', 'attributes', 'latent')
    names = input_names(toyworld_model('pix2pixhd_encoder_toyworld-64'))
    assert names == ('label', 'edge', 'instance_features')
    dancer = toyworld_model('dancegan_motion_toyworld-64')
    assert {name: value.shape[1:] for name, value in example_inputs(dancer).items()} == dict(
        audio=(dancer.generator.frames, dancer.generator.samples),
        noise=(dancer.generator.frames, dancer.noise_channels))


@pytest.mark.parametrize('name', ['wgan_gp_toyworld-64', 'gaugan_toyworld-64'])
def test_a_size_that_is_built_in_is_said(name, tmp_path):
    with pytest.raises(InputError, match='its generator is built for one size; leave --dynamic-size away'):
        export_model(toyworld_model(name), tmp_path, name, dynamic_size=True)


def test_dropout_at_test_is_refused(tmp_path):
    model = small_model({'model.generator.dropout': 0.5, 'model.options.dropout_at_test': True})
    with pytest.raises(InputError, match='small: its dropout is active at test .*--without-dropout'):
        export_model(model, tmp_path, 'small')
    assert not list(tmp_path.iterdir())


def test_weights_that_are_not_finite_are_refused(tmp_path):
    model = small_model()
    next(model.generator.parameters()).data.view(-1)[0] = float('inf')
    with pytest.raises(InputError, match='small: generator.* is not finite, nothing is exported'):
        export_model(model, tmp_path, 'small')
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_noise_that_is_drawn_at_test_is_refused(tmp_path):
    with pytest.raises(InputError, match=r'it draws random numbers \(aten.randn.default\)'):
        export_model(toyworld_model(NOISY[0]), tmp_path, 'noisy', ['torch'])


def test_an_unknown_output_is_named(tmp_path):
    with pytest.raises(InputError, match="there is no output 'imag'.*'image'"):
        export_model(small_model(), tmp_path, 'small', outputs=['imag'])


def test_an_unknown_format_is_named(tmp_path):
    with pytest.raises(InputError, match="expected onnx or torch, found 'tflite'"):
        export_model(small_model(), tmp_path, 'small', ['tflite'])


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
    with pytest.raises(InputError, match=r"needs the package onnx: pip install 'ggtoolbox\[export\]'"):
        export_model(small_model(), tmp_path, 'small', ['onnx'])


@pytest.mark.parametrize('operation, message', [
    (lambda image: image if image.max() > 0 else -image, 'torch.export cannot trace it'),
    (lambda image: image + torch.rand_like(image), 'it draws random numbers'),
    (lambda image: torch.linalg.eigvals(image).real, 'ONNX cannot express it')])
def test_what_cannot_be_exported_ends_in_a_sentence(operation, message, tmp_path, monkeypatch):
    model = small_model()
    generate = type(model).generate

    def altered(self, batch):
        return dict(image=operation(generate(self, batch)['image']))

    monkeypatch.setattr(type(model), 'generate', altered)
    with pytest.raises(InputError, match=message):
        export_model(model, tmp_path, 'small', ['onnx'])

from pathlib import Path

import pytest
import torch

from ggtoolbox.apis import init_model, load_config, train
from ggtoolbox.apis.analysis.example_batch import example_batch
from ggtoolbox.apis.inference import build_for_test
from ggtoolbox.apis.running import build_test_runner
from ggtoolbox.apis.zoo.publishing import publish
from ggtoolbox.errors import InputError
from ggtoolbox.fetching import file_sha256
from ggtoolbox.registry import MODELS
from ggtoolbox.safe_load import load_tensors

ROOT = Path(__file__).resolve().parents[3]
CONFIGS = sorted(path for path in (ROOT / 'configs').rglob('*.py') if '_base_' not in path.parts)
TOYWORLD = [path for path in CONFIGS if path.stem.endswith('_toyworld-64')]
CYCLEGAN = ROOT / 'configs/cyclegan/cyclegan_toyworld-64.py'
NAME = CYCLEGAN.stem
# Networks that draw at test, but not from what an example batch holds.
OF_OTHER_INPUTS = {'sketchycoco_toyworld-64': {'encoder', 'edge_generator'},
                   'stargan_v2_toyworld-64': {'mapping_network'}}


def networks_behind(model, image):
    """Names of the networks whose parameters a picture was computed from."""
    waiting, seen, parameters = [image.grad_fn], set(), set()
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        parameters.add(id(getattr(node, 'variable', None)))
        waiting += [parent for parent, _ in node.next_functions]
    return {name for name, network in model.named_networks().items()
            if any(id(p) in parameters for p in network.parameters())}


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    """Of CycleGAN, as a run leaves it: optimisers, an average of the weights, the raw ones."""
    torch.manual_seed(0)
    model = MODELS.build(load_config(CYCLEGAN).model)
    path = tmp_path_factory.mktemp('run') / 'iter_30.pth'
    meta = dict(iter=30, seed=3, system='CycleGAN', cfg='train_cfg = dict()',
                test_policy=dict(norm_at_test='running', dropout_at_test=False))
    raw = {f'module.{name}': value + 1 for name, value in model.state_dict().items()}
    torch.save(dict(meta=meta, state_dict=model.state_dict(), ema_state_dict=raw, optimizer=dict(a=1)), path)
    return path


def test_it_keeps_what_draws_and_says_what_it_is(checkpoint, tmp_path):
    path = publish(checkpoint, CYCLEGAN, tmp_path)
    assert path == tmp_path / f'{NAME}-{file_sha256(path)[:8]}.safetensors'
    assert list(tmp_path.iterdir()) == [path]
    found, saved = load_tensors(path), load_tensors(checkpoint)['state_dict']
    assert found['meta'] == dict(
        config=NAME, system='CycleGAN', parts=['generator'], iteration=30, seed=3, averaged=True,
        dtype='float16', ggtoolbox=found['meta']['ggtoolbox'],
        test_policy=dict(norm_at_test='running', dropout_at_test=False),
        command=f'python tools/train.py configs/cyclegan/{NAME}.py --seed 3 '
                '--cfg-options train_cfg.max_iters=30')
    assert found['state_dict'].keys() == {name for name in saved if name.startswith('generator.')}
    for name, value in found['state_dict'].items():
        assert torch.equal(value, saved[name].to(value.dtype))
    weight = next(name for name in saved if name.endswith('convolution.weight'))
    assert found['state_dict'][weight].dtype == torch.float16


def test_all_networks_in_float32(checkpoint, tmp_path):
    path = publish(checkpoint, CYCLEGAN, tmp_path, 'float32', all_networks=True, command='mine')
    found, saved = load_tensors(path), load_tensors(checkpoint)['state_dict']
    assert found['meta']['parts'] == [
        'generator', 'discriminator', 'inverse_generator', 'source_discriminator']
    assert found['meta']['command'] == 'mine' and found['state_dict'].keys() == saved.keys()
    assert all(torch.equal(value, saved[name]) for name, value in found['state_dict'].items())


def test_a_published_file_can_be_published_again(checkpoint, tmp_path):
    once = publish(checkpoint, CYCLEGAN, tmp_path / 'once', 'float32')
    twice = load_tensors(publish(once, CYCLEGAN, tmp_path / 'twice', all_networks=True))
    assert twice['meta']['parts'] == ['generator']


def quick(path, work_dir):
    """CycleGAN's config with an average of its generators, for an iteration and two images."""
    loaders = ('train_dataloader', 'val_dataloader', 'test_dataloader')
    cfg = load_config(CYCLEGAN, {
        'train_cfg.max_iters': 1, 'work_dir': str(work_dir), 'load_from': str(path),
        **{f'{loader}.num_workers': 0 for loader in loaders},
        **{f'{loader}.persistent_workers': False for loader in loaders},
        **{f'{loader}.dataset.length': 2 for loader in loaders}, 'train_dataloader.batch_size': 1})
    cfg.custom_hooks = [dict(type='GeneratorEMAHook')]
    return cfg


def test_a_test_has_no_network_that_the_file_lacks(checkpoint, tmp_path):
    path = publish(checkpoint, CYCLEGAN, tmp_path)
    runner = build_test_runner(quick(path, tmp_path), str(path))
    runner.test()
    assert list(runner.model.named_networks()) == ['generator']


def test_training_goes_on_from_published_weights_with_new_discriminators(checkpoint, tmp_path):
    path = publish(checkpoint, CYCLEGAN, tmp_path, 'float32')
    train(quick(path, tmp_path))
    found, before = load_tensors(tmp_path / 'iter_1.pth')['state_dict'], load_tensors(path)['state_dict']
    assert {name.split('.')[0] for name in found} == {
        'generator', 'discriminator', 'inverse_generator', 'source_discriminator'}
    for name, value in before.items():
        torch.testing.assert_close(found[name], value, rtol=0, atol=1e-2)


def test_what_cannot_be_published(checkpoint, tmp_path):
    with pytest.raises(InputError, match='a checkpoint of CycleGAN, but the config says Pix2pix'):
        publish(checkpoint, ROOT / 'configs/pix2pix/pix2pix_toyworld-64.py', tmp_path)
    with pytest.raises(InputError, match="dtype: expected one of float16, float32, found 'int8'"):
        publish(checkpoint, CYCLEGAN, tmp_path, 'int8')
    content = load_tensors(checkpoint)
    next(iter(content['state_dict'].values())).view(-1)[0] = 1e6
    torch.save(content, tmp_path / 'large.pth')
    with pytest.raises(InputError, match=r'values up to 1e\+06 are too large for float16'):
        publish(tmp_path / 'large.pth', CYCLEGAN, tmp_path)
    next(iter(content['state_dict'].values())).view(-1)[0] = float('nan')
    torch.save(content, tmp_path / 'nan.pth')
    with pytest.raises(InputError, match='nan.pth: generator.* is not finite'):
        publish(tmp_path / 'nan.pth', CYCLEGAN, tmp_path)
    with pytest.raises(InputError, match='nan.pth: generator.* is not finite'):
        init_model(CYCLEGAN, tmp_path / 'nan.pth')
    assert not list(tmp_path.glob('*.safetensors'))


@pytest.mark.parametrize('path', TOYWORLD, ids=lambda path: path.stem)
def test_a_published_model_draws_what_the_whole_one_draws(path, tmp_path):
    cfg = load_config(path, {'model.options.norm_at_test': 'batch'})  # running statistics need training
    torch.manual_seed(0)
    model = MODELS.build(cfg.model).eval()
    batch = example_batch(cfg, device='cpu')
    drawn = model.generate(batch)
    product = next(name for name in model.products if name in drawn)
    drawn_by = networks_behind(model, drawn[product]) | OF_OTHER_INPUTS.get(path.stem, set())
    weightless = {name for name, network in model.named_networks().items() if not [*network.parameters()]}
    assert drawn_by == {*model.networks_at_test()} - weightless
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'whole.pth')
    loaded = init_model(cfg, publish(tmp_path / 'whole.pth', cfg, tmp_path, 'float32'))
    assert set(loaded.named_networks()) == set(model.networks_at_test())
    pictures = []
    for each in (model, loaded):
        torch.manual_seed(1)
        pictures.append([sample[product] for sample in each.predict(batch)])
    torch.testing.assert_close(*pictures, rtol=0, atol=0)


@pytest.mark.long
@pytest.mark.parametrize('path', [p for p in CONFIGS if p not in TOYWORLD], ids=lambda path: path.stem)
def test_each_config_builds_as_for_a_test(path):
    with torch.device('meta'):
        model = build_for_test(load_config(path))
    assert 'generator' in model.networks_at_test()

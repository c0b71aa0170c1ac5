"""Every registered component against the contract of its registry.

A new component gets these tests by being registered.
"""
import inspect
import itertools

import pytest
import torch
from mmcv.transforms import BaseTransform
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook

from ggtoolbox import registry
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.registry import (
    BACKBONES,
    DATASETS,
    DISCRIMINATORS,
    GENERATORS,
    HEADS,
    HOOKS,
    LOSSES,
    METRICS,
    MODELS,
    TRANSFORMS,
    UPSAMPLERS,
)
from ggtoolbox.structures import VOCABULARY, DiscriminatorOutput

ROOMS = [room for room in vars(registry).values() if isinstance(room, registry.Registry)]


def ours(room):
    return {name: cls for name, cls in room.known().items() if cls.__module__.startswith('ggtoolbox')}


COMPONENTS = [(room, cls) for room in ROOMS for cls in ours(room).values()]

def name_of(value):
    return getattr(value, '__name__', None) or getattr(value, 'name', None)


@pytest.mark.parametrize('room', ROOMS, ids=name_of)
def test_every_file_of_a_room_imports(room):
    room.known()
    assert room.failures == {}
    assert room.__doc__


@pytest.mark.parametrize('room, cls', COMPONENTS, ids=name_of)
def test_components_are_documented_and_explicit(room, cls):
    assert cls.__doc__, f'{cls.__name__} has no docstring'
    kinds = {p.kind for p in inspect.signature(cls).parameters.values()}
    assert inspect.Parameter.VAR_KEYWORD not in kinds, f'{cls.__name__} swallows unknown arguments'


def train_once(network, inputs):
    """One optimiser step on the mean square of all outputs; returns what ``forward`` gave."""
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    outputs = network.train()(**inputs)
    sum(value.square().mean() for value in outputs.values()).backward()
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None, f'{name} gets no gradient'
            assert torch.isfinite(parameter.grad).all(), f'{name} gets a gradient that is not finite'
    optimiser.step()
    assert any(not torch.equal(p, before[name]) for name, p in network.named_parameters())
    return outputs


@pytest.mark.parametrize('cls', ours(GENERATORS).values(), ids=name_of)
def test_generators(cls):
    torch.manual_seed(0)
    arguments, inputs = cls.example()
    assert set(inputs) <= set(VOCABULARY)
    assert inspect.signature(cls.forward).parameters.keys() - {'self'} <= set(VOCABULARY) | {'features'}
    network = GENERATORS.build(dict(type=cls.__name__, **arguments))
    outputs = train_once(network, inputs)
    product = 'image' if 'image' in outputs else 'motion'
    count = len(next(iter(inputs.values())))
    assert outputs[product].shape[:2] == (count, 3) or outputs[product].shape[::3] == (count, 2)
    twin = GENERATORS.build(dict(type=cls.__name__, **arguments)).eval()
    twin.load_state_dict(network.state_dict())
    torch.manual_seed(1)
    expected = network.eval()(**inputs)[product]
    torch.manual_seed(1)
    assert torch.equal(twin(**inputs)[product], expected)


def fillings(cls):
    """What may be put into a generator: (upsampler or None, head or None), as far as it takes them. Every
    upsampler comes, and every head, each with another of the other kind."""
    parameters = inspect.signature(cls).parameters
    upsamplers = list(ours(UPSAMPLERS)) if 'upsampler' in parameters else [None]
    heads = list(ours(HEADS)) if 'head' in parameters else [None]
    pairs = zip(itertools.cycle(upsamplers), itertools.cycle(heads))
    return itertools.islice(pairs, max(len(upsamplers), len(heads)))


@pytest.mark.parametrize('cls, upsampler, head', [
    (cls, *filling) for cls in ours(GENERATORS).values() for filling in fillings(cls)
    if filling != (None, None)], ids=name_of)
def test_every_generator_trains_with_every_upsampler_and_head(cls, upsampler, head):
    torch.manual_seed(0)
    arguments, inputs = cls.example()
    chosen = {name: dict(type=kind) for name, kind in (('upsampler', upsampler), ('head', head)) if kind}
    network = GENERATORS.build(dict(type=cls.__name__, **{**arguments, **chosen}))
    if 'instance' in inspect.signature(cls.forward).parameters and UPSAMPLERS.get(upsampler).reads_instance:
        inputs['instance'] = torch.arange(inputs['label'].numel()).view_as(inputs['label']) // 7 % 23 // 11
    image = train_once(network, inputs)['image']
    assert image.shape[:2] == (len(next(iter(inputs.values()))), 3)
    assert image.abs().max() <= 1
    assert torch.isfinite(network.eval()(**inputs)['image']).all()


@pytest.mark.parametrize('name', ours(UPSAMPLERS))
@pytest.mark.parametrize('scale, out_channels', [(2, None), (2, 6), (3, None)])
def test_upsamplers(name, scale, out_channels):
    torch.manual_seed(0)
    arguments = dict(in_channels=8, out_channels=out_channels, scale=scale)
    upsampler = UPSAMPLERS.build(dict(type=name, **arguments))
    x = torch.randn(2, 8, 5, 6, requires_grad=True)
    y = upsampler(x)
    assert y.shape == (2, out_channels or 8, 5 * scale, 6 * scale)
    y.square().mean().backward()
    assert torch.isfinite(x.grad).all()
    assert x.grad.any()
    assert all(p.grad is not None for p in upsampler.parameters())
    assert torch.isfinite(upsampler(x, torch.randn(2, 3, 20, 24))).all()


@pytest.mark.parametrize('name', ours(HEADS))
def test_heads(name):
    torch.manual_seed(0)
    head = HEADS.build(dict(type=name, in_channels=8))
    outputs = train_once(head, dict(features=torch.randn(2, 8, 16, 16),
                                    source_image=torch.rand(2, 3, 16, 16) * 2 - 1))
    assert outputs['image'].shape == (2, 3, 16, 16)
    assert outputs['image'].abs().max() <= 1


@pytest.mark.parametrize('cls', ours(DISCRIMINATORS).values(), ids=name_of)
def test_discriminators(cls):
    torch.manual_seed(0)
    arguments, inputs = cls.example()
    network = DISCRIMINATORS.build(dict(type=cls.__name__, **arguments))
    judged = inputs['image' if 'image' in inputs else 'motion'].requires_grad_()
    scales = network(**inputs)
    assert isinstance(scales, list)
    for scale in scales:
        assert isinstance(scale, DiscriminatorOutput)
        assert scale.logits.shape[0] == len(judged)
        assert all(feature.dim() == 4 for feature in scale.features)
    heights = [scale.logits.shape[-1] for scale in scales]
    assert heights == sorted(heights, reverse=True), 'the finest scale comes first'
    heads = [head for scale in scales for head in (scale.logits, scale.attributes) if head is not None]
    sum(head.square().mean() for head in heads).backward()
    assert torch.isfinite(judged.grad).all()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, f'{name} gets no gradient'
        assert torch.isfinite(parameter.grad).all()


@pytest.mark.parametrize('cls', ours(BACKBONES).values(), ids=name_of)
def test_backbones(cls, monkeypatch):
    is_feature_network = 'weights' in inspect.signature(cls).parameters
    arguments = dict(allow_random=True) if is_feature_network else {}
    inputs = dict(image=torch.rand(2, 3, 96, 96) * 2 - 1)
    if hasattr(cls, 'example'):
        arguments, inputs = cls.example()
        train_once(BACKBONES.build(dict(type=cls.__name__, **arguments)), inputs)
    network = BACKBONES.build(dict(type=cls.__name__, **arguments))
    with torch.no_grad():
        given = [cls.example_input()] if hasattr(cls, 'example_input') else inputs.values()
        outputs = network(*given)
    assert all(isinstance(value, torch.Tensor) and len(value) == 2 for value in outputs.values())
    if is_feature_network:
        assert not any(p.requires_grad for p in network.parameters())
        monkeypatch.setattr('importlib.util.find_spec', lambda name: None)  # no package brings weights
        with pytest.raises(registry.InputError):
            BACKBONES.build(dict(type=cls.__name__))


@pytest.fixture
def loss_inputs():
    """What losses are given, by the names of their arguments."""
    torch.manual_seed(0)
    images = ('fake', 'real', 'image', 'prediction', 'target')
    inputs = {name: torch.rand(2, 3, 16, 16) * 2 - 1 for name in images}
    for name in ('fake_outputs', 'real_outputs'):
        inputs[name] = [DiscriminatorOutput(torch.randn(2, 1, 4, 4), [torch.randn(2, 3, 5, 5)])] * 2
    inputs['segmenting_outputs'] = [DiscriminatorOutput(torch.randn(2, 6, 16, 16), [])]
    inputs.update(target_image=inputs['target'], label=torch.randint(0, 5, (2, 16, 16)),
                  class_images=torch.rand(2, 4, 3, 16, 16) * 2 - 1, class_logits=torch.randn(2, 4, 4),
                  class_valid=torch.tensor([[1.0, 1, 0, 1], [0, 1, 1, 0]]))
    inputs.update(attributes=torch.tensor([[1.0, 0, 1], [0, 1, 1]]), attribute_logits=torch.randn(2, 3),
                  label_logits=torch.randn(2, 5, 16, 16), interpolation=torch.rand(2, 1, 1, 1),
                  domain_logits=torch.randn(2, 4), domain=torch.tensor([3, 0]),
                  warped_layout=torch.randn(2, 5, 16, 16).softmax(1),
                  exemplar_label=torch.randint(0, 5, (2, 16, 16)),
                  discriminator=lambda image: [DiscriminatorOutput(image.square().mean((2, 3)), [])])
    return dict(inputs, mean=torch.randn(2, 5), log_variance=torch.randn(2, 5),
                uncertainty=torch.rand(2, 1, 16, 16))


@pytest.mark.parametrize('cls', ours(LOSSES).values(), ids=name_of)
def test_losses_are_scalars_times_their_weight(cls, loss_inputs):
    arguments = cls.example() if hasattr(cls, 'example') else {}
    values = []
    for weight in (1.0, 2.5):
        loss = LOSSES.build(dict(type=cls.__name__, **arguments, weight=weight))
        assert loss.weight == weight
        wanted = inspect.signature(loss.forward).parameters
        values.append(loss(**{name: loss_inputs[name] for name in wanted}))
    assert values[0].shape == ()
    assert torch.isfinite(values[0])
    torch.testing.assert_close(values[1], 2.5 * values[0])


@pytest.mark.parametrize('room, base', [
    (MODELS, BaseGAN), (TRANSFORMS, BaseTransform), (METRICS, BaseMetric), (HOOKS, Hook),
    (DATASETS, torch.utils.data.Dataset)], ids=name_of)
def test_children_of_mmengines_registries_are_of_its_kinds(room, base):
    assert ours(room), f'the {room.name} room is empty'
    for cls in ours(room).values():
        assert issubclass(cls, base), f'{cls.__name__} is no {base.__name__}'

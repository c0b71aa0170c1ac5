"""Every system generates from what it says it reads, and from nothing else."""
import pytest
import torch
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.registry import MODELS
from ggtoolbox.structures import VOCABULARY

SPADE = dict(type='SPADEGenerator', num_classes=3, image_size=(32, 32), channels=2, num_upsamplings=5,
             norm_hidden_channels=2)
UNET = dict(type='UNetGenerator', channels=2, num_downsamplings=5)
SCGAN = dict(type='SCGANGenerator', num_classes=3, num_attributes=2, latent_dim=4, image_size=(32, 32),
             channels=2, latent_channels=2)
ENCODED = dict(generator=dict(SPADE, latent_dim=4),
               encoder=dict(type='ConvEncoder', channels=2, image_size=32, norm=None))
SYSTEMS = {
    'edges': (dict(type='GauGAN', generator=dict(SPADE, edge=True)), ('label', 'edge'), ()),
    'latent': (dict(type='GauGAN', generator=dict(SPADE, latent_dim=4)), ('label',), ('latent',)),
    'encoder': (dict(type='GauGAN', **ENCODED), ('label',), ('target_image', 'latent')),
    'styles are drawn': (dict(type='GauGAN', encoded_image=None, **ENCODED), ('label',), ('latent',)),
    'pix2pix': (dict(type='Pix2pix', generator=dict(UNET, source_channels=3, guide_channels=3)),
                ('source_image', 'target_guide'), ()),
    'cyclegan': (dict(type='CycleGAN', generator=dict(UNET, source_channels=3), source_field='target_guide'),
                 ('target_guide',), ('target_image',)),
    'scgan': (dict(type='SCGAN', generator=SCGAN), ('label', 'attributes'), ('latent',)),
}
CHANNELS = dict(edge=1)


def field(name):
    if VOCABULARY[name].dtype is torch.int64:
        return torch.randint(3, (2, 32, 32))
    shapes = dict(attributes=(2, 2), latent=(2, 4))
    return torch.rand(shapes.get(name, (2, CHANNELS.get(name, 3), 32, 32)))


@pytest.mark.parametrize('system', SYSTEMS)
def test_required_fields_suffice_and_each_is_needed(system):
    cfg, required, optional = SYSTEMS[system]
    model = MODELS.build(cfg).eval()
    assert model.test_inputs() == (required, optional)
    batch = {name: field(name) for name in required}
    assert model.predict(batch)[0]['image'].shape == (3, 32, 32)
    for name in required:
        with pytest.raises((InputError, KeyError)):
            model.predict({other: value for other, value in batch.items() if other != name})
    torch.manual_seed(0)
    for name in optional:
        one, other = (model.predict({**batch, name: field(name)})[0] for _ in range(2))
        assert any(not torch.equal(one[key], other[key]) for key in one if key not in (*required, name))


def test_styles_are_drawn_although_there_is_a_picture():
    torch.manual_seed(0)
    model = MODELS.build(dict(type='GauGAN', encoded_image=None, **ENCODED)).eval()
    batch = dict(label=field('label'))
    drawn = []
    for number in range(3):
        torch.manual_seed(number // 2)  # twice the same, of different pictures
        target = torch.full((2, 3, 32, 32), number / 3)
        drawn.append(model.predict({**batch, 'target_image': target})[0]['image'])
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[1], drawn[2])
    with pytest.raises(InputError, match='the encoder learns from encoded_image, expected .*, found None'):
        model.train().generate(batch)


def test_a_generator_must_say_what_it_reads():
    model = BaseGAN(generator=dict(type=nn.Identity))
    with pytest.raises(InputError, match='BaseGAN: its generator does not say what it reads'):
        model.test_inputs()

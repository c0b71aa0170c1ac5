"""A config says once what its generator reads; all other networks follow, in every system."""
from pathlib import Path

import pytest
import torch

from ggtoolbox.apis import load_config
from ggtoolbox.apis.analysis.example_batch import example_batch
from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.derived import stated
from ggtoolbox.registry import DISCRIMINATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput, parted

CONFIGS = Path(__file__).resolve().parents[3] / 'configs'
TOYWORLD = {path.stem.removesuffix('_toyworld-64'): path for path in CONFIGS.rglob('*_toyworld-64.py')}


def build(name, **options):
    """A ToyWorld config's model without values; its data do not know how many classes there are."""
    cfg = load_config(TOYWORLD[name])
    cfg.merge_from_dict({f'model.{key.replace("__", ".")}': value for key, value in options.items()})
    with torch.device('meta'):
        return MODELS.build(cfg.model), example_batch(cfg)


@pytest.mark.parametrize('name', [name for name, path in TOYWORLD.items()
                                  if load_config(path).model.generator.get('num_classes')])
def test_another_number_of_classes_is_one_option(name):
    (one, batch), (other, _) = build(name), build(name, generator__num_classes=5)
    counts = [[p.shape for p in model.parameters()] for model in (one, other)]
    assert counts[0] != counts[1]
    prepared = other.prepare(batch)
    fakes = other.generate(prepared)
    for turn in other.order():
        assert getattr(other, f'{turn}_losses')(prepared, fakes)


def test_another_number_of_domains_is_one_option():
    model, batch = build('stargan_v2', mapping_network__num_domains=5)
    image = batch['source_image']
    assert model.style_encoder(image)['styles'].shape[1] == 5
    assert model.discriminator(image)[0].logits.shape[1] == 5


def test_what_is_said_of_a_batch_is_cut_as_the_batch():
    logits, features = torch.arange(6.0).view(6, 1), [torch.arange(12.0).view(6, 2)]
    two = [DiscriminatorOutput(logits, features, logits + 1), DiscriminatorOutput(logits * 2, [])]
    first, second, third = parted(two, 3)
    assert [output.logits.flatten().tolist() for output in second] == [[2, 3], [4, 6]]
    assert second[0].features[0].tolist() == [[4, 5], [6, 7]] and second[0].attributes.tolist() == [[3], [4]]
    assert third[1].attributes is None and third[1].features == [] and len(first) == 2


@pytest.mark.parametrize(('name', 'option', 'value', 'sentence'), [
    ('gaugan', 'discriminator__in_channels', 24,
     'model.discriminator.in_channels is 24, expected 21: 3 of the image + 17 by model.generator.num_classes '
     '+ 1 by model.generator.edge'),
    ('gaugan', 'discriminator__discriminator__in_channels', 24,
     'MultiScaleDiscriminator: discriminator.in_channels is 24, expected 21'),
    ('gaugan_vae', 'encoder__latent_dim', 3, 'model.encoder.latent_dim is 3, expected 64: as '
     'model.generator.latent_dim'),
    ('edgegan', 'generator__encoder__num_classes', 3,
     'EdgeGANGenerator: encoder.num_classes is 3, expected 17'),
    ('pix2pixhd_encoder', 'encoder__feature_channels', 4,
     'model.encoder.feature_channels is 4, expected 3: as model.generator.feature_channels'),
    ('pix2pixhd_encoder', 'encoder', None,
     'an encoder and model.generator.feature_channels need each other'),
    ('pix2pix', 'discriminator__in_channels', 6, '3 by model.generator.source_channels'),
    ('cyclegan', 'discriminator__in_channels', 6, 'model.discriminator.in_channels is 6, expected 3'),
    ('selectiongan', 'discriminator__in_channels', 9, 'expected 6'),
    ('selectiongan', 'generator__semantic_generator__out_channels', 4, 'as guide_channels of Selection'),
    ('selectiongan', 'generator__image_generator__guide_channels', 4, 'as guide_channels of SelectionGAN'),
    ('gesturegan', 'guided_discriminator__in_channels', 6, 'expected 9'),
    ('lggan_cross_view', 'image_discriminator__in_channels', 9, 'expected 6'),
    ('lggan', 'generator__global_generator__num_classes', 4,
     'LGGANGenerator: global_generator.num_classes is 4, expected 17'),
    ('stargan_v2', 'discriminator__num_domains', 3,
     'model.discriminator.num_domains is 3, expected 2: as model.mapping_network.num_domains'),
    ('stargan_v2', 'style_encoder__resolution', 32, 'expected 64: as model.generator.resolution'),
    ('stargan_v2', 'mapping_network__style_channels', 8, 'expected 16: as model.generator.style_channels'),
    ('c2gan', 'guidance_generator__out_channels', 4, 'by model.generator.guide_channels'),
    ('c2gan', 'guidance_discriminator__in_channels', 9, 'model.guidance_discriminator.in_channels is 9'),
    ('patn', 'shape_discriminator__in_channels', 6, '18 by model.generator.guide_channels'),
    ('patn_selection', 'generator__first_stage__guide_channels', 3, 'as guide_channels of PoseSelection'),
    ('scgan', 'segmentor__num_classes', 4, 'expected 7: 7 by model.generator.num_classes'),
    ('scgan', 'discriminator__num_attributes', 4, 'expected 5: as model.generator.num_attributes'),
    ('wgan_gp', 'discriminator__image_size', (32, 32), r'expected \(64, 64\): as model.gen')])
def test_a_stated_number_that_does_not_fit_names_both_places(name, option, value, sentence):
    with pytest.raises(InputError, match=sentence.replace('+', r'\+')) as error:
        build(name, **{option: value})
    assert '\n' not in str(error.value)


def test_a_discriminator_of_two_scales_in_scales_takes_it_as_well():
    network = DISCRIMINATORS.build(dict(
        type='MultiScaleDiscriminator', in_channels=5,
        discriminator=dict(type='MultiScaleDiscriminator', discriminator=dict(
            type='PatchDiscriminator', channels=2, num_layers=2))))
    assert network(torch.zeros(1, 5, 32, 32))


def test_no_config_counts_twice():
    follows = ('in_channels', 'num_classes', 'num_attributes', 'latent_dim', 'feature_channels')
    for path in sorted(CONFIGS.rglob('*.py')):
        text = path.read_text()
        assert '_base_/datasets' in str(path) or 'in_channels' not in text, path
    for path in TOYWORLD.values():
        model = load_config(path).model
        said = [argument for argument in follows if stated(model.generator, argument)[1]]
        for name, network in model.items():
            if name != 'generator' and isinstance(network, dict):
                assert not set(said) & set(network), (path, name)

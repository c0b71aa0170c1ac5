"""What a generator cannot read ends in one sentence, and what its strides allow is read."""
import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES, GENERATORS

SPADE = dict(num_classes=2, channels=2, num_upsamplings=5, image_size=(32, 32), norm_hidden_channels=3)
SMALL = dict(channels=2, num_blocks=1)


def label(*shape):
    return torch.arange(torch.Size(shape).numel()).reshape(shape) // 7 % 2


def image(*shape):
    return torch.linspace(-1, 1, torch.Size(shape).numel()).reshape(shape)


def run(kind, arguments, inputs):
    return GENERATORS.build(dict(type=kind, **arguments))(**inputs)


SEAN_INPUTS = dict(label=label(1, 32, 32), exemplar_image=image(1, 3, 32, 32))
CCFPSE = dict(num_classes=2, channels=2, num_upsamplings=5, image_size=(32, 32), hidden_channels=3)


@pytest.mark.parametrize('kind, arguments, inputs, said', [
    # A norm whose statistics would be of one value.
    ('SPADEGenerator', SPADE, dict(label=label(1, 32, 32)), 'needs a batch of two'),
    ('SPADEGenerator', dict(SPADE, image_size=None, norm='instance'), dict(label=label(2, 32, 32)),
     "norm='instance' cannot normalise"),
    ('SEANGenerator', dict(SPADE, style_channels=3, norm='instance'), SEAN_INPUTS, 'cannot normalise'),
    ('SEANGenerator', dict(SPADE, style_channels=3), SEAN_INPUTS, 'needs a batch of two'),
    ('CCFPSEGenerator', CCFPSE, dict(label=label(1, 32, 32)), 'needs a batch of two'),
    ('CCFPSEGenerator', dict(CCFPSE, image_size=(64, 32), pyramid_norm='instance', num_upsamplings=6,
                             latent_dim=None), dict(label=label(2, 64, 32)), 'multiples of 64'),
    ('CCFPSEGenerator', dict(CCFPSE, pyramid_norm='instance'), dict(label=label(2, 32, 32)),
     'cannot normalise'),
    ('CoCosNetGenerator', dict(SPADE, image_size=(32, 64)), dict(source_image=image(2, 3, 32, 64),
                                                                 label=label(2, 32, 64)), 'from 64 on'),
    ('EncoderDecoderGenerator', dict(channels=2, num_downsamplings=3, norm='instance'),
     dict(source_image=image(2, 3, 8, 8)), 'cannot normalise'),
    ('StarGANv2Generator', dict(resolution=32, channels=2, style_channels=3),
     dict(source_image=image(2, 3, 2, 2), style=torch.ones(2, 3)), 'cannot normalise'),
    # A border that is reflected beyond the picture.
    ('Pix2pixHDGenerator', dict(SMALL, num_classes=2, num_downsamplings=2, kernel_size=5),
     dict(label=label(1, 16, 8)), 'at least 12'),
    ('MaskGANGenerator', dict(SMALL, num_classes=2, num_downsamplings=1),
     dict(label=label(1, 16, 16), exemplar_image=image(1, 3, 16, 16)), 'from 32 on'),
    ('MaskGANGenerator', dict(SMALL, num_classes=2, num_downsamplings=1),
     dict(label=label(1, 64, 64), exemplar_image=image(1, 3, 32, 32)), 'must have one size'),
    ('CorrespondenceNetwork', dict(num_classes=2, channels=2, norm_hidden_channels=3),
     dict(exemplar_image=image(1, 3, 32, 32), label=label(1, 16, 16), exemplar_label=label(1, 32, 32)),
     'exemplar_image must have the size of the layout'),
    # Ids, vectors and settings that there are not.
    ('SPADEGenerator', SPADE, dict(label=label(2, 32, 32).to(torch.uint8)), 'found torch.uint8'),
    ('SPADEGenerator', SPADE, dict(label=label(2, 32, 32).float()), 'found torch.float32'),
    ('LGGANGenerator', dict(SMALL, num_classes=2, source_channels=3, reads_label=False),
     dict(label=label(1, 8, 8).to(torch.uint8), source_image=image(1, 3, 8, 8)), 'found torch.uint8'),
    ('OASISGenerator', dict(SPADE, noise_channels=4), dict(label=label(2, 32, 32), latent=torch.ones(2, 3)),
     r'latent must be \(B, 4\)'),
    ('StarGANGenerator', dict(SMALL, num_domains=3),
     dict(source_image=image(1, 3, 8, 8), domain=torch.tensor([3])), 'found class id 3, expected 0 to 2'),
    ('ClassLatentGenerator', dict(num_classes=3, latent_dim=4, channels=2, image_size=(16, 16)),
     dict(latent=torch.ones(2, 4), domain=torch.tensor([0, 3])), 'domain: found class id 3'),
    ('ClassLatentGenerator', dict(num_classes=3, latent_dim=4, channels=2, image_size=(16, 16)),
     dict(latent=torch.ones(2, 5), domain=torch.tensor([0, 1])), r'latent must be \(B, 4\)'),
    ('DanceGANGenerator', dict(frames=6, samples=80, rate=1600, channels=4, width=8, piece_channels=2),
     dict(audio=torch.ones(2, 6, 80), noise=torch.ones(2, 6, 3)), r'\(2, 6, 10\) beside this audio'),
    ('PG2CoarseGenerator', dict(num_levels=0, image_size=(16, 8)), {}, 'num_levels must be at least 1'),
    ('PG2RefinementGenerator', dict(num_levels=0), {}, 'num_levels must be at least 1'),
    ('ResNetGenerator', dict(SMALL, padding_mode='mirror'), {}, "padding_mode: expected one of .*'mirror'"),
    ('LGGANGenerator', dict(SMALL, num_classes=0, source_channels=3), {}, 'each of the 0 classes'),
    ('LGGANGenerator', dict(SMALL, num_classes=2, global_generator=dict(channels=2)), {}, "the key 'type'"),
    ('XingGANGenerator', dict(SMALL, head=dict(kernel_size=3)), {}, "the key 'type'"),
    ('SPADEGenerator', dict(SPADE, upsampler=dict(scale=2)), {}, "the key 'type'"),
], ids=lambda value: value if isinstance(value, str) else '')
def test_one_sentence_says_what_cannot_be_read(kind, arguments, inputs, said):
    with pytest.raises(InputError, match=said):
        run(kind, arguments, inputs)


def test_an_unknown_domain_has_no_style():
    network = BACKBONES.build(dict(type='MappingNetwork', num_domains=2, latent_dim=3, style_channels=2,
                                   hidden_channels=4))
    with pytest.raises(InputError, match=r'domain: expected 0 to 1, found \[0, 2\]'):
        network(torch.ones(2, 3), torch.tensor([0, 2]))


def test_batch_norm_of_a_single_pixel_may_use_what_it_has_learnt():
    generator = GENERATORS.build(dict(type='SPADEGenerator', **SPADE)).eval()
    assert generator(label=label(1, 32, 32))['image'].shape == (1, 3, 32, 32)


def test_whole_numbers_may_stand_for_a_one_hot_map():
    generator = GENERATORS.build(dict(type='SPADEGenerator', **SPADE)).eval()
    classes = label(1, 32, 32)
    one_hot = F.one_hot(classes, 2).permute(0, 3, 1, 2)
    with torch.no_grad():
        by_classes, by_map = generator(label=classes)['image'], generator(label=one_hot)['image']
    torch.testing.assert_close(by_map, by_classes)


def test_the_narrowest_generator_of_seven_doublings_has_a_channel():
    generator = GENERATORS.build(dict(type='SPADEGenerator', num_classes=2, channels=1, num_upsamplings=7,
                                      image_size=(128, 256), norm_hidden_channels=1))
    assert generator(label=label(1, 8, 16))['image'].shape == (1, 3, 128, 256)

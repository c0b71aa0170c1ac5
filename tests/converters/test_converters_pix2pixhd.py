"""State dicts written down from the descriptions of the released networks."""
import pytest
import torch

from ggtoolbox.converters.conversion import convert
from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS


def draw(shapes):
    torch.manual_seed(0)
    return {name: torch.tensor(3) if name.endswith('tracked') else torch.randn(shape)
            for name, shape in shapes.items()}


def nvlabs(classes=5, channels=2, halvings=2, blocks=2, inner='.0', bias=False, batch=False):
    """NVlabs/SPADE: a norm lies inside its convolution's place."""
    def layer(place, shape, outputs):
        norm = {f'{place}.1.{leaf}': (outputs,) for leaf in ('weight', 'bias', 'running_mean', 'running_var')}
        return {f'{place}{inner}.weight': shape, **({f'{place}{inner}.bias': (outputs,)} if bias else {}),
                **({**norm, f'{place}.1.num_batches_tracked': ()} if batch else {})}

    shapes, width, index = layer('model.1', (channels, classes, 7, 7), channels), channels, 3
    for _ in range(halvings):
        shapes |= layer(f'model.{index}', (2 * width, width, 3, 3), 2 * width)
        width, index = 2 * width, index + 2
    for _ in range(blocks):
        for place in (1, 4):
            shapes |= layer(f'model.{index}.conv_block.{place}', (width, width, 3, 3), width)
        index += 1
    for _ in range(halvings):
        shapes |= layer(f'model.{index}', (width, width // 2, 3, 3), width // 2)
        width, index = width // 2, index + 2
    return {**shapes, f'model.{index + 1}.weight': (3, channels, 7, 7), f'model.{index + 1}.bias': (3,)}


def nvidia_part(network, place, shape, outputs, batch=False):
    norm = {f'{network}.{place + 1}.{leaf}': (outputs,)
            for leaf in ('weight', 'bias', 'running_mean', 'running_var')}
    return {f'{network}.{place}.weight': shape, f'{network}.{place}.bias': (outputs,),
            **(norm if batch else {})}


def nvidia(classes=5, channels=2, halvings=2, blocks=2, batch=False, head=True):
    """NVIDIA/pix2pixHD's GlobalGenerator: a norm follows in a place of its own."""
    shapes = nvidia_part('model', 1, (channels, classes, 7, 7), channels, batch)
    width, index = channels, 4
    for _ in range(halvings):
        shapes |= nvidia_part('model', index, (2 * width, width, 3, 3), 2 * width, batch)
        width, index = 2 * width, index + 3
    for _ in range(blocks):
        for place in (1, 5):
            shapes |= nvidia_part(f'model.{index}.conv_block', place, (width, width, 3, 3), width, batch)
        index += 1
    for _ in range(halvings):
        shapes |= nvidia_part('model', index, (width, width // 2, 3, 3), width // 2, batch)
        width, index = width // 2, index + 3
    return {**shapes, **(nvidia_part('model', index + 1, (3, channels, 7, 7), 3) if head else {})}


def nvidia_enhancer(enhancers=1, blocks=1, batch=False):
    """Its LocalEnhancer: the global generator without a head, and two halves for each enhancer."""
    width = 2 * 2 ** enhancers
    shapes = nvidia(channels=width, head=False, batch=batch)
    for number in range(1, enhancers + 1):
        front, back, width = f'model{number}_1', f'model{number}_2', width // 2
        shapes |= nvidia_part(front, 1, (width, 5, 7, 7), width, batch)
        shapes |= nvidia_part(front, 4, (2 * width, width, 3, 3), 2 * width, batch)
        for index in range(blocks):
            for place in (1, 5):
                shapes |= nvidia_part(f'{back}.{index}.conv_block', place, (2 * width, 2 * width, 3, 3),
                                      2 * width, batch)
        shapes |= nvidia_part(back, blocks, (2 * width, width, 3, 3), width, batch)
    return {**shapes, **nvidia_part(back, blocks + 4, (3, width, 7, 7), 3)}


LABEL = torch.arange(2 * 32 * 32).reshape(2, 32, 32) % 5


@pytest.mark.parametrize('shapes, expected', [
    (nvlabs(), dict(norm='instance', bias_before_norm=False)),
    (nvlabs(halvings=3, blocks=1, batch=True), dict(norm='batch', num_downsamplings=3, num_blocks=1)),
    (nvlabs(inner='', bias=True), dict(norm=None)),
    (nvidia(), dict(norm='instance', bias_before_norm=True, channels=2, num_classes=5)),
    (nvidia(blocks=3, batch=True), dict(norm='batch', bias_before_norm=True, num_blocks=3)),
    (nvidia_enhancer(), dict(type='LocalEnhancer', num_enhancers=1, num_blocks=1)),
    (nvidia_enhancer(enhancers=2, blocks=2, batch=True), dict(num_enhancers=2, num_blocks=2))],
    ids=['nvlabs', 'nvlabs batch', 'nvlabs no norm', 'nvidia', 'nvidia batch', 'enhancer', 'two enhancers'])
def test_a_generator_is_understood_and_filled_without_a_rest(shapes, expected):
    official = draw(shapes)
    conversion = convert('pix2pixhd', {f'module.{name}': value for name, value in official.items()})
    conversion.check('it')
    assert conversion.part == 'generator' and expected.items() <= conversion.network.items()
    assert len(set(conversion.names.values())) == len(conversion.names) == len(official)
    network = GENERATORS.build(conversion.network)
    network.load_state_dict(conversion.state, strict=False)
    assert torch.isfinite(network(LABEL)['image']).all()


def test_the_enhancers_parts_go_where_they_work():
    names = convert('pix2pixhd', draw(nvidia_enhancer(blocks=2))).names
    assert names['model.4.weight'] == 'global_generator.downs.0.0.weight'
    assert names['model.11.conv_block.5.weight'] == 'global_generator.blocks.1.second.0.weight'
    assert names['model.15.weight'] == 'global_generator.upsamplers.1.deconvolution.weight'
    assert names['model1_1.1.weight'] == 'enhancers.0.stem.0.weight'
    assert names['model1_1.4.bias'] == 'enhancers.0.downs.0.0.bias'
    assert names['model1_2.1.conv_block.1.weight'] == 'enhancers.0.blocks.1.first.0.weight'
    assert names['model1_2.2.weight'] == 'enhancers.0.upsamplers.0.deconvolution.weight'
    assert names['model1_2.6.bias'] == 'head.convolution.bias'


def test_ten_places_and_more_stay_in_order():
    names = convert('pix2pixhd', draw(nvlabs(halvings=4, blocks=9))).names
    assert names['model.11.conv_block.4.0.weight'] == 'blocks.0.second.0.weight'
    assert names['model.9.0.weight'] == 'downs.3.0.weight'
    assert names['model.26.0.weight'] == 'upsamplers.3.deconvolution.weight'
    assert names['model.29.bias'] == 'head.convolution.bias'


def test_what_is_no_generator_of_this_family_is_refused():
    with pytest.raises(InputError, match='expected one part of a released pix2pixhd model'):
        convert('pix2pixhd', draw({'fc.weight': (3, 3)}))
    official = draw(nvlabs())
    official['model.99.extra'] = torch.zeros(1)
    with pytest.raises(InputError, match="no place for 'model.99.extra'"):
        convert('pix2pixhd', official).check('it')

"""What PATN, XingGAN and BiGraphGAN have in common, and what each has for itself."""
import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import (
    BiGraphGANGenerator,
    PATNGenerator,
    PoseSelectionGenerator,
    XingGANGenerator,
)
from ggtoolbox.models.generators.bigraphgan import BipartiteGraphReasoning
from ggtoolbox.models.generators.xinggan import XingBlock
from ggtoolbox.models.layers.attention import CrossingAttention
from ggtoolbox.models.layers.two_stream import ConvolutionStack, PoseAttentionBlock

GENERATORS = (PATNGenerator, XingGANGenerator, BiGraphGANGenerator)


def small(cls, **changes):
    torch.manual_seed(0)
    arguments, inputs = cls.example()
    return cls(**{**arguments, **changes}).eval(), inputs


def count(module):
    return sum(p.numel() for p in module.parameters())


def open_gates(network):
    """Attention counts only once its scale has left 0."""
    for name, parameter in network.named_parameters():
        if name.endswith('gamma'):
            torch.nn.init.constant_(parameter, 0.7)
    return network


def plain_attention(query, key, value):
    weights = torch.einsum('bdhw,bdij->bhwij', query, key).flatten(3).softmax(-1)
    return torch.einsum('bhwj,bcj->bchw', weights, value.flatten(2))


@pytest.mark.parametrize('cls', GENERATORS)
@pytest.mark.parametrize('changed', ['source_image', 'source_guide', 'target_guide'])
def test_every_input_counts(cls, changed):
    network, inputs = small(cls)
    image = network(**inputs)['image']
    assert not torch.allclose(network(**{**inputs, changed: inputs[changed].roll(3, -1)})['image'], image)


@pytest.mark.parametrize('cls', GENERATORS)
@pytest.mark.parametrize('size', [(8, 8), (20, 12)])
def test_any_size_that_halves(cls, size):
    network, _ = small(cls)
    image, guide = torch.rand(1, 3, *size), torch.rand(1, 2, *size)
    assert network(image, guide, guide)['image'].shape == (1, 3, *size)


@pytest.mark.parametrize('cls', GENERATORS)
@pytest.mark.parametrize('norm', ['batch', 'instance', None])
@pytest.mark.parametrize('num_downsamplings', [1, 3])
def test_other_depths_and_norms(cls, norm, num_downsamplings):
    network, inputs = small(cls, norm=norm, num_downsamplings=num_downsamplings, channels=2)
    assert network(**inputs)['image'].shape == inputs['source_image'].shape


def test_bad_sizes_and_arguments_are_named():
    network, inputs = small(PATNGenerator)
    with pytest.raises(InputError, match=r'multiples of 4 .* found \(14, 24\)'):
        network(**{name: value[..., :14, :] for name, value in inputs.items()})
    with pytest.raises(InputError, match='source_guide must have 2 channels, found 3'):
        network(**{**inputs, 'source_guide': inputs['source_image']})
    with pytest.raises(InputError, match="decoded must be .* found 'image'"):
        small(PATNGenerator, decoded='image')
    with pytest.raises(InputError, match='num_blocks must be at least 1, found 2 and 0'):
        small(PATNGenerator, num_blocks=0)
    with pytest.raises(InputError, match="branches must be among SA, AS, found .*'AP'"):
        small(XingGANGenerator, branches=('AP',))


def test_a_stack_ends_without_a_norm_on_the_shape_code_and_bears_bias_as_released():
    batch, last = ConvolutionStack(4, 2, 'batch', 0.5), ConvolutionStack(4, 2, 'batch', 0.5, last_norm=False)
    assert batch.second[0].bias is None and last.second[0].bias is None
    assert isinstance(last.second[1], torch.nn.Identity)
    assert ConvolutionStack(4, 2, 'instance').second[0].bias is not None


def test_the_pose_attention_block_gates_the_update_and_puts_the_shape_first():
    torch.manual_seed(0)
    block = PoseAttentionBlock(4, 6).eval()
    appearance, shape = torch.randn(2, 4, 5, 3), torch.randn(2, 6, 5, 3)
    update, gate = block.appearance_stack(appearance), block.shape_stack(shape)
    code, joined = block(appearance, shape)
    torch.testing.assert_close(code, appearance + update / (1 + torch.exp(-gate)))
    torch.testing.assert_close(joined, torch.cat([gate, code], dim=1))


@pytest.mark.parametrize('shared', [True, False])
def test_the_xing_block_attends_crosswise_to_the_codes_as_they_were(shared):
    torch.manual_seed(0)
    block = open_gates(XingBlock(16, 16, shared_attention=shared).eval())
    a, s = torch.randn(2, 16, 4, 3), torch.randn(2, 16, 4, 3)
    f, g = block.appearance_stack(a), block.shape_stack(s)
    sa, as_ = (block.attention['both' if shared else name] for name in ('SA', 'AS'))
    new_f = f + 0.7 * plain_attention(sa.query(f), sa.key(g), sa.value(f))
    new_g = g + 0.7 * plain_attention(as_.query(g), as_.key(f), as_.value(g))
    appearance, shape = block(a, s)
    torch.testing.assert_close(appearance, new_f)
    torch.testing.assert_close(shape, torch.cat([new_f, new_g], dim=1))


def test_a_missing_branch_leaves_its_code_to_the_stack():
    torch.manual_seed(0)
    codes = torch.randn(2, 16, 4, 3), torch.randn(2, 16, 4, 3)
    only_sa, only_as = (open_gates(XingBlock(16, 16, branches=(name,)).eval()) for name in ('SA', 'AS'))
    appearance, shape = only_sa(*codes)
    torch.testing.assert_close(shape, only_sa.shape_stack(codes[1]))
    assert not torch.allclose(appearance, only_sa.appearance_stack(codes[0]))
    appearance, shape = only_as(*codes)
    torch.testing.assert_close(appearance, only_as.appearance_stack(codes[0]))
    assert shape.shape[1] == 32 and not torch.allclose(shape[:, 16:], only_as.shape_stack(codes[1]))


def test_the_papers_attention_has_a_set_for_each_branch_as_wide_as_the_codes():
    paper, released = small(XingGANGenerator, shared_attention=False, attention_reduction=1)[0], small(
        XingGANGenerator)[0]
    code = 16
    full = 3 * (code * code + code) + 1
    narrow = code * code + code + 2 * (code * 2 + 2) + 1
    assert count(paper) - count(released) == 2 * (2 * full - narrow)
    assert count(CrossingAttention(code, 8)) == narrow


def test_residual_blocks_in_place_of_xing_blocks():
    network, inputs = small(XingGANGenerator, branches=())
    assert sum(isinstance(m, CrossingAttention) for m in network.modules()) == 0
    code = torch.randn(1, 16, 4, 6)
    expected = code + network.blocks[0].shape_block.second(
        torch.relu(network.blocks[0].shape_block.first(code)))
    torch.testing.assert_close(network.blocks[0](code, code)[1], expected)
    assert network(**inputs)['image'].shape == inputs['source_image'].shape


def plain_reasoning(module, source, target, graph):
    """Equations 4.9 to 4.11 position by position, in the released reading."""
    batch, half, height, width = source.shape
    nodes = module.to_nodes(target).flatten(2)
    states = module.to_states(source).flatten(2)
    crossed = torch.zeros(batch, states.shape[1], nodes.shape[1])
    for place in range(height * width):
        crossed += states[:, :, place, None] * nodes[:, None, :, place]
    mixed = torch.einsum('mn,bsn->bsm', graph.nodes.weight[..., 0], crossed) + graph.nodes.bias
    mixed = torch.einsum('ts,bsn->btn', graph.states.weight[..., 0], torch.relu(crossed + mixed))
    back = torch.einsum('bsn,bnp->bsp', mixed, nodes).unflatten(2, (height, width))
    return source + module.norm(module.extend(back))


@pytest.mark.parametrize('shared', [False, True])
def test_graph_reasoning_crosses_the_halves(shared):
    torch.manual_seed(0)
    module = BipartiteGraphReasoning(8, shared_graph=shared).eval()
    x = torch.randn(2, 8, 3, 4)
    source, target = x.chunk(2, dim=1)
    names = ('both', 'both') if shared else ('B2A', 'A2B')
    expected = torch.cat([plain_reasoning(module, source, target, module.graphs[names[0]]),
                          plain_reasoning(module, target, source, module.graphs[names[1]])], dim=1)
    torch.testing.assert_close(module(x), expected)
    assert len(module.graphs) == (1 if shared else 2)


@pytest.mark.parametrize('direction, kept', [('B2A', 1), ('A2B', 0)])
def test_one_direction_leaves_the_other_half(direction, kept):
    module, x = BipartiteGraphReasoning(8, directions=(direction,)).eval(), torch.randn(1, 8, 3, 4)
    out = module(x)
    assert torch.equal(out.chunk(2, 1)[kept], x.chunk(2, 1)[kept])
    assert not torch.allclose(out.chunk(2, 1)[1 - kept], x.chunk(2, 1)[1 - kept])


def test_an_impossible_graph_is_named():
    for channels, directions in ((7, ('B2A',)), (8, ('C2A',)), (8, ())):
        with pytest.raises(InputError, match=f'found {channels} and'):
            BipartiteGraphReasoning(channels, directions=directions)


def test_without_reasoning_bigraphgan_is_patn():
    rgb = dict(type='RGBHead')
    network, inputs = small(BiGraphGANGenerator, directions=None, head=rgb)
    plain = small(PATNGenerator, head=rgb)[0]
    plain.load_state_dict(network.state_dict())
    assert torch.equal(plain(**inputs)['image'], network(**inputs)['image'])


def test_decoders_exist_for_the_streams_that_a_head_lists():
    for head, streams in (('RGBHead', set()), ('AttentionImageFusion', {'attention_features'}),
                          ('CoAttentionFusion', {'shape_features', 'joint_features'})):
        network = small(PATNGenerator, head=dict(type=head))[0]
        assert set(network.decoders) == {'features'} | streams


def test_attention_features_are_decoded_linearly():
    network, _ = small(BiGraphGANGenerator)
    decoder = network.decoders['attention_features']
    for convolution in decoder.modules():
        if isinstance(convolution, torch.nn.ConvTranspose2d):
            assert convolution.bias is None
    code = torch.randn(1, 16, 4, 6)
    torch.testing.assert_close(decoder(-2 * code, None), -2 * decoder(code, None))


@pytest.mark.parametrize('decoded, width', [('appearance', 4), ('shape', 4), ('joint', 8)])
def test_the_decoded_code_is_what_is_asked_for(decoded, width):
    network, inputs = small(XingGANGenerator, decoded=decoded, head=dict(type='RGBHead'))
    outputs = network(**inputs)
    assert outputs['features'].shape[1] == network.feature_channels == width
    seen = {}
    network.decoders['features'].register_forward_hook(lambda _m, given, _o: seen.update(code=given[0]))
    network.blocks[-1].register_forward_hook(lambda _m, _given, out: seen.update(codes=out))
    network(**inputs)
    codes = dict(zip(('appearance', 'shape'), seen['codes'])) | dict(joint=torch.cat(seen['codes'], dim=1))
    torch.testing.assert_close(seen['code'], codes[decoded])


def test_the_selection_stage_reads_all_there_is():
    network, inputs = small(PoseSelectionGenerator)
    seen = {}
    network.head.register_forward_hook(lambda _m, given, _o: seen.update(read=given[0]))
    outputs = network(**inputs)
    first = network.first_stage(**inputs)
    everything = torch.cat([*inputs.values(), first['image'], first['features']], dim=1)
    torch.testing.assert_close(seen['read'], everything)
    torch.testing.assert_close(outputs['coarse_image'], first['image'])
    assert outputs['uncertainty'].shape[1] == 1
    with pytest.raises(InputError, match='must be a generator of two streams, found UNetGenerator'):
        PoseSelectionGenerator(guide_channels=2, first_stage=dict(type='UNetGenerator', channels=2))


def test_the_selection_stage_has_the_released_parameters():
    with torch.device('meta'):
        network = PoseSelectionGenerator()
    assert count(network.head) == 434_333 and count(network.first_stage) == 41_365_763

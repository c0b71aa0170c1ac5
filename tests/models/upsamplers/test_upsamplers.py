import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.initialisation import initialise
from ggtoolbox.ops.sau import sau_reference
from ggtoolbox.registry import UPSAMPLERS

NAMES = ('NearestUpsampler', 'BilinearUpsampler', 'BicubicUpsampler', 'DeconvolutionUpsampler',
         'PixelShuffleUpsampler', 'SpatialAttentionUpsampler', 'InvolutionUpsampler', 'SAU', 'CARAFE')
WIDTHS = (1024, 512, 256, 128)  # of the Cityscapes generator, one shared module each
PLACES = (1024, 1024) + WIDTHS  # where it doubles
CITYSCAPES = 93_048_003  # its parameters without upsamplers


def build(name, *args, **options):
    torch.manual_seed(0)
    return UPSAMPLERS.get(name)(*args, **options)


def count(name, widths, **options):
    return sum(p.numel() for width in widths for p in build(name, width, **options).parameters())


def test_the_names_of_table_12_are_registered():
    assert set(NAMES) <= set(UPSAMPLERS.known())


@pytest.mark.parametrize('scale', [1, 2, 3, 4])
@pytest.mark.parametrize('out_channels', [None, 12])
@pytest.mark.parametrize('name', NAMES)
def test_contract(name, out_channels, scale):
    upsampler = build(name, 16, out_channels, scale)
    x = torch.randn(2, 16, 5, 3, requires_grad=True)
    y = upsampler(x, guide=torch.zeros(2, 4, 40, 24))
    assert y.shape == (2, out_channels or 16, 5 * scale, 3 * scale)
    y.square().mean().backward()
    assert x.grad.isfinite().all() and x.grad.any()
    for parameter_name, parameter in upsampler.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), parameter_name


@pytest.mark.parametrize('name', NAMES)
def test_bfloat16_under_autocast(name):
    upsampler = build(name, 16, 8)
    with torch.autocast('cpu', torch.bfloat16):
        y = upsampler(torch.randn(2, 16, 4, 4))
    y.float().sum().backward()
    assert y.isfinite().all() and all(p.grad.isfinite().all() for p in upsampler.parameters())


@pytest.mark.parametrize('name', NAMES)
def test_exports_without_custom_operators(name):
    upsampler = build(name, 8, 4).eval()
    x = torch.randn(2, 8, 5, 6)
    program = torch.export.export(upsampler, (x,))
    assert all('ggtoolbox' not in str(node.target) for node in program.graph.nodes)
    assert torch.allclose(program.module()(x), upsampler(x), atol=1e-5)


@pytest.mark.parametrize('name', NAMES)
def test_compiles_into_one_graph(name):
    torch.compiler.reset()  # all share one forward, which may be compiled eight times
    upsampler = build(name, 8)
    x = torch.randn(2, 8, 5, 6)
    compiled = torch.compile(upsampler, fullgraph=True, backend='aot_eager')
    assert torch.allclose(compiled(x), upsampler(x), atol=1e-5)


@pytest.mark.parametrize('scale', [0, -1, 1.5])
def test_scale_must_be_a_whole_number(scale):
    with pytest.raises(InputError, match=f'NearestUpsampler: scale .* found {scale}'):
        build('NearestUpsampler', 4, scale=scale)


@pytest.mark.parametrize('name, added, printed', [
    ('NearestUpsampler', 0, '93.0'), ('BilinearUpsampler', 0, '93.0'), ('BicubicUpsampler', 0, '93.0'),
    ('DeconvolutionUpsampler', 5_572_480, '98.6'), ('PixelShuffleUpsampler', 50_142_720, '143.2'),
    ('InvolutionUpsampler', 93_356, '93.1'), ('SAU', 353_936, '93.4'), ('CARAFE', 353_936, '93.4')])
def test_parameters_of_table_12(name, added, printed):
    assert count(name, WIDTHS) == added
    assert f'{(CITYSCAPES + added) / 1e6:.1f}' == printed


def test_parameters_of_spatial_attention_fit_unshared_modules():
    assert count('SpatialAttentionUpsampler', PLACES) == 4_367_206
    assert f'{(CITYSCAPES + 4_367_206) / 1e6:.1f}' == '97.4'


def test_what_the_counts_rule_out():
    def total(name, widths=WIDTHS, **options):
        return f'{(CITYSCAPES + count(name, widths, **options)) / 1e6:.1f}'
    assert total('SAU', kernel_conv=1) == '93.2' and total('SAU', kernel_conv=5) == '93.8'
    assert total('SAU', PLACES) == '93.6'
    assert count('SAU', WIDTHS, norm='batch') == 354_592
    assert total('InvolutionUpsampler', reduction=4) == '93.4'
    assert total('SpatialAttentionUpsampler') == '94.8'


def test_nearest_repeats_pixels():
    x = torch.randn(1, 2, 3, 4)
    expected = x.repeat_interleave(3, 2).repeat_interleave(3, 3)
    assert torch.equal(build('NearestUpsampler', 2, scale=3)(x), expected)


def linear_kernel(distance):
    return max(0.0, 1 - distance)


def cubic_kernel(distance, a=-0.75):
    if distance <= 1:
        return (a + 2) * distance ** 3 - (a + 3) * distance ** 2 + 1
    return a * (distance ** 3 - 5 * distance ** 2 + 8 * distance - 4) if distance < 2 else 0.0


@pytest.mark.parametrize('name, kernel', [('BilinearUpsampler', linear_kernel),
                                          ('BicubicUpsampler', cubic_kernel)])
def test_interpolation_spreads_a_line_by_its_kernel(name, kernel):
    x = torch.zeros(1, 1, 8, 8)
    x[..., 4] = 1
    expected = torch.tensor([kernel(abs((column + 0.5) / 2 - 0.5 - 4)) for column in range(16)])
    assert torch.allclose(build(name, 1)(x)[0, 0, 7], expected, atol=1e-6)


@pytest.mark.parametrize('scale, kernel_size', [(2, 2), (2, 3), (2, 4), (2, 5), (3, 4), (4, 6)])
def test_deconvolution_has_the_exact_size_for_any_kernel(scale, kernel_size):
    upsampler = build('DeconvolutionUpsampler', 3, 2, scale, kernel_size=kernel_size)
    assert upsampler(torch.zeros(1, 3, 5, 7)).shape == (1, 2, 5 * scale, 7 * scale)


def test_deconvolution_refuses_a_kernel_with_gaps():
    with pytest.raises(InputError, match='kernel_size must be at least scale=4, found 3'):
        build('DeconvolutionUpsampler', 3, scale=4, kernel_size=3)


def test_spatial_attention_is_danets_formula():
    upsampler = build('SpatialAttentionUpsampler', 16)
    attention = upsampler.attention
    assert attention.gamma.item() == 0
    x = torch.randn(2, 16, 3, 5)
    assert torch.equal(upsampler(x), F.interpolate(x, scale_factor=2))
    with torch.no_grad():
        attention.gamma.fill_(0.7)
    query, key, value = (layer(x).flatten(2) for layer in (attention.query, attention.key, attention.value))
    weights = (query.transpose(1, 2) @ key).softmax(-1)
    expected = x + 0.7 * (value @ weights.transpose(1, 2)).unflatten(2, (3, 5))
    assert torch.allclose(upsampler(x)[:, :, ::2, ::2], expected, atol=1e-5)


@pytest.mark.parametrize('groups', [1, 4])
def test_involution_is_its_formula(groups):
    upsampler = build('InvolutionUpsampler', 16, kernel_size=3, groups=groups, reduction=4).eval()
    x = torch.randn(2, 16, 5, 4)
    kernel = upsampler.kernel(x).reshape(2, groups, 1, 9, 5, 4)
    blocks = F.unfold(x, 3, padding=1).reshape(2, groups, 16 // groups, 9, 5, 4)
    expected = F.interpolate((kernel * blocks).sum(3).reshape(2, 16, 5, 4), scale_factor=2)
    assert torch.allclose(upsampler(x), expected, atol=1e-5)


@pytest.mark.parametrize('window', ['source', 'expanded'])
def test_sau_is_the_steps_of_section_3_2(window):
    upsampler = build('SAU', 6, window=window, groups=2, norm='batch', activation='relu').eval()
    x = torch.randn(2, 6, 4, 5)
    logits = upsampler.generate(F.relu(upsampler.compress[:2](x)))
    assert logits.shape == (2, 2 * 5 * 5 * 2 * 2, 4, 5)
    expected = sau_reference(x, logits, 5, 2, window, groups=2)
    assert torch.allclose(upsampler(x), expected, atol=1e-5)


def test_sau_names_a_wrong_activation():
    with pytest.raises(InputError, match="activation must be 'relu' or None, found 'gelu'"):
        build('SAU', 4, activation='gelu')


def test_carafe_loads_and_computes_mmcvs_state():
    channels, k, groups, scale = 8, 5, 2, 2
    torch.manual_seed(0)
    state = {'channel_compressor.weight': torch.randn(64, channels, 1, 1),
             'channel_compressor.bias': torch.randn(64),
             'content_encoder.weight': torch.randn(groups * k * k * scale * scale, 64, 3, 3) / 10,
             'content_encoder.bias': torch.randn(groups * k * k * scale * scale)}
    upsampler = build('CARAFE', channels, up_group=groups)
    upsampler.load_state_dict(state, strict=True)
    x = torch.randn(1, channels, 3, 4)
    # CARAFEPack.forward of mmcv, its kernel written out
    mask = F.conv2d(x, state['channel_compressor.weight'], state['channel_compressor.bias'])
    mask = F.conv2d(mask, state['content_encoder.weight'], state['content_encoder.bias'], padding=1)
    mask = F.pixel_shuffle(mask, scale).view(1, groups, k * k, 6, 8).softmax(2).view(1, -1, 6, 8)
    padded = F.pad(x, (2, 2, 2, 2))
    expected = torch.zeros(1, channels, 6, 8)
    for channel in range(channels):
        group = channel // (channels // groups)
        for row in range(6):
            for column in range(8):
                window = padded[0, channel, row // 2:row // 2 + k, column // 2:column // 2 + k]
                weights = mask[0, group * k * k:(group + 1) * k * k, row, column]
                expected[0, channel, row, column] = (window.flatten() * weights).sum()
    assert torch.allclose(upsampler(x), expected, atol=1e-4)


def test_carafe_starts_as_mmcvs():
    upsampler = build('CARAFE', 256)
    assert upsampler.content_encoder.weight.std().item() == pytest.approx(0.001, rel=0.05)
    limit = (6 / (256 + 64)) ** 0.5
    assert 0.95 * limit < upsampler.channel_compressor.weight.abs().max() <= limit
    assert not upsampler.channel_compressor.bias.any() and not upsampler.content_encoder.bias.any()


@pytest.mark.parametrize(('kind', 'compressor', 'encoder'), [
    ('SAU', 'compress.0', 'generate.0'), ('CARAFE', 'channel_compressor', 'content_encoder')])
def test_kernel_generators_keep_their_own_initial_weights(kind, compressor, encoder):
    torch.manual_seed(0)
    upsampler = UPSAMPLERS.build(dict(type=kind, in_channels=32))
    network = initialise(torch.nn.Sequential(torch.nn.Conv2d(3, 32, 3), upsampler))
    assert network[0].weight.std() < 0.01  # GauGAN's gain of 0.02
    assert upsampler.get_submodule(encoder).weight.std().item() == pytest.approx(1e-3, rel=0.05)
    bound = (6 / (32 + 64)) ** 0.5
    assert upsampler.get_submodule(compressor).weight.abs().max().item() == pytest.approx(bound, rel=0.05)

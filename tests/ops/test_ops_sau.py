"""The fast forms of semantic-aware upsampling against the formula, and the formula against its equation."""
import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.ops import sau_pytorch
from ggtoolbox.ops.sau import sau_reference, semantic_aware_upsample
from ggtoolbox.ops.sau_operator import sau_operator

FORMS = ('pytorch', 'shift')
#        batch, channels, height, width, kernel, scale, window, groups, normalise
CASES = [(2, 6, 5, 7, 5, 2, 'source', 1, True),
         (2, 6, 5, 7, 5, 2, 'expanded', 1, True),
         (1, 6, 4, 3, 3, 3, 'source', 2, True),
         (1, 8, 6, 5, 5, 4, 'expanded', 4, True),
         (1, 4, 1, 1, 7, 2, 'expanded', 1, True),
         (1, 4, 9, 2, 7, 1, 'source', 2, False),
         (2, 4, 3, 3, 3, 2, 'expanded', 1, False),
         (3, 5, 4, 4, 1, 2, 'source', 5, False)]


def make(case, dtype=torch.float64):
    batch, channels, height, width, k, s, window, groups, normalise = case
    torch.manual_seed(0)
    x = torch.randn(batch, channels, height, width, dtype=dtype, requires_grad=True)
    logits = torch.randn(batch, groups * k * k * s * s, height, width, dtype=dtype, requires_grad=True)
    return x, logits, dict(kernel_size=k, scale=s, window=window, groups=groups, normalise=normalise)


def run(function, x, logits, **options):
    """Output and both gradients, for one fixed gradient of the output."""
    y = function(x, logits, **options)
    torch.manual_seed(1)
    grad = torch.randn(y.shape, dtype=torch.float64).to(y.dtype)
    return y, *torch.autograd.grad(y, (x, logits), grad)


def relative_error(found, expected):
    found, expected = found.detach().double(), expected.detach().double()
    return float((found - expected).abs().max() / expected.abs().max())


@pytest.mark.parametrize('window', ['source', 'expanded'])
def test_the_reference_is_equation_1(window):
    x, logits, options = make((1, 2, 3, 4, 5, 2, window, 1, True))
    k, s, r = 5, 2, 2
    height, width = 3, 4
    found = sau_reference(x, logits, **options)
    for row in range(height * s):
        for column in range(width * s):
            subpixel = (row % s) * s + column % s
            kernel = logits[0, subpixel::s * s, row // s, column // s].softmax(0).reshape(k, k)
            expected = torch.zeros(2, dtype=torch.float64)
            for m in range(-r, r + 1):
                for n in range(-r, r + 1):
                    if window == 'source':
                        i, j = row // s + m, column // s + n
                    else:
                        i, j = (row + m) // s, (column + n) // s
                    if 0 <= i < height and 0 <= j < width:
                        expected = expected + kernel[m + r, n + r] * x[0, :, i, j]
            assert torch.allclose(found[0, :, row, column], expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize('form', FORMS)
@pytest.mark.parametrize('dtype, tolerance', [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize('case', CASES, ids=str)
def test_fast_forms_equal_the_reference(case, dtype, tolerance, form):
    x, logits, options = make(case, dtype)
    expected = run(sau_reference, x, logits, **options)
    found = run(semantic_aware_upsample, x, logits, **options, implementation=form)
    for e, f in zip(expected, found):
        assert f.dtype == dtype and f.shape == e.shape
        assert relative_error(f, e) <= tolerance


def test_several_chunks_equal_one(monkeypatch):
    x, logits, options = make((2, 6, 7, 5, 5, 2, 'source', 2, True))
    expected = run(semantic_aware_upsample, x, logits, **options)
    row_bytes = (5 + 4) * 4 * 3 * 4
    monkeypatch.setitem(sau_pytorch.CHUNK_BYTES, 'cpu', 3 * row_bytes)
    for e, f in zip(expected, run(semantic_aware_upsample, x, logits, **options)):
        assert relative_error(f, e) <= 1e-14


@pytest.mark.parametrize('window', ['source', 'expanded'])
def test_gradcheck(window):
    x, logits, options = make((1, 2, 3, 2, 3, 2, window, 2, True))
    assert torch.autograd.gradcheck(lambda a, b: semantic_aware_upsample(a, b, **options), (x, logits))


@pytest.mark.parametrize('wanted', [0, 1])
def test_one_gradient_alone(wanted):
    x, logits, options = make(CASES[0])
    expected = run(sau_reference, x, logits, **options)[1 + wanted]
    inputs = [x.detach(), logits.detach()]
    inputs[wanted].requires_grad_()
    y = semantic_aware_upsample(*inputs, **options)
    torch.manual_seed(1)
    y.backward(torch.randn(y.shape, dtype=torch.float64))
    assert relative_error(inputs[wanted].grad, expected) <= 1e-12
    assert inputs[1 - wanted].grad is None


def test_only_the_inputs_are_kept_for_backward():
    x, logits, options = make(CASES[0])
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        y = semantic_aware_upsample(x, logits, **options)
    assert {t.data_ptr() for t in kept} == {x.data_ptr(), logits.data_ptr()}
    assert y.requires_grad


@pytest.mark.parametrize('form', FORMS)
def test_any_memory_layout(form):
    x, logits, options = make((2, 6, 5, 7, 5, 2, 'source', 2, True))
    expected = run(sau_reference, x, logits, **options)
    strided = torch.randn(2, 6, 10, 7, dtype=torch.float64)[:, :, ::2]
    strided.copy_(x.detach())
    for layout in (lambda t: t.contiguous(memory_format=torch.channels_last), lambda t: strided):
        a = layout(x.detach()).requires_grad_()
        b = logits.detach().contiguous(memory_format=torch.channels_last).requires_grad_()
        for e, f in zip(expected, run(semantic_aware_upsample, a, b, **options, implementation=form)):
            assert relative_error(f, e) <= 1e-12


def test_channels_last_stays():
    x, logits, options = make(CASES[0])
    y = semantic_aware_upsample(x.contiguous(memory_format=torch.channels_last), logits, **options)
    assert y.is_contiguous(memory_format=torch.channels_last)
    assert semantic_aware_upsample(x, logits, **options).is_contiguous()


@pytest.mark.parametrize('form', FORMS)
@pytest.mark.parametrize('dtype, tolerance', [(torch.bfloat16, 2 ** -8), (torch.float16, 2 ** -11)])
def test_half_precision_rounds_only_the_results(dtype, tolerance, form):
    x, logits, options = make((1, 64, 6, 7, 5, 2, 'source', 1, True), dtype)
    expected = run(sau_reference, x.detach().double().requires_grad_(),
                   logits.detach().double().requires_grad_(), **options)
    found = run(semantic_aware_upsample, x, logits, **options, implementation=form)
    # the gradient of y is rounded to the type as well
    for e, f, factor in zip(expected, found, (1, 2, 2)):
        assert f.dtype == dtype and relative_error(f, e) <= factor * tolerance


@pytest.mark.parametrize('form', FORMS)
def test_autocast_and_mixed_types(form):
    x, logits, options = make(CASES[0], torch.float32)
    logits = logits.detach().bfloat16().requires_grad_()
    expected = run(sau_reference, x, logits.float(), **options)[0]
    with torch.autocast('cpu', torch.bfloat16):
        y, grad_x, grad_logits = run(semantic_aware_upsample, x, logits, **options, implementation=form)
    assert (y.dtype, grad_x.dtype, grad_logits.dtype) == (torch.float32, torch.float32, torch.bfloat16)
    assert relative_error(y, expected) <= 1e-6


def test_registered_operator_is_well_formed():
    x, logits, options = make((1, 4, 3, 2, 3, 2, 'expanded', 2, True), torch.float32)
    torch.library.opcheck(sau_operator, (x, logits, *options.values(), 'pytorch'))


def test_compiles_into_one_graph():
    x, logits, options = make(CASES[1], torch.float32)
    compiled = torch.compile(lambda a, b: semantic_aware_upsample(a, b, **options).relu(),
                             fullgraph=True, backend='aot_eager')
    expected = run(lambda a, b: semantic_aware_upsample(a, b, **options).relu(), x, logits)
    for e, f in zip(expected, run(compiled, x, logits)):
        assert relative_error(f, e) <= 1e-6


class Net(torch.nn.Module):
    def __init__(self, window):
        super().__init__()
        self.window = window

    def forward(self, x, logits):
        return semantic_aware_upsample(x, logits, window=self.window)


@pytest.mark.parametrize('window', ['source', 'expanded'])
def test_exports_without_a_custom_operator_for_any_size(window):
    net = Net(window)
    dims = {0: torch.export.Dim('batch', min=1, max=8), 2: torch.export.Dim('height', min=2, max=64),
            3: torch.export.Dim('width', min=2, max=64)}
    program = torch.export.export(net, (torch.randn(2, 3, 5, 6), torch.randn(2, 100, 5, 6)),
                                  dynamic_shapes=(dims, dims))
    assert all('ggtoolbox' not in str(node.target) for node in program.graph.nodes)
    x, logits = torch.randn(1, 3, 7, 4), torch.randn(1, 100, 7, 4)
    assert relative_error(program.module()(x, logits), net(x, logits)) <= 1e-6


def test_expanded_window_is_a_small_source_window_with_summed_weights():
    x, logits, _ = make((1, 3, 4, 5, 5, 2, 'expanded', 1, True))
    weights = logits.unflatten(1, (25, 4)).softmax(1).reshape(1, 5, 5, 2, 2, 4, 5)
    rows = {0: [(0, 1), (2, 3), (4,)], 1: [(0,), (1, 2), (3, 4)]}  # 2 + 2 + 1 and 1 + 2 + 2
    summed = torch.zeros(1, 3, 3, 2, 2, 4, 5, dtype=torch.float64)
    for p in (0, 1):
        for q in (0, 1):
            for a, from_rows in enumerate(rows[p]):
                for b, from_columns in enumerate(rows[q]):
                    for i in from_rows:
                        for j in from_columns:
                            summed[:, a, b, p, q] += weights[:, i, j, p, q].detach()
    expected = semantic_aware_upsample(x, summed.flatten(1, 4), kernel_size=3, normalise=False)
    found = semantic_aware_upsample(x, logits, window='expanded')
    assert relative_error(found, expected) <= 1e-14


def test_all_weight_on_the_centre_is_nearest():
    x = torch.randn(1, 3, 4, 5, dtype=torch.float64)
    logits = torch.full((1, 25, 4, 4, 5), -1e4, dtype=torch.float64)
    logits[:, 12] = 0
    expected = torch.nn.functional.interpolate(x, scale_factor=2)
    assert torch.equal(semantic_aware_upsample(x, logits.flatten(1, 2)), expected)


@pytest.mark.parametrize('window, second', [('source', 9 / 25), ('expanded', 16 / 25)])
def test_outside_is_zero_and_not_renormalised(window, second):
    y = semantic_aware_upsample(torch.ones(1, 1, 8, 8), torch.zeros(1, 100, 8, 8), window=window)
    assert y[0, 0, 0, 0].item() == pytest.approx(9 / 25)
    assert y[0, 0, 1, 1].item() == pytest.approx(second)
    assert y[0, 0, 8, 8].item() == pytest.approx(1)


def test_empty_batch():
    assert semantic_aware_upsample(torch.randn(0, 4, 3, 3), torch.randn(0, 100, 3, 3)).shape == (0, 4, 6, 6)


@pytest.mark.parametrize('change, message', [
    (dict(window='target'), 'window'), (dict(kernel_size=4), 'odd'), (dict(scale=0), 'scale'),
    (dict(scale=3), 'logits must be'), (dict(groups=3), 'multiple of groups=3'),
    (dict(implementation='cuda'), 'implementation'), (dict(implementation='triton'), 'triton')])
def test_errors_name_what_does_not_fit(change, message):
    x, logits, options = make(CASES[0])
    with pytest.raises(InputError, match=message):
        semantic_aware_upsample(x.detach()[:, :4], logits, **(options | change))

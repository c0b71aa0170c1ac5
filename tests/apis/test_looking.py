"""What lies behind a pixel."""
import numpy as np
import pytest
import torch
from inferencers import ROOT, STREET, scene
from PIL import Image

from ggtoolbox.apis import look_inside
from ggtoolbox.errors import InputError
from ggtoolbox.models.upsamplers.carafe import CARAFE
from ggtoolbox.models.upsamplers.sau import SAU

GROUND = 'lggan/lggan_cross_view_toyworld-64'


def inside(inferencer, pixel, **options):
    return look_inside(inferencer, dict(label=scene(inferencer)['label']), pixel, **options)


def test_maps_have_their_values_at_the_pixel(build_inferencer):
    found = inside(build_inferencer('lggan/lggan_toyworld-64'), (40, 12))
    local, overall = found.values['weight_map']
    assert local == found.result['weight_map'][0, 40, 12] and local + overall == pytest.approx(1, abs=1e-5)
    image = local * found.values['local_image'] + overall * found.values['global_image']
    assert np.abs((image + 1) * 127.5 - found.result['image'][40, 12]).max() < 1
    assert found.kernels == []


def test_kernels_of_every_stage_cover_the_pixel(build_inferencer):
    found = inside(build_inferencer(STREET), (63, 0))
    assert [kernel.size for kernel in found.kernels] == [(2 ** i, 2 ** i) for i in range(1, 6)]
    for kernel in found.kernels:
        assert kernel.weights.shape == (1, 5, 5) and kernel.weights.sum() == pytest.approx(1, abs=1e-5)
        assert kernel.centre == (kernel.size[0] - 1, 0)
        middle, lost = kernel.footprint(), kernel.weights[0, :2].sum()
        assert middle.shape == kernel.size and middle[kernel.centre] == kernel.weights[0, 2, 2]
        assert lost > 0 and middle.sum() < 1 - lost / 2  # the window hangs over the border


@pytest.mark.parametrize('kind', [SAU, CARAFE])
@pytest.mark.parametrize('groups', [1, 2])
def test_kernels_are_those_of_the_sum(kind, groups):
    name = dict(groups=groups) if kind is SAU else dict(up_group=groups)
    upsampler, x = kind(4, scale=2, **name), torch.randn(2, 4, 5, 6)
    kernels = upsampler.kernels(x)
    assert kernels.shape == (2, groups, 5, 5, 10, 12)
    windows = torch.nn.functional.unfold(x, 5, padding=2).unflatten(1, (groups, -1, 5, 5))
    windows = windows.unflatten(-1, (5, 6)).repeat_interleave(2, -2).repeat_interleave(2, -1)
    expected = (windows * kernels[:, :, None]).sum((3, 4)).flatten(1, 2)
    torch.testing.assert_close(upsampler(x), expected)


def test_the_example_of_the_documentation_runs(build_inferencer, tmp_path, monkeypatch, capsys):
    code = (ROOT / 'docs/inference.md').read_text().rsplit('```python\n', 1)[1].split('```')[0]
    monkeypatch.chdir(tmp_path)
    given = scene(build_inferencer(GROUND))
    for name, field in (('map', 'label'), ('above', 'source_image')):
        Image.fromarray(given[field]).save(f'{name}.png')
    for shown, name in (('lggan_plus_cross_view_toyworld-128', GROUND), ('gaugan_sau_toyworld-64', STREET)):
        assert f"Inferencer('{shown}')" in code
        code = code.replace(f"Inferencer('{shown}')", f"build('{name}')")
    exec(code, dict(build=build_inferencer))
    assert capsys.readouterr().out.count('\n') == 6


def test_what_cannot_be_looked_into_is_one_sentence(build_inferencer):
    inferencer = build_inferencer()
    with pytest.raises(InputError, match=r'pixel must lie in the picture of 64 x 64, found \(64, 0\)'):
        inside(inferencer, (64, 0))
    with pytest.raises(InputError, match='expected the inputs of one picture, found those of 2'):
        look_inside(inferencer, dict(label=[scene(inferencer)['label']] * 2), (0, 0))

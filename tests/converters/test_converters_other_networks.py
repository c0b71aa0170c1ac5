"""A state dict with a released network's first names and nothing else of it ends in one sentence."""
import pytest
import torch

from ggtoolbox.converters.conversion import Part, convert, families, find_family
from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS

PARTS = [(family, part) for family in families() for part in find_family(family).PARTS]


def beginnings(family, part):
    """A tensor for each name, or beginning of names, by which a part is recognised."""
    signature = find_family(family).PARTS[part].signature
    starts = (start if isinstance(start, str) else start[0] for start in signature)
    return {start + 'weight' * start.endswith('.'): torch.zeros(2) for start in starts}


@pytest.mark.parametrize('family, part', PARTS)
@pytest.mark.parametrize('more', ['stray', 'stray.1.weight', 'stray.weight_u'])
def test_no_file_of_another_network_ends_in_a_traceback(family, part, more):
    state = {**beginnings(family, part), more: torch.zeros(2)}
    for stated in (part, None):
        with pytest.raises(InputError):
            convert(family, state, stated).check('file')


def test_two_tensors_for_one_place_are_named(monkeypatch):
    to_one_place = Part(('a.', 'b.'), lambda names: dict.fromkeys(names, 'norm.weight'),
                        lambda state: dict(type='ResNetGenerator'), GENERATORS)
    monkeypatch.setitem(find_family('spade').PARTS, 'odd', to_one_place)
    network = torch.nn.ModuleDict(dict(norm=torch.nn.Linear(2, 1)))
    with pytest.raises(InputError, match="'a.x' and 'b.x' both stand for 'norm.weight'"):
        convert('spade', {'a.x': torch.zeros(1), 'b.x': torch.zeros(1)}, 'odd', network)

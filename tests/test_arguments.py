"""Names, kinds and defaults of arguments, read from signatures."""
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from mmengine.optim import LinearLR

from ggtoolbox.arguments import check_arguments, check_value, constructor_arguments, describe, fits
from ggtoolbox.errors import InputError, UnknownArgumentError


@pytest.mark.parametrize(('hint', 'right', 'wrong'), [
    (int, [0, -3], [1.5, True, '1', None, [1], float('nan')]),
    (float, [1, 0.5], [True, '1', None, float('nan')]),
    (bool, [True, False], [0, 1, 'True', None]),
    (str, ['a', '', Path('a')], [1, None, ['a']]),
    (Path, ['a', Path('a')], [1, None]),
    (int | None, [1, None], ['1', 1.0]),
    (Sequence[str], [['a'], ('a', 'b'), []], ['a', [1], 7]),
    (tuple[int, int], [[1, 2], (1, 2)], [[1], (1, 2, 3), ('a', 'b'), 1]),
    (tuple[float, ...], [(1, 2.5), [], [1]], [(1, 'a'), 1.0]),
    (dict, [{}, dict(a=1)], [7, 'a', [1]]),
    (dict[str, float], [dict(a=1)], [dict(a='b')]),
    (Literal['a', 2], ['a', 2], ['b', 3, 2.0]),
    (Callable, [len], [7]),
    (torch.nn.Module, [dict(type='A'), torch.nn.Identity()], [7, 'a', True, [1]]),
    (Any, [7, 'a', None], [])])
def test_kinds(hint, right, wrong):
    assert [value for value in right if not fits(value, hint)] == []
    assert [value for value in wrong if fits(value, hint)] == []
    assert describe(hint)


class Component:
    def __init__(self, channels: int, names: Sequence[str] = (), limit: int = None, rate=0.5, on=False):
        pass


def test_a_default_always_fits_and_tells_the_kind_of_what_is_not_annotated():
    check_value(Component, 'limit', None, 'x')
    check_value(Component, 'rate', 3, 'x')
    with pytest.raises(InputError, match="^x.rate: expected a number, found 'fast'$"):
        check_value(Component, 'rate', 'fast', 'x.rate')
    with pytest.raises(InputError, match='^x.on: expected True or False, found 1$'):
        check_value(Component, 'on', 1, 'x.on')


def test_names_that_are_unknown_missing_or_somebody_elses():
    check_arguments(Component, dict(channels=3))
    check_arguments(Component, dict(rate=1), given=('channels',))
    misspelt = "model: Component has no argument 'chanels'; did you mean 'channels'"
    for arguments, said in ((dict(chanels=3), misspelt),
                            (dict(rate=1), "model: Component needs the argument 'channels'")):
        with pytest.raises(UnknownArgumentError, match=said):
            check_arguments(Component, arguments, 'model')
    with pytest.raises(UnknownArgumentError, match="no argument 'channels'"):
        check_arguments(Component, dict(channels=3), given=('channels',))


def test_what_is_handed_on_to_parents_is_known():
    names, others = constructor_arguments(LinearLR)
    assert {'start_factor', 'begin', 'by_epoch'} <= set(names) and not others
    assert constructor_arguments(torch.optim.Adam)[0].keys() >= {'lr', 'betas', 'fused'}

"""Real images are best by each judge, spoilt ones worse in order, those of other scenes worst."""
import pytest

from ggtoolbox.apis.judging.judge_ranking import CASES, REAL, broken_orders, judge_images
from ggtoolbox.apis.judging.judge_recipes import RECIPES
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.judge import read_metafile

IMAGES = 64


@pytest.fixture(scope='module', params=RECIPES)
def judged(request):
    return request.param, judge_images(request.param, images=IMAGES)


def test_the_orders_hold(judged):
    _, table = judged
    assert list(table) == [case.name for case in CASES]
    assert broken_orders(table) == []


def test_as_accurate_as_the_metafile_says(judged):
    name, table = judged
    stated = dict(read_metafile()[name]['Accuracy'])
    stated.pop('Data')
    found = {measure: table[REAL.name][measure] for measure in stated}
    assert found and found == pytest.approx(stated, abs=0.06)


def test_an_order_that_does_not_hold_is_told():
    table = {case.name: {'Acc': 1 - 0.1 * place, 'FD_x': float(place)} for place, case in enumerate(CASES)}
    table['shuffled pairs']['Acc'], table['other scenes']['FD_x'] = 0.05, 0.5
    assert broken_orders(table) == []
    table['noise 20']['Acc'] = 0.95
    assert broken_orders(table) == ['Acc: noise 10 0.6000 should be better than noise 20 0.9500']


def test_refuses_what_it_cannot_rank():
    with pytest.raises(InputError, match="no judge 'toyworld_feet'"):
        judge_images('toyworld_feet')
    with pytest.raises(InputError, match='at least 2 images, found 1'):
        judge_images('toyworld_hand', images=1)

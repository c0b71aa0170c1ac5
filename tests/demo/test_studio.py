import random
import runpy
import socket
import sys
from pathlib import Path
from unittest import mock

import gradio as gr
import numpy as np
import pytest
from inside import NOTHING, pictures_of
from page import Page, in_one_sentence
from PIL import Image
from serving import serve
from session import Session
from studio import Studio, shipped_models

from ggtoolbox.apis.looking import Inside
from ggtoolbox.errors import InputError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope='module')
def studio(untrained):
    return Studio([], untrained, 'cpu')


@pytest.fixture(scope='module')
def page(studio):
    return Page(studio, scenes=4)


@pytest.fixture(autouse=True)
def same_scenes():
    """A page begins with any scene, in some of which a region is not to be seen."""
    random.seed(0)


def model_of(studio, name):
    return next(model for members in studio.members.values() for model in members if name in model)


def test_every_data_set_is_a_world(studio):
    assert [len(members) for members in studio.members.values()] == [3, 1, 1, 1, 1, 1, 2, 1, 1, 1]


def test_a_drawing_has_one_answer_and_a_seed_another(studio):
    face = model_of(studio, 'scgan')
    world = studio.worlds['Face with another expression']
    fields = world.fields(*world.scene(0))
    images = [studio.generate(face, fields, seed).image for seed in (0, 0, 1)]
    assert images[0].shape == (64, 64, 3) and images[0].dtype == np.uint8
    assert (images[0] == images[1]).all() and (images[0] != images[2]).any()
    assert studio.has_styles(face) and not studio.has_styles(model_of(studio, 'gaugan_toyworld'))


def enter(page, title, model=None, other=''):
    """A session in a world. -> session, drawing, source drawing, seed."""
    session = Session()
    drawing, source_drawing = page.enter(session, title)[2:4]
    session.model, session.other = model or session.model, other
    return session, drawing, source_drawing, 0


def chosen(value, selected=True):
    return mock.Mock(value=value, selected=selected)


def test_the_page_shows_what_the_models_read(studio, page):
    session, *_ = enter(page, 'Street from a label map', model_of(studio, 'gaugan_toyworld'))
    canvas_box, source_box, _, attributes, *_ = page.fit(session)
    assert (canvas_box['visible'], source_box['visible'], attributes['visible']) == (True, False, False)
    session, *_ = enter(page, 'Face with another expression', model_of(studio, 'scgan'))
    fitted = page.fit(session)
    assert [part['visible'] for part in (*fitted[:2], fitted[3], fitted[4])] == [True, False, True, False]
    assert fitted[5]['interactive']  # another sample


def test_two_models_answer_with_their_names_and_times(studio, page):
    title = 'Street from a label map'
    given = enter(page, title, model_of(studio, 'gaugan_toyworld'), model_of(studio, 'gaugan_sau'))
    left, right, caption, other = page.generate(*given)
    assert left.shape == right.shape == (64, 64, 3) and (left != right).any()
    assert 'gaugan_toyworld-64' in caption and caption.endswith(' ms') and 'gaugan_sau' in other
    assert page.generate_live(True, *given)[1].shape == (64, 64, 3)
    given[0].brought['target_image'] = left
    assert page.generate_another(*given[:3], 1)[0] == 2 and 'target_image' not in given[0].brought


def test_a_model_of_another_world_is_not_taken(studio, page):
    session, *given = enter(page, 'Street from a label map')
    first, (hand,) = session.model, studio.members['Hand in another gesture']
    page.choose(session, chosen(hand))
    page.compare(session, chosen(hand))
    assert (session.model, session.other) == (first, '')
    page.compare(session, chosen(model_of(studio, 'gaugan_vae')))
    assert len(session.models) == 2
    page.compare(session, chosen(''))
    page.choose(session, chosen(model_of(studio, 'gaugan_vae')))
    assert session.models == [model_of(studio, 'gaugan_vae')]


def test_a_drawing_of_the_world_before_is_passed_over(page):
    session, drawing, source_drawing, seed = enter(page, 'Street from a label map')
    page.enter(session, 'Hand in another gesture')
    assert all(part == gr.skip() for part in page.generate(session, drawing, source_drawing, seed))
    with pytest.raises(InputError, match='canvas: expected points'):
        page.generate(session, 'no drawing', source_drawing, seed)


def test_another_size_is_a_world_of_its_own(studio, page):
    small, large = titles = 'Person in another pose', 'Person in another pose, 128 x 64'
    assert [studio.worlds[title].size for title in titles] == [(64, 32), (128, 64)]
    session, *drawn = enter(page, large)
    assert page.generate(session, *drawn)[0].shape == (128, 64, 3)
    page.enter(session, small)
    assert all(part == gr.skip() for part in page.generate(session, *drawn))


def test_a_world_is_entered_all_at_once(page, monkeypatch):
    """While its scene is drawn, another thread may generate: what the world before has."""
    before = enter(page, 'Street from a label map')
    world, made = page.studio.worlds['Street from another view'], []
    draw = world.scene
    monkeypatch.setattr(world, 'scene', lambda index: made.append(page.generate(*before)[0]) or draw(index))
    page.enter(before[0], 'Street from another view')
    assert made[0].shape == (64, 64, 3) and before[0].title == 'Street from another view'


def test_a_style_is_drawn_or_taken_from_a_picture(studio, page):
    session, *drawn, _ = enter(page, 'Street from a label map', model_of(studio, 'gaugan_vae'))
    assert page.fit(session)[-2]['visible'] and studio.has_styles(session.model)
    plain, other = (page.generate(session, *drawn, seed)[0] for seed in (0, 1))
    assert (plain != other).any()
    session.brought['target_image'] = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    assert (page.generate(session, *drawn, 0)[0] != plain).any()


def test_regions_take_the_style_of_another_picture(studio, page):
    title = 'Face with another expression'
    session, *given = enter(page, title, model_of(studio, 'sean'))
    fitted = page.fit(session)
    names = fitted[-3]['choices']
    assert fitted[1]['visible'] and fitted[-3]['visible'] and fitted[-2]['visible'] and len(names) == 7
    assert not page.fit(enter(page, title, model_of(studio, 'scgan'))[0])[-3]['visible']
    made = [page.generate(session, *given)[0].astype(int)]
    session.brought['target_image'] = page.studio.worlds[title].dataset.draw(99)['target_image']
    for regions in ([], names[:2], names):
        session.regions = []
        for name in regions:
            page.restyle(session, chosen(name))
        made.append(page.generate(session, *given)[0].astype(int))
    plain, whole, part, every = made
    assert (whole == every).all()
    assert (part != whole).any() and (part != plain).any()


def test_attributes_are_steered_by_their_names(studio, page):
    session, *given = enter(page, 'Face with another expression', model_of(studio, 'scgan'))

    def of(*names):
        session.ticked = []
        for name in names:
            page.tick(session, chosen(name))
        return page.generate(session, *given)[0]
    assert (of() == of()).all() and (of() != of('Male', 'Young')).any()
    assert session.ticked == ['Male', 'Young']
    page.tick(session, chosen('Male', False))
    page.tick(session, chosen('no attribute'))
    assert session.ticked == ['Young']


def test_a_click_shows_what_made_a_pixel(studio, page):
    given = enter(page, 'Street from another view')
    box, said, shown = page.look('{"picture": 0, "row": 40, "column": 12}', *given)
    captions = [caption for _, caption in shown]
    assert box['visible'] and said.startswith('Row 40, column 12: (')
    attention = [float(caption.split(': ')[1]) for caption in captions if caption.startswith('attention')]
    assert sum(attention) == pytest.approx(1, abs=0.01) and len(attention) == 10
    assert {'coarse image', 'intermediate images 1'} <= set(captions)
    assert all(picture.shape == (192, 192, 3) and picture.dtype == np.uint8 for picture, _ in shown)
    given = enter(page, 'Street from a label map', model_of(studio, 'gaugan_toyworld'),
                  model_of(studio, 'gaugan_sau'))
    assert page.look('{"picture": 0, "row": 40, "column": 12}', *given)[1] == NOTHING
    kernels = page.look('{"picture": 1, "row": 40, "column": 12}', *given)[2]
    assert [caption.split(':')[0] for _, caption in kernels] == [
        f'kernel on {2 ** i} x {2 ** i}' for i in range(1, 6)]


def test_maps_of_classes_are_called_by_their_names():
    logits = np.stack([np.zeros((8, 8)), np.ones((8, 8))]) + np.eye(8) / 2
    image, at = np.zeros((8, 8, 3), np.uint8), logits[:, 0, 1]
    inside = Inside(dict(image=image, logits=logits), dict(logits=at), [])
    for classes, expected in ((('road', 'sky'), ['logits, road: 0.000', 'logits, sky: 1.000']),
                              (('road',), ['logits 1: 0.000', 'logits 2: 1.000'])):
        assert [caption for _, caption in pictures_of(inside, (0, 1), classes)] == expected


@pytest.mark.parametrize('clicked', [None, '[]', '{}', '{"picture": 1, "row": 0, "column": 0}',
                                     '{"picture": 0, "row": 64, "column": 0}'])
def test_a_click_on_nothing_is_one_sentence(page, clicked):
    with pytest.raises(InputError, match='^pixel'):
        page.look(clicked, *enter(page, 'Street from another view'))


def test_what_follows_its_guide_best_is_offered_first(monkeypatch):
    metrics = dict(gaugan_toyworld=dict(mIoU=0.3), gaugan_sau_toyworld=dict(mIoU=0.7), gaugan_vae_toyworld={})
    names = [f'{name}-64' for name in metrics]
    config = ROOT / 'configs/gaugan/gaugan_toyworld-64.py'
    monkeypatch.setattr('studio.locate', lambda name, checkpoint: (config, None))
    monkeypatch.setattr('studio.list_models', lambda: names)
    monkeypatch.setattr('studio.find_model', lambda name: mock.Mock(content=dict(
        Results=[dict(Metrics=metrics[name.removesuffix('-64')])])))
    studio = Studio(names, dict(mine='mine.pth'))
    assert studio.choices('Street from a label map') == [
        ('mine', 'mine'), ('gaugan_sau_toyworld-64', names[1]),
        ('gaugan_toyworld-64 (follows its guide little)', names[0]),
        ('gaugan_vae_toyworld-64 (follows its guide little)', names[2])]
    monkeypatch.setattr(studio.worlds['Street from a label map'], 'followed', None)  # nothing measures it
    assert {shown for shown, _ in studio.choices('Street from a label map')} == {'mine', *names}


def test_a_street_gets_the_look_of_another_or_of_a_picture_that_is_brought(studio, page, tmp_path):
    title = 'Street in the look of another'
    session, drawing, source_drawing, seed = enter(page, title)
    assert all(box['visible'] for box in page.fit(session)[:2])
    before, world = page.generate(session, drawing, source_drawing, seed)[0], studio.worlds[title]
    look = world.dataset.draw(99)
    Image.fromarray(look['target_image']).save(tmp_path / 'look.png')
    shown = page.bring_source(session, str(tmp_path / 'look.png'), source_drawing)
    assert shown != source_drawing and (page.generate(session, drawing, shown, seed)[0] != before).any()
    found = world.fields(drawing, shown, session.brought)['exemplar_label']
    assert (found == look['label']).mean() > 0.9  # by the judge of streets


def test_a_face_becomes_one_of_another_domain(studio, page, tmp_path):
    title = 'Face of another domain'
    session, drawing, source_drawing, seed = enter(page, title)
    parts = page.fit(session)
    assert all(parts[place]['visible'] for place in (0, 1, 6, -2)) and parts[7]['elem_classes'] == ['plain']

    def of(domain, seed=0):
        page.become(session, chosen(domain))
        return page.generate(session, drawing, source_drawing, seed)[0]
    assert (of('male') != of('female')).any() and (of('male') == of('no domain')).all()
    before = of('male')
    Image.fromarray(studio.worlds[title].dataset.draw(99)['source_image']).save(tmp_path / 'style.png')
    assert page.bring_style(session, str(tmp_path / 'style.png'), drawing) != drawing
    assert (of('male') != before).any()
    drawn = page.generate_another(session, drawing, source_drawing, seed)[1]
    assert (of('male', 1) == drawn).all() and (of('male', 2) != drawn).any()


def test_only_models_with_weights_at_hand_are_offered(monkeypatch, tmp_path):
    (tmp_path / 'here.safetensors').touch()
    weights = dict(here=str(tmp_path / 'here.safetensors'), gone=str(tmp_path / 'gone.safetensors'),
                   elsewhere='https://example.org/elsewhere.safetensors', never=None)
    monkeypatch.setattr('studio.list_models', lambda: list(weights))
    monkeypatch.setattr('studio.find_model', lambda name: mock.Mock(weights=weights[name]))
    assert shipped_models() == ['here']
    monkeypatch.setattr('studio.list_models', lambda: ['never'])
    with pytest.raises(InputError, match='no model with weights was found'):
        Studio()


def test_a_port_that_is_taken_is_named(studio):
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f'--host 127.0.0.1 --port {port}: cannot listen there'):
            serve(studio, '127.0.0.1', port)


def test_errors_of_input_become_one_sentence():
    @in_one_sentence
    def handler(path):
        raise InputError(f'{path}: broken')

    with pytest.raises(gr.Error, match='^.?map.png: broken.?$'):
        handler('map.png')


@pytest.mark.parametrize('arguments, sentence', [
    (['--checkpoint', 'gaugan_toyworld-64'], "--checkpoint: expected MODEL=PATH, found 'gaugan_toyworld-64'"),
    (['--models', 'gaugan_toyword-64'], 'gaugan_toyword-64: there is no config of this name'),
    (['--checkpoint', f'{ROOT}/configs/gaugan/gaugan_cityscapes-512x256.py=weights.pth'],
     'its data set is Cityscapes')])
def test_the_command_line_ends_in_one_sentence(arguments, sentence, capsys):
    with mock.patch.object(sys, 'argv', ['app.py', *arguments]), pytest.raises(SystemExit) as end:
        runpy.run_path(str(ROOT / 'demo' / 'app.py'), run_name='__main__')
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert end.value.code == 2 and last.startswith('app.py: error: ') and sentence in last


def test_an_object_is_sketched_and_a_face_gets_what_is_ticked(studio, page):
    session = Session()
    page.enter(session, 'Object from a sketch')
    canvas_box, source_box, _, attributes, _, _, domain, *_ = page.fit(session)
    assert canvas_box['visible'] and domain['visible']
    assert not source_box['visible'] and not attributes['visible']
    white = studio.worlds[session.title].canvas.show(np.zeros((64, 64), np.uint8))
    pictures = []
    for name in ('hand', 'figure'):
        page.become(session, chosen(name))
        pictures.append(page.generate(session, white, None, 0)[0])
    assert (pictures[0] != pictures[1]).any()
    _, _, drawing, source_drawing, *_ = page.enter(session, 'Face with another attribute')
    canvas_box, source_box, _, attributes, *_ = page.fit(session)
    assert source_box['visible'] and attributes['visible'] and not canvas_box['visible']
    before = page.generate(session, drawing, source_drawing, 0)[0]
    page.tick(session, chosen('Male', 'Male' not in session.ticked))
    assert (page.generate(session, drawing, source_drawing, 0)[0] != before).any()

import runpy
import socket
import sys
from pathlib import Path
from unittest import mock

import gradio as gr
import numpy as np
import pytest
from page import Page, in_one_sentence
from serving import serve
from studio import Studio, shipped_models

from ggtoolbox.errors import InputError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope='module')
def studio(untrained):
    return Studio([], untrained, 'cpu')


@pytest.fixture(scope='module')
def page(studio):
    return Page(studio, scenes=4)


def model_of(studio, name):
    return next(model for members in studio.members.values() for model in members if name in model)


def test_every_data_set_is_a_world(studio):
    assert [len(members) for members in studio.members.values()] == [3, 1, 1, 2, 1]


def test_a_drawing_has_one_answer_and_a_seed_another(studio):
    face = model_of(studio, 'scgan')
    world = studio.worlds['Face with another expression']
    fields = world.fields(*world.scene(0))
    images = [studio.generate(face, fields, seed).image for seed in (0, 0, 1)]
    assert images[0].shape == (64, 64, 3) and images[0].dtype == np.uint8
    assert (images[0] == images[1]).all() and (images[0] != images[2]).any()
    assert studio.has_styles(face) and not studio.has_styles(model_of(studio, 'gaugan_toyworld'))


def test_the_page_shows_what_the_models_read(studio, page):
    gaugan, face = model_of(studio, 'gaugan_toyworld'), model_of(studio, 'scgan')
    canvas_box, source_box, _, attributes, *_ = page.fit('Street from a label map', gaugan, '')
    assert (canvas_box['visible'], source_box['visible'], attributes['visible']) == (True, False, False)
    fitted = page.fit('Face with another expression', face, '')
    assert [part['visible'] for part in (*fitted[:2], fitted[3], fitted[4])] == [True, False, True, False]
    assert fitted[5]['interactive']  # another sample


def test_two_models_answer_with_their_names_and_times(studio, page):
    title, (second, first, _) = 'Street from a label map', studio.members['Street from a label map']
    drawing, source_drawing, source, _ = page.scene(title)
    arguments = title, first, second, drawing, source_drawing, source, [], 0
    left, right, caption, other = page.generate(*arguments)
    assert left.shape == right.shape == (64, 64, 3) and (left != right).any()
    assert 'gaugan_toyworld-64' in caption and caption.endswith(' ms') and 'gaugan_sau' in other
    assert page.generate_live(True, *arguments)[1].shape == (64, 64, 3)
    seed, source, *_ = page.generate_another(*arguments[:-3], {'target_image': left}, [], 1)
    assert (seed, source) == (2, {})


def test_a_style_is_drawn_or_taken_from_a_picture(studio, page):
    title, model = 'Street from a label map', model_of(studio, 'gaugan_vae')
    assert page.fit(title, model, '')[-2]['visible'] and studio.has_styles(model)
    drawing, source_drawing, source, _ = page.scene(title)
    of = lambda source, seed: page.generate(title, model, '', drawing, source_drawing, source, [], seed)[0]
    assert (of(source, 0) != of(source, 1)).any()
    taken = {'target_image': np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)}
    assert (of(taken, 0) != of(source, 0)).any()


def test_regions_take_the_style_of_another_picture(studio, page):
    title, model = 'Face with another expression', model_of(studio, 'sean')
    fitted = page.fit(title, model, '')
    names = fitted[-3]['choices']
    assert fitted[1]['visible'] and fitted[-3]['visible'] and fitted[-2]['visible'] and len(names) == 7
    assert not page.fit(title, model_of(studio, 'scgan'), '')[-3]['visible']
    drawing, source_drawing, source, _ = page.scene(title)
    taken = {**source, 'target_image': page.studio.worlds[title].dataset.draw(99)['target_image']}
    plain, whole, part, every = (
        page.generate(title, model, '', drawing, source_drawing, given, [], 0, regions)[0].astype(int)
        for given, regions in ((source, names[:2]), (taken, []), (taken, names[:2]), (taken, names)))
    assert (whole == every).all()
    assert (part != whole).any() and (part != plain).any()


def test_attributes_are_steered_by_their_names(studio, page):
    title, face = 'Face with another expression', model_of(studio, 'scgan')
    drawing, source_drawing, source, _ = page.scene(title)
    of = lambda *names: page.generate(title, face, '', drawing, source_drawing, source, list(names), 0)[0]
    assert (of() == of()).all() and (of() != of('Male', 'Young')).any()


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

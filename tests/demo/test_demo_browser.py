"""The page in a real browser without a network. GGTOOLBOX_NO_BROWSER=1 leaves these tests out."""
import io
import os
import socket
import sys
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import processes
import pytest
from browser import choose, headless, paint, shown, wait_for_another
from PIL import Image

from ggtoolbox.datasets.sound import write_sound
from ggtoolbox.errors import InputError

pytestmark = pytest.mark.skipif(os.environ.get('GGTOOLBOX_NO_BROWSER') == '1',
                                reason='GGTOOLBOX_NO_BROWSER=1')
ROOT = Path(__file__).parents[2]
WITHOUT_CANVAS = ('Face of another domain', 'Face with another attribute')  # where nothing is drawn


@pytest.fixture(scope='module')
def log(tmp_path_factory):
    """What the page's server prints."""
    return tmp_path_factory.mktemp('demo') / 'log.txt'


@pytest.fixture(scope='module')
def address(untrained, log):
    """The page, run as a user runs it."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    weights = [f'--checkpoint={config}={path}' for config, path in untrained.items()]
    url, command = f'http://127.0.0.1:{port}', [sys.executable, 'demo/app.py', *weights, f'--port={port}']

    def answers():
        try:
            urllib.request.urlopen(url, timeout=5)
        except OSError:
            return False
        return True

    with log.open('w') as output, processes.running([*command, '--device=cpu'], ROOT, output) as server:
        try:
            processes.wait_for(answers, server)
        except AssertionError as error:
            pytest.fail(f'the page did not start: {error}: {log.read_text()}')
        yield url


@pytest.fixture(scope='module')
def chromium():
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(headless())
        except InputError as error:
            pytest.fail(f'{error}; or set GGTOOLBOX_NO_BROWSER=1 to leave out the tests that need one')
        yield browser


@pytest.fixture
def page(chromium, address):
    """The page, opened anew; what it asks for and what its scripts complain of are looked at in the end."""
    page = chromium.new_page(viewport=dict(width=1300, height=1000))
    page.set_default_timeout(1000 * processes.PATIENCE)
    asked, complaints = [], []
    page.on('request', lambda request: asked.append(request.url))
    page.on('pageerror', lambda error: complaints.append(error.stack or str(error)))
    page.goto(address)
    shown(page)
    yield page
    page.close()
    assert [url for url in asked if not url.startswith((address, 'data:', 'blob:'))] == []
    assert complaints == []


def pixels(page, which='first'):
    """(H, W, 3) of a generated picture, at the size at which it was generated."""
    return np.asarray(Image.open(io.BytesIO(page.request.get(page.locator(f'#{which} img').evaluate(
        'image => image.src')).body())).convert('RGB'))


def enter(page, title):
    """Go to another world, and wait for its picture."""
    before = shown(page)
    page.get_by_label(title, exact=True).click()
    return wait_for_another(page, before)


def drag(page, dot, right, down):
    """Move a joint by so many pixels of the screen, once it lies still: a world's parts come one by one."""
    box = None
    while box != (box := dot.bounding_box()):
        page.wait_for_timeout(300)
    x, y = box['x'] + box['width'] / 2, box['y'] + box['height'] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()


def upload(page, file, button='#upload-map'):
    """Give a file to a button, that of label maps."""
    with page.expect_file_chooser() as chooser:
        page.locator(button).click()
    chooser.value.set_files(file)


def test_painting_changes_the_picture(page):
    before, old = shown(page), pixels(page)
    paint(page, 'car', (0.2, 0.7), (0.8, 0.7))
    wait_for_another(page, before)
    new = pixels(page)
    assert old.shape == new.shape == (64, 64, 3) and (old != new).any()
    assert 'ms' in page.locator('#first-caption').inner_text()


def test_the_picture_can_be_downloaded(page):
    page.locator('#first').hover()
    with page.expect_download() as download:
        page.locator('#first button[aria-label=Download], #first a[download]').first.click()
    stored = Image.open(download.value.path())
    assert stored.format == 'PNG' and (np.asarray(stored.convert('RGB')) == pixels(page)).all()


def test_answers_forbid_what_comes_from_elsewhere(page, address):
    assert "default-src 'self'" in page.request.get(address).headers['content-security-policy']


def test_generate_answers_when_it_is_clicked(page):
    before = shown(page)
    page.get_by_label('While I draw').uncheck()
    paint(page, 'person', (0.3, 0.5), (0.7, 0.5))
    page.wait_for_timeout(700)
    assert shown(page) == before
    page.locator('#go').click()
    wait_for_another(page, before)


def test_undo_and_redo_bring_pictures_back(page):
    before = shown(page)
    paint(page, 'foliage', (0.2, 0.3), (0.8, 0.3))
    painted = wait_for_another(page, before)
    page.locator('h1').click()  # keys need no focus
    page.keyboard.press('Control+z')
    assert wait_for_another(page, painted) == before
    page.keyboard.press('Control+Shift+z')
    assert wait_for_another(page, before) == painted
    page.keyboard.press('Control+z')
    wait_for_another(page, painted)
    page.keyboard.press('Control+y')
    assert wait_for_another(page, before) == painted


def test_worlds_are_switched_with_the_menu_open(page, log):
    """What an open menu, or a world on its way, still tells of the world before is no error."""
    titles = page.locator('#world label').all_inner_texts()
    drawn_on = [title for title in titles if title not in WITHOUT_CANVAS]
    assert len(drawn_on) == len(titles) - len(WITHOUT_CANVAS)
    for number in range(10):
        title = titles[(number + 1) % len(titles)]
        page.locator('#model input').click()
        page.get_by_label(title, exact=True).click()
        if number % 2 and title in drawn_on:
            page.locator('#canvas svg').wait_for()
    enter(page, titles[1])
    enter(page, titles[0])
    assert page.locator('.toast-body').all_inner_texts() == []
    page.locator('#first-caption').get_by_text('gaugan_toyworld-64').wait_for()
    assert 'Traceback' not in log.read_text() and 'Error' not in log.read_text()


def test_a_click_on_the_picture_looks_inside(page):
    choose(page, 'other', 'gaugan_sau_toyworld-64')
    shown(page, 'second')
    box = page.locator('#second img').bounding_box()
    page.locator('#second img').click(position=dict(x=0.5 * box['width'], y=0.99 * box['height']))
    page.locator('#inside img').first.wait_for()
    assert page.locator('#inside-note').inner_text().startswith('Row 63, column 32: (')
    assert page.locator('#inside img').count() == 5


def test_two_models_answer_to_one_map(page):
    choose(page, 'other', 'gaugan_sau_toyworld-64')
    second = shown(page, 'second')
    assert (pixels(page) != pixels(page, 'second')).any()
    assert page.locator('#second-caption').inner_text().startswith('gaugan_sau_toyworld-64')
    paint(page, 'building', (0.2, 0.2), (0.8, 0.2))
    wait_for_another(page, second, 'second')


def test_a_dragged_joint_changes_the_picture(page):
    enter(page, 'Hand in another gesture')
    before, old = shown(page), pixels(page)
    drag(page, page.locator('#canvas circle.joint:visible').nth(8), 60, 40)
    wait_for_another(page, before)
    assert (pixels(page) != old).any()


def test_a_joint_of_the_source_can_be_dragged_where_the_model_reads_it(page):
    before = enter(page, 'Person in another pose')
    assert pixels(page).shape == (64, 32, 3)
    drag(page, page.locator('#source-canvas circle.joint:visible').first, 20, 40)
    wait_for_another(page, before)


def test_another_sample_of_one_face(page):
    before = enter(page, 'Face with another expression')
    page.locator('#another').click()
    after = wait_for_another(page, before)
    page.get_by_label('Male').click()
    wait_for_another(page, after)
    assert page.locator('#seed input').input_value() == '1'


def test_a_region_takes_its_style_from_another_picture(page):
    before = enter(page, 'Face with another expression')
    choose(page, 'model', 'sean_toyworld-64')
    own = wait_for_another(page, before)
    picture = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(picture, 'PNG')
    upload(page, dict(name='style.png', mimeType='image/png', buffer=picture.getvalue()), '#use-style')
    whole = wait_for_another(page, own)
    page.locator('#regions').get_by_label('skin').click()
    restyled = wait_for_another(page, whole)
    if restyled == own:  # a busy machine may show once more what was asked for before
        restyled = wait_for_another(page, own)
    assert restyled not in (own, whole)


def test_a_saved_map_can_be_brought_back(page, tmp_path):
    before = enter(page, 'Street from another view')
    with page.expect_download() as download:
        page.get_by_role('button', name='Save').click()
    download.value.save_as(tmp_path / 'label.png')
    stored = Image.open(tmp_path / 'label.png')
    assert stored.mode == 'P' and stored.size == (64, 64)
    page.get_by_role('button', name='Clear').click()
    cleared = wait_for_another(page, before)
    upload(page, tmp_path / 'label.png')
    assert wait_for_another(page, cleared) == before


def test_a_bad_upload_ends_in_one_sentence(page):
    upload(page, dict(name='map.png', mimeType='image/png', buffer=b'no picture at all'))
    toast = page.locator('.toast-body')
    toast.wait_for()
    assert 'expected a picture' in toast.inner_text()
    assert 'Traceback' not in page.content()


def frame_of(page, second):
    """Number and pixels of the frame at a time of the sound."""
    page.locator('#dancer audio').evaluate('(audio, second) => { audio.currentTime = second; }', second)
    page.wait_for_function('''second => { const canvas = document.querySelector('#dancer canvas');
        return Number(canvas.dataset.frame) === Math.floor(second * 10 + 1e-6); }''', arg=second)
    return page.locator('#dancer canvas').evaluate('canvas => canvas.toDataURL()')


def wait_for_dance(page, length):
    """Until the player has a sound of that many seconds."""
    page.wait_for_function('''length => { const audio = document.querySelector('#dancer audio');
        const canvas = document.querySelector('#dancer canvas');
        return audio && Math.abs(audio.duration - length) < 0.01 && canvas.dataset.frame; }''', arg=length)


def test_a_person_dances_in_time_with_the_sound(chromium, address, tmp_path):
    page = chromium.new_page(viewport=dict(width=1300, height=900))
    page.set_default_timeout(1000 * processes.PATIENCE)
    complaints = []
    page.on('pageerror', lambda error: complaints.append(error.stack or str(error)))
    page.goto(f'{address}/dance')
    wait_for_dance(page, 5.0)
    first, later = frame_of(page, 0.2), frame_of(page, 3.1)
    assert first != later and frame_of(page, 0.2) == first
    page.locator('#again').click()
    page.wait_for_function('''before => { const canvas = document.querySelector('#dancer canvas');
        return canvas.dataset.frame && canvas.toDataURL() !== before; }''', arg=first)
    song = tmp_path / 'song.wav'
    write_sound(song, (9000 * np.sin(np.arange(24000) / 20)).astype(np.int16))
    with page.expect_file_chooser() as chooser:
        page.locator('#upload-song').click()
    chooser.value.set_files(song)
    wait_for_dance(page, 1.5)
    assert 'song.wav' in page.locator('#song-name').inner_text()
    page.locator('#dancer audio').evaluate('audio => { audio.muted = true; return audio.play(); }')
    page.wait_for_function("() => Number(document.querySelector('#dancer canvas').dataset.frame) > 3")
    page.close()
    assert complaints == []

"""The commands of the pages are understood by the tools, and those of the guides do what they say."""
import argparse
import shutil

import cv2
import numpy as np
import pytest
from in_process import run
from pages import PAGES, ROOT, commands, write_files

AS_ONE_PROCESS = {
    'tools/dist_train.sh': lambda config, processes, *more: ('tools/train.py', config, *more),
    'tools/dist_test.sh': lambda config, checkpoint, processes, *more: (
        'tools/test.py', config, checkpoint, *more),
    'tools/slurm_train.sh': lambda partition, job, config, work_dir, *more: (
        'tools/train.py', config, '--work-dir', work_dir, *more)}
COMMANDS = sorted({tuple(words) for page in PAGES for words in commands(page)})


class UnderstoodError(Exception):
    """Raised where a tool has read its arguments."""


def reads_arguments_only(parse):
    def parse_and_stop(parser, *arguments):
        parse(parser, *arguments)
        raise UnderstoodError
    return parse_and_stop


@pytest.mark.parametrize('words', COMMANDS, ids=' '.join)
def test_a_tool_understands_the_command(words, monkeypatch):
    script, *arguments = AS_ONE_PROCESS[words[0]](*words[1:]) if words[0] in AS_ONE_PROCESS else words[1:]
    assert words[0] == 'ggtoolbox' or (ROOT / script).is_file()
    configs = [word for word in arguments if word.startswith('configs/') and '/my_' not in word]
    assert [config for config in configs if not (ROOT / config).is_file()] == []
    if words[0] == 'ggtoolbox' or script.startswith('tools/'):
        for name in ('parse_args', 'parse_intermixed_args'):
            method = getattr(argparse.ArgumentParser, name)
            monkeypatch.setattr(argparse.ArgumentParser, name, reads_arguments_only(method))
        with pytest.raises(UnderstoodError):
            run(script.removeprefix('tools/'), *arguments)


SHORT = """
train_cfg = dict(_delete_=True, by_epoch=False, max_iters=2, val_interval=2)
param_scheduler = None
log_processor = dict(by_epoch=False)
default_hooks = dict(checkpoint=dict(interval=2, by_epoch=False))
model['generator'].update(channels=2, norm_hidden_channels=4)
model.setdefault('discriminator', {}).update(discriminator=dict(channels=4))
model.setdefault('losses', {}).update(perceptual=None)
short = dict(batch_size=2, num_workers=0, persistent_workers=False)
train_dataloader = {**globals().get('train_dataloader', {}), **short}
val_dataloader = {**globals().get('val_dataloader', {}), **short}
test_dataloader = val_dataloader
"""
DRAWN = """
val_dataloader = {**val_dataloader, 'dataset': dict(length=2)}
test_dataloader = val_dataloader
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a copy of the configs."""
    shutil.copytree(ROOT / 'configs', tmp_path / 'configs')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shorten(config, more=''):
    config.write_text(config.read_text() + SHORT + more)


def tool(words, old='', new=''):
    """Run one command of a page, with ``new`` in the place of ``old``."""
    arguments = [word.replace(old, new) if old else word for word in words[2:]]
    return run(words[1].removeprefix('tools/'), *arguments)


def test_getting_started(folder):
    shorten(folder / 'configs/gaugan/gaugan_sau_toyworld-64.py', DRAWN)
    train, test, resume, longer, by_name, by_config = commands(ROOT / 'docs/getting_started.md')
    work_dir = folder / 'work_dirs/gaugan_sau_toyworld-64'
    tool(train)
    assert (work_dir / 'samples/iter_000002.png').is_file() and (work_dir / 'last_checkpoint').is_file()
    assert 'PSNR' in tool(test, 'iter_1200', 'iter_2')
    assert {path.name for path in (folder / 'results').iterdir()} == {'images', 'sheets', 'metrics.json'}
    tool(resume)
    # Not what was printed: runs of one second share mmengine's logger, which prints where the first one did.
    assert any('resumed epoch: 0, iter: 2' in log.read_text() for log in work_dir.rglob('*.log'))
    tool(longer, 'max_iters=2000', 'max_iters=4')
    assert (work_dir / 'iter_4.pth').is_file()
    cv2.imwrite('map.png', np.tile(np.arange(64, dtype=np.uint8) // 4, (64, 1)))
    assert by_name[2] == 'gaugan_sau_toyworld-64'
    tool(by_config, 'iter_1200', 'iter_4')
    assert cv2.imread('out/map.png').shape == (64, 64, 3)


def test_your_own_data(folder):
    page = ROOT / 'docs/your_own_data.md'
    assert write_files(page, folder) == ['configs/my_data.py']
    fill, browse, train, test, _ = commands(page)
    for file in ('my_data.py', '_base_/datasets/custom_256.py'):  # a sixteenth of the pixels
        path = folder / 'configs' / file
        path.write_text(path.read_text().replace('=256', '=64').replace('=286', '=72')
                        .replace('(256, 256)', '(64, 64)'))
    shorten(folder / 'configs/my_data.py')
    tool([{'32': '4', '8': '2', '256': '64'}.get(word, word) for word in fill])
    printed = tool(browse)
    assert 'plant' in printed and 'ids outside 0..4: none' in printed
    tool(train)
    test = test[:test.index('--protocol')]  # whose weights are not here
    assert 'PSNR' in tool(test, 'epoch_200', 'iter_2')


@pytest.mark.parametrize('damage, message', [
    (lambda label, image: cv2.imwrite(str(label), np.full((256, 256), 17, np.uint8)),
     'label id 17 was found in'),
    (lambda label, image: cv2.imwrite(str(label), np.zeros((256, 256, 3), np.uint8)),
     'a label map has one channel with ids, this file has 3 (RGB)'),
    (lambda label, image: label.unlink(), 'this image has no label of the same name'),
    (lambda label, image: cv2.imwrite(str(label), np.zeros((128, 128), np.uint8)),
     'this label map is 128 x 128 pixels, its image'),
    (lambda label, image: image.write_bytes(b'no picture'), 'the file is broken or not an image')])
def test_what_is_wrong_with_a_file_is_said_as_on_the_page(folder, damage, message):
    page = ROOT / 'docs/your_own_data.md'
    assert f'`{message}' in page.read_text()
    write_files(page, folder)
    fill, browse, *_ = commands(page)
    fill[fill.index('--train') + 1], fill[fill.index('--val') + 1] = '2', '1'
    tool(fill)
    train = folder / 'data/custom/train'
    damage(next(train.glob('labels/*')), next(train.glob('images/*')))
    assert message in run('browse_dataset.py', *browse[2:], fails=True)

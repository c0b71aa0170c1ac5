"""The command lines, as a user runs them."""
import json
import os
import pickle
import re
import signal
import sys
from pathlib import Path

import cv2
import numpy as np
import processes
import pytest
import torch
from in_process import run

from ggtoolbox.engine.checkpoint import latest_checkpoint

ROOT = Path(__file__).resolve().parents[2]
CONFIG = str(ROOT / 'configs/gaugan/gaugan_sau_toyworld-64.py')
TINY = ['model.generator.channels=2', 'model.generator.norm_hidden_channels=4',
        'model.discriminator.discriminator.channels=4', 'train_dataloader.num_workers=0',
        'train_dataloader.persistent_workers=False', 'val_dataloader.num_workers=0',
        'val_dataloader.persistent_workers=False', 'val_dataloader.dataset.length=3',
        'test_dataloader.num_workers=0', 'test_dataloader.persistent_workers=False',
        'test_dataloader.dataset.length=3', 'default_hooks.logger.interval=1']


def options(*more, max_iters=4):
    schedule = [f'train_cfg.max_iters={max_iters}', 'train_cfg.val_interval=2',
                'default_hooks.checkpoint.interval=2', 'param_scheduler.begin=2', 'param_scheduler.end=5']
    return ['--cfg-options', *TINY, *schedule, *more]


def command(tool, *arguments):
    return [sys.executable, str(ROOT / 'tools' / tool), *map(str, arguments)]


def run_apart(tool, *arguments, cwd=None, fails=False):
    """As ``run``, in a process of its own: for what would leave traces in this one."""
    code, out, errors = processes.run(command(tool, *arguments), cwd)
    assert code == (2 if fails else 0), out[-3000:] + errors[-3000:]
    return errors.strip().splitlines()[-1] if fails else out


def write_config(folder, text):
    path = folder / 'mine.py'
    path.write_text(f"_base_ = '{CONFIG}'\n{text}\n")
    return path


AVERAGE = "custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.5)]"


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
    """A run of four iterations with an average of the generator."""
    work_dir = tmp_path_factory.mktemp('run')
    run_apart('train.py', write_config(work_dir, AVERAGE), '--work-dir', work_dir, '--seed', 1,
              '--deterministic', *options())
    return work_dir


def test_training_leaves_checkpoints_samples_and_logs(trained):
    checkpoint = torch.load(trained / 'iter_4.pth', weights_only=False)
    assert checkpoint['meta']['system'] == 'GauGAN' and checkpoint['meta']['seed'] == 1
    assert checkpoint['meta']['test_policy'] == dict(norm_at_test='running', dropout_at_test=False)
    assert {name.split('.')[0] for name in checkpoint['state_dict']} == {'generator', 'discriminator'}
    raw = checkpoint['ema_state_dict']['module.generator.head.convolution.weight']
    assert not torch.equal(raw, checkpoint['state_dict']['generator.head.convolution.weight'])
    assert len(list(trained.glob('best_SSIM_iter_*.pth'))) == 1
    sheet = cv2.imread(str(trained / 'samples/iter_000004.png'))
    assert sheet.shape == (30 + 3 * 130, 3 * 128, 3) and sheet.std() > 10
    scalars = next(trained.glob('*/vis_data/scalars.json')).read_text().splitlines()
    assert any('generator/loss_adversarial' in line for line in scalars)


def test_a_checkpoint_is_tested(trained, tmp_path):
    printed = run('test.py', CONFIG, trained / 'iter_4.pth', '--out', tmp_path / 'out', '--show-dir',
                  tmp_path / 'show', '--work-dir', tmp_path / 'w', *options())
    metrics = json.loads((tmp_path / 'out/metrics.json').read_text())
    assert metrics['images'] == 3 and set(metrics['metrics']) == {'PSNR', 'SSIM'}
    header, psnr, _ = printed.strip().splitlines()[-3:]  # the table comes last
    assert header.split() == ['metric', 'value', 'images', 'protocol']
    assert psnr.split()[:3] == ['PSNR', f"{metrics['metrics']['PSNR']:.4f}", '3']
    images = sorted((tmp_path / 'out/images').rglob('*.png'))
    assert len(images) == 3 and cv2.imread(str(images[0])).shape == (64, 64, 3)
    assert cv2.imread(str(tmp_path / 'show/sheet_0000.png')).shape == (30 + 3 * 130, 3 * 128, 3)
    printed = run('test.py', CONFIG, trained / 'iter_4.pth', '--fast', '--work-dir', tmp_path / 'w',
                  *options())
    fast = next(line for line in printed.splitlines() if line.startswith('PSNR'))
    assert abs(float(fast.split()[1]) - metrics['metrics']['PSNR']) < 0.1
    assert any('fast: ' in log.read_text() for log in (tmp_path / 'w').rglob('*.log'))


SIGNAL_HOOK = """
import os
from mmengine.hooks import Hook
from ggtoolbox.registry import HOOKS

@HOOKS.register_module()
class SignalHook(Hook):
    def __init__(self, number, iteration):
        self.number, self.iteration = number, iteration

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        if runner.iter + 1 == self.iteration:
            os.killpg(os.getpgid(0), self.number)
"""


def signalled(folder, number, iteration):
    """A config whose run sends all its processes a signal after an iteration."""
    (folder / 'signal_hook.py').write_text(SIGNAL_HOOK)
    hook = dict(type='SignalHook', number=int(number), iteration=iteration)
    return write_config(folder, f'custom_imports = dict(imports=["signal_hook"])\ncustom_hooks = [{hook}]')


def test_a_killed_run_goes_on(tmp_path):
    """Killed between two checkpoints, in the middle of what it does after an iteration."""
    arguments = command('train.py', signalled(tmp_path, signal.SIGKILL, 7), '--work-dir', tmp_path,
                        *options(max_iters=8))
    code, _, errors = processes.run(arguments, cwd=tmp_path)
    assert code == -signal.SIGKILL, errors
    assert latest_checkpoint(tmp_path) == str(tmp_path / 'iter_6.pth')
    (tmp_path / '.iter_8.pth.incomplete').write_bytes(b'as if killed while saving')
    printed = run('train.py', CONFIG, '--work-dir', tmp_path, '--resume', *options(max_iters=8))
    assert 'resumed epoch: 0, iter: 6' in printed
    assert [int(step) for step in re.findall(r'Iter\(train\) \[ *(\d+)/', printed)] == [7, 8]
    checkpoint = torch.load(tmp_path / 'iter_8.pth', weights_only=False)
    assert checkpoint['meta']['iter'] == checkpoint['optimizer']['generator']['state'][0]['step'] == 8
    assert not list(tmp_path.glob('.*.incomplete')) and len(list(tmp_path.glob('best_*'))) == 1


def test_ctrl_c_reaches_all_processes_and_the_run_ends_in_one_sentence(tmp_path):
    """As a terminal sends it: to the run and to the processes of its data loaders."""
    arguments = command('train.py', signalled(tmp_path, signal.SIGINT, 3), '--work-dir', tmp_path,
                        *options('train_dataloader.num_workers=2', max_iters=8))
    with processes.running(arguments, cwd=tmp_path) as process:
        code, _, errors = processes.finish(process)
        left = processes.members(process.pid)
    assert code == 130 and left == []
    assert errors.splitlines()[-2:] == [
        'SIGINT: this iteration is finished and saved; Ctrl-C ends at once',
        f'train.py: stopped by SIGINT after iteration 3, saved {tmp_path}/iter_3.pth; go on with the same '
        'command and --resume']
    assert 'Traceback' not in errors and latest_checkpoint(tmp_path) == str(tmp_path / 'iter_3.pth')


def test_the_average_is_resumed(trained, tmp_path):
    run('train.py', write_config(tmp_path, AVERAGE), '--work-dir', tmp_path, '--resume',
        trained / 'iter_4.pth', *options(max_iters=6))
    checkpoint = torch.load(tmp_path / 'iter_6.pth', weights_only=False)
    assert checkpoint['ema_state_dict']['steps'] == 6


def test_resume_auto_without_a_checkpoint_starts_anew(tmp_path):
    printed = run('train.py', CONFIG, '--work-dir', tmp_path, '--resume', 'auto', '--amp',
                  *options(max_iters=2))
    assert 'no complete checkpoint to resume from' in printed and 'Iter(train) [1/2]' in printed


def test_print_config():
    printed = run('print_config.py', CONFIG, '--cfg-options', 'train_cfg.max_iters=7')
    assert "type='SAU'" in printed and 'max_iters=7' in printed and '_base_' not in printed


@pytest.mark.long
def test_compile(tmp_path):
    run_apart('train.py', CONFIG, '--work-dir', tmp_path, '--compile', *options(max_iters=2))
    assert (tmp_path / 'iter_2.pth').exists()


def test_two_processes_from_the_shell(tmp_path):
    for script, *arguments in (('dist_train.sh', 2), ('dist_test.sh', tmp_path / 'iter_4.pth', 2, '--out',
                                                      tmp_path / 'out')):
        code, _, errors = processes.run([ROOT / 'tools' / script, CONFIG, *arguments, '--work-dir', tmp_path,
                                         *options()])
        assert code == 0, errors[-3000:]
    assert len(list((tmp_path / 'out/images').rglob('*.png'))) == 3
    alone = run('test.py', CONFIG, tmp_path / 'iter_4.pth', '--work-dir', tmp_path, *options())
    together = json.loads((tmp_path / 'out/metrics.json').read_text())['metrics']
    assert f"PSNR: {together['PSNR']:.4f}" in alone


class TestBadInput:
    """Each ends with one sentence and no traceback."""

    def test_unknown_type(self):
        assert "did you mean 'SPADEGenerator'" in run(
            'train.py', CONFIG, *options('model.generator.type=SPADEGenerater'), fails=True)

    def test_misspelt_argument(self):
        assert "GauGAN has no argument 'generater'; did you mean 'generator'" in run(
            'train.py', CONFIG, *options('model.generater.channels=3'), fails=True)

    def test_misspelt_argument_of_a_part(self):
        assert "SPADEGenerator has no argument 'chanels'; did you mean 'channels'" in run(
            'train.py', CONFIG, *options('model.generator.chanels=3'), fails=True)

    def test_misspelt_key_of_the_config(self):
        assert "knows the key 'train_dataloder'; did you mean 'train_dataloader'" in run(
            'train.py', CONFIG, *options('train_dataloder.batch_size=2'), fails=True)

    def test_misspelt_key_in_the_file(self, tmp_path):
        assert "mine.py: unknown key 'optim_wraper'; did you mean 'optim_wrapper'" in run(
            'print_config.py', write_config(tmp_path, 'optim_wraper = dict()'), fails=True)

    def test_no_such_config(self):
        assert 'nowhere.py: there is no such config file' in run('train.py', 'nowhere.py', fails=True)

    def test_image_size(self):
        assert 'must be multiples of 32' in run(
            'train.py', CONFIG, *options(
                'model.generator.image_size=(48,64)', 'train_dataloader.dataset.size=(48,64)',
                'val_dataloader.dataset.size=(48,64)', 'test_dataloader.dataset.size=(48,64)'), fails=True)

    def test_truncated_checkpoint(self, trained, tmp_path):
        cut = tmp_path / 'cut.pth'
        cut.write_bytes((trained / 'iter_4.pth').read_bytes()[:5000])
        assert 'cut.pth: truncated, or not a checkpoint' in run('test.py', CONFIG, cut, *options(),
                                                                fails=True, cwd=tmp_path)

    def test_checkpoint_of_another_system(self, trained, tmp_path):
        checkpoint = torch.load(trained / 'iter_4.pth', weights_only=False)
        checkpoint['meta']['system'] = 'CycleGAN'
        torch.save(checkpoint, tmp_path / 'other.pth')
        assert 'a checkpoint of CycleGAN, but the config says GauGAN' in run(
            'test.py', CONFIG, tmp_path / 'other.pth', *options(), fails=True, cwd=tmp_path)

    def test_checkpoint_of_another_size(self, trained, tmp_path):
        assert "does not fit this GauGAN: 4 weights are missing, first 'generator.upsamplers" in run(
            'test.py', CONFIG, trained / 'iter_4.pth', *options('model.generator.channels=4'), fails=True,
            cwd=tmp_path)

    def test_checkpoint_with_other_weights(self, trained, tmp_path):
        assert 'weights are unknown to it, first \'generator.upsamplers' in run(
            'test.py', CONFIG, trained / 'iter_4.pth', *options('model.generator.upsampler.type='
                                                                'NearestUpsampler'),
            fails=True, cwd=tmp_path)

    def test_pickle_with_code(self, tmp_path):
        class Owned:
            def __reduce__(self):
                return os.system, ('touch owned.txt',)
        (tmp_path / 'owned.pth').write_bytes(pickle.dumps(dict(state_dict={}, extra=Owned())))
        run_apart('test.py', CONFIG, tmp_path / 'owned.pth', *options(), fails=True, cwd=tmp_path)
        assert not (tmp_path / 'owned.txt').exists()

    def test_missing_checkpoint(self, tmp_path):
        assert 'none.pth: there is no such checkpoint file' in run(
            'test.py', CONFIG, 'none.pth', *options(), fails=True, cwd=tmp_path)
        assert '--resume: none.pth: there is no such checkpoint file' in run(
            'train.py', CONFIG, '--resume', 'none.pth', *options(), fails=True, cwd=tmp_path)

    def test_perceptual_loss_without_weights(self, tmp_path):
        assert 'VGG19: weights are not given' in run(
            'train.py', write_config(tmp_path, 'model = dict(losses=dict(perceptual=dict('
                                               "type='PerceptualLoss', _delete_=True)))"),
            *options(), fails=True, cwd=tmp_path)

    def test_data_smaller_than_a_batch(self, tmp_path):
        config = write_config(tmp_path, "train_dataloader = dict(sampler=dict(type='DefaultSampler'))")
        assert '3 samples do not fill one batch of 4; lower batch_size' in run(
            'train.py', config, *options('train_dataloader.dataset.length=3'), fails=True, cwd=tmp_path)

    @pytest.mark.parametrize(('label', 'sentence'), [
        (np.full((64, 64), 77, np.uint8), 'a.png: label id 77'),
        (np.zeros((64, 32), np.uint8), 'a.png'), (None, 'a.jpg')])
    def test_label_maps(self, tmp_path, label, sentence):
        """Out of range, of another size, missing; the file is read in a data loader's process."""
        folders = [tmp_path / 'train' / kind for kind in ('images', 'labels')]
        for name in 'ab':
            for folder, suffix, array in zip(folders, ('.jpg', '.png'), (
                    np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64), np.uint8) if name == 'b' else label)):
                folder.mkdir(parents=True, exist_ok=True)
                if array is not None:
                    cv2.imwrite(str(folder / (name + suffix)), array)
        data = (f"train_dataloader = dict(batch_size=2, dataset=dict(_delete_=True, type='LabelMapFolder', "
                f"data_root={str(tmp_path)!r}, image_dir='train/images', label_dir='train/labels', "
                "num_classes=17, pipeline=[dict(type='InstanceEdge'), dict(type='PackTensors')]))")
        end = run('train.py', write_config(tmp_path, data), '--cfg-options', 'train_cfg.max_iters=1',
                  'train_dataloader.num_workers=1', cwd=tmp_path, fails=True)
        assert end.startswith('train.py: error: ') and sentence in end

    def test_custom_imports_from_the_working_folder(self, tmp_path):
        (tmp_path / 'my_upsampler.py').write_text(
            'from torch.nn import functional as F\n'
            'from ggtoolbox.registry import UPSAMPLERS\n'
            'from ggtoolbox.models.upsamplers.base import Upsampler\n'
            '@UPSAMPLERS.register_module()\n'
            'class MyUpsampler(Upsampler):\n'
            '    def upsample(self, x, guide):\n'
            '        return F.interpolate(x, scale_factor=self.scale)\n')
        use = 'model = dict(generator=dict(upsampler=dict(type="MyUpsampler")))\n'
        assert "my_upsampler.py defines it but was never imported; add custom_imports" in run_apart(
            'train.py', write_config(tmp_path, use), *options(), fails=True, cwd=tmp_path)
        use += 'custom_imports = dict(imports=["my_upsampler"])'
        run_apart('train.py', write_config(tmp_path, use), *options(max_iters=2), cwd=tmp_path)
        assert (tmp_path / 'work_dirs/mine/iter_2.pth').exists()

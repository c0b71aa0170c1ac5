"""A run that was killed and resumed ends as the run that never was. The same experiment as a command, with
real kills and several processes, is tests/exact_resume.py."""
import subprocess
import sys
from pathlib import Path

import pytest
from exact_resume import Plan, differences, experiment, is_exact, load_tensors, records, train
from small_run import write_small_run

ROOT = Path(__file__).resolve().parents[2]
# Of CycleGAN's two pools; small, and with more fakes than they hold.
POOLS = {'model.generator.channels': 2, 'model.generator.num_blocks': 1, 'model.pool_size': 3,
         'model.discriminator.channels': 2, 'log_level': 'ERROR', 'custom_hooks': []}
EPOCHS = dict(epoch_batches=2, iterations=4, validate_every=1, in_process=True)


@pytest.fixture(scope='module')
def config(tmp_path_factory):
    return write_small_run(tmp_path_factory.mktemp('small'))


@pytest.mark.parametrize('plan', [
    Plan(save_every=1, kills=('1', '2', '4v'), **EPOCHS),  # twice in one epoch, the second time at its end
    Plan(save_every=1, kills=('3', '4v'), by_epoch_checkpoints=True, **EPOCHS),
    # a validation that is made up for saves its best, from where the run goes on after the next kill
    Plan(4, 2, 2, ('2v', '3'), in_process=True)],
    ids=['in an epoch', 'between epochs', 'by iterations'])
def test_nothing_differs(config, tmp_path, plan):
    found = experiment(config, plan, tmp_path)
    assert is_exact(found), {k: v for k, v in found.items() if k not in ("tensors", "values")}
    assert found['tensors'] > 300 and found['records'] == 4 + 2


def test_image_pools(tmp_path):
    found = experiment(ROOT / 'configs/cyclegan/cyclegan_toyworld-64.py',
                       Plan(4, 2, 4, ('3',), in_process=True, options=POOLS), tmp_path)
    assert is_exact(found), {k: v for k, v in found.items() if k not in ("tensors", "values")}


def test_the_number_of_workers_does_not_matter(config, tmp_path):
    for workers in (0, 2):
        plan = Plan(2, 2, 2, workers=workers, persistent=workers > 0, in_process=True)
        train(config, plan, tmp_path / str(workers), None, False)
    one, other = (load_tensors(tmp_path / str(workers) / 'iter_2.pth') for workers in (0, 2))
    assert differences(one['state_dict'], other['state_dict'])[0] == []
    assert differences(records(tmp_path / '0'), records(tmp_path / '2'))[0] == []


def test_it_sees_what_differs(config, tmp_path):
    """The experiment itself: another seed is another run."""
    for seed in (0, 1):
        train(config, Plan(2, 2, 2, in_process=True, options={'randomness.seed': seed}), tmp_path / str(seed),
              None, False)
    one, other = (load_tensors(tmp_path / str(seed) / 'iter_2.pth') for seed in (0, 1))
    found, count = differences(one, other)
    names = {name.split('.')[0] for name in found}
    assert names == {'state_dict', 'ema_state_dict', 'optimizer', 'message_hub', 'run_state', 'meta'}
    assert 100 < len(found) < count


@pytest.mark.long
@pytest.mark.parametrize('processes', [1, 2])
@pytest.mark.parametrize('workers', [['0'], ['1'], ['2'], ['2', '--persistent']], ids='-'.join)
@pytest.mark.parametrize('loop', [
    ['--kill', '5'], ['--kill', '4', '4v', '7', '7', '8v'],
    ['--epoch-batches', '4', '--save-every', '3', '--kill', '4', '5', '7', '8v'],
    ['--epoch-batches', '4', '--save-by-epoch', '--save-every', '1', '--kill', '4v', '6', '7']],
    ids=['once', 'iterations', 'in epochs', 'between epochs'])
def test_the_matrix(config, loop, workers, processes):
    subprocess.run([sys.executable, ROOT / 'tests/exact_resume.py', config, *loop, '--workers', *workers,
                    '--processes', str(processes)], check=True, timeout=600)

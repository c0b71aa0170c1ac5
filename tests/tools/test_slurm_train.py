"""tools/slurm_train.sh with SLURM's commands replaced by small ones that do the same on this machine."""
import signal

import pytest
from processes import ROOT, finish, run, running, wait_for

SCRIPT = ROOT / 'tools/slurm_train.sh'
FAKES = dict(
    # Copies the script, as SLURM does, and runs it as a job.
    sbatch='''#!/usr/bin/env bash
printf '%s\\n' "$@" > "$FAKE/sbatch.txt"
while [[ $1 == --* ]]; do shift; done
cp "$1" "$FAKE/copy.sh"; shift
SLURM_JOB_ID=77 exec bash "$FAKE/copy.sh" "$@"
''',
    # Passes SIGUSR1 and SIGTERM on to its task.
    srun='''#!/usr/bin/env bash
printf '%s\\n' "$@" >> "$FAKE/srun.txt"; echo --- >> "$FAKE/srun.txt"
while [[ $1 == --* ]]; do shift; done
"$@" & task=$!
trap 'again=1; kill -USR1 $task' USR1; trap 'again=1; kill -TERM $task' TERM
again=1
while [ $again = 1 ]; do again=0; wait $task; new=$?; [ $new = 127 ] || code=$new; done
exit $code
''',
    scontrol='#!/usr/bin/env bash\necho "$@" >> "$FAKE/scontrol.txt"\n',
    # Stands for the training: saves when it is warned.
    python='''#!/usr/bin/env bash
trap 'echo saved >> "$FAKE/task.txt"; exit "${CODE:-0}"' USR1 TERM
echo started >> "$FAKE/task.txt"
[ -z "${AT_ONCE:-}" ] || exit "$AT_ONCE"
while true; do sleep 0.1; done
''')


@pytest.fixture
def slurm(tmp_path):
    """Environment in which SLURM's commands are the fakes; the config is a file that is there."""
    (tmp_path / 'bin').mkdir()
    for name, text in FAKES.items():
        (tmp_path / 'bin' / name).write_text(text)
        (tmp_path / 'bin' / name).chmod(0o755)
    (tmp_path / 'config.py').write_text('')
    return dict(FAKE=str(tmp_path), PATH=f'{tmp_path}/bin:/usr/bin:/bin', GPUS='2', GPUS_PER_NODE='1')


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def command(tmp_path, *more):
    return [SCRIPT, 'gpu', 'my job', tmp_path / 'config.py', tmp_path / 'work dir', *more]


@pytest.mark.parametrize(('code', 'requeued'), [('0', True), ('143', True), ('2', False)])
def test_a_job_whose_time_is_up_is_saved_and_queued_again(tmp_path, slurm, code, requeued):
    with running(command(tmp_path, '--seed', '3'), CODE=code, **slurm) as process:
        wait_for(lambda: lines(tmp_path / 'task.txt') == ['started'], process)
        process.send_signal(signal.SIGUSR1)  # as B: has it, to the script alone
        ended, out, errors = finish(process)
    assert lines(tmp_path / 'task.txt') == ['started', 'saved'], errors
    assert lines(tmp_path / 'scontrol.txt') == ['requeue 77'] * requeued
    assert ended == (0 if requeued else 2) and ('job 77 goes on when its turn comes again' in out) == requeued
    submitted, step = lines(tmp_path / 'sbatch.txt'), lines(tmp_path / 'srun.txt')
    assert {'--partition=gpu', '--job-name=my job', '--requeue', '--signal=B:USR1@120', '--ntasks=2',
            f'--output={tmp_path}/work dir/slurm-%j.out', '--open-mode=append'} <= set(submitted)
    task = step[step.index('python'):-1]
    assert task == ['python', '-u', str(ROOT / 'tools/train.py'), str(tmp_path / 'config.py'), '--work-dir',
                    str(tmp_path / 'work dir'), '--launcher', 'slurm', '--requeue', '--resume', '--seed', '3']


@pytest.mark.parametrize('code', ['0', '2', '1'])
def test_a_job_that_ended_is_not_queued_again(tmp_path, slurm, code):
    ended, _, _ = run(command(tmp_path), AT_ONCE=code, **slurm)
    assert ended == int(code) and not (tmp_path / 'scontrol.txt').exists()


def test_a_job_that_is_cancelled_is_saved_and_not_queued_again(tmp_path, slurm):
    with running(command(tmp_path), **slurm) as process:
        wait_for(lambda: lines(tmp_path / 'task.txt') == ['started'], process)
        process.send_signal(signal.SIGTERM)
        assert finish(process)[0] == 0
    assert lines(tmp_path / 'task.txt') == ['started', 'saved'] and not (tmp_path / 'scontrol.txt').exists()


def test_interactive(tmp_path, slurm):
    code, _, _ = run(command(tmp_path), AT_ONCE='0', INTERACTIVE='1', **slurm)
    assert code == 0 and not (tmp_path / 'sbatch.txt').exists()
    assert '--resume' not in lines(tmp_path / 'srun.txt') and '--ntasks=2' in lines(tmp_path / 'srun.txt')


@pytest.mark.parametrize(('arguments', 'more', 'sentence'), [
    (['gpu'], {}, 'expected PARTITION JOB_NAME CONFIG WORK_DIR [arguments of tools/train.py], found: gpu'),
    ([], {}, 'expected PARTITION JOB_NAME CONFIG WORK_DIR [arguments of tools/train.py], found: nothing'),
    (['gpu', 'job', 'nowhere.py', 'w'], {}, 'nowhere.py: there is no such config file'),
    (None, dict(GPUS='none'), "GPUS: expected a whole number, 1 or more, found 'none'"),
    (None, dict(GPUS='0'), "GPUS: expected a whole number, 1 or more, found '0'"),
    (None, dict(GPUS='12', GPUS_PER_NODE='8'), 'GPUS: expected a multiple of GPUS_PER_NODE=8, found 12')])
def test_what_is_wrong_is_one_sentence(tmp_path, slurm, arguments, more, sentence):
    whole = command(tmp_path) if arguments is None else [SCRIPT, *arguments]
    assert run(whole, tmp_path, **{**slurm, **more}) == (2, '', f'slurm_train.sh: error: {sentence}\n')

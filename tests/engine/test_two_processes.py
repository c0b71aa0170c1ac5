"""Runs of two processes over gloo: what is synchronised, and what is not."""
import pytest
import torch
from exact_resume import Plan, load_tensors, train
from small_run import write_small_run


def options(norm):
    """Plain steps, whose differences stay as small as rounding; no styles and no augmentation, which
    all processes draw alike."""
    steps = {f'optim_wrapper.{player}.optimizer': dict(type='SGD', lr=1e-2, _delete_=True)
             for player in ('generator', 'discriminator')}
    return {'model.encoder': None, 'model.losses.kl': None, 'model.generator.latent_dim': None,
            'model.options.diff_augment': (), 'model.generator.spectral': False,
            'model.generator.norm': norm, 'custom_hooks': [], 'val_cfg': None, 'val_dataloader': None,
            'val_evaluator': None, 'default_hooks.checkpoint.save_best': None, **steps}


@pytest.mark.parametrize('norm', ['instance', pytest.param('batch', marks=pytest.mark.long)])
def test_two_processes_and_the_doubled_batch(tmp_path, norm):
    """The same crops of the same pictures, and the same steps; batch norm sees each process's part alone."""
    config, states = write_small_run(tmp_path), []
    for processes in (1, 2):
        plan = Plan(2, 2, 2, processes=processes, batch_size=4 // processes, epoch_batches=2,
                    options=options(norm))
        train(config, plan, tmp_path / str(processes), None, False)
        states.append(load_tensors(tmp_path / str(processes) / 'iter_2.pth')['state_dict'])
    one, two = states
    assert one.keys() == two.keys()
    if norm == 'instance':
        for name, value in one.items():
            torch.testing.assert_close(two[name], value, rtol=1e-4, atol=1e-5)
    else:
        means = [name for name in one if name.endswith('running_mean')]
        assert means and not all(torch.allclose(two[name], one[name], rtol=1e-2, atol=1e-4) for name in means)

"""How pix2pixHD is trained from coarse to fine, and where its styles come from, on pictures of 16 x 16."""
import pytest
import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

from ggtoolbox.engine.hooks.coarse_to_fine import CoarseToFineHook
from ggtoolbox.engine.hooks.feature_clusters import FeatureClusterHook
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

GLOBAL = dict(type='Pix2pixHDGenerator', num_classes=3, channels=4, num_blocks=1, num_downsamplings=1)
ENHANCER = dict(type='LocalEnhancer', num_blocks=1, global_generator=GLOBAL)


@DATASETS.register_module(force=True)
class Squares(torch.utils.data.Dataset):
    """Sample i: one class, one instance, one grey."""

    metainfo = dict(palette=[[0, 0, 0]])
    asked = []

    def __len__(self):
        return 4

    def __getitem__(self, index):
        self.asked.append(index)
        label = torch.full((16, 16), index % 3)
        return dict(label=label, instance=label, target_image=torch.full((3, 16, 16), index / 4 - 0.5),
                    name=str(index))


def run(work_dir, generator, hooks=(), max_epochs=1, encoder=None, **runtime):
    torch.manual_seed(0)
    adam = dict(optimizer=dict(type='Adam', lr=1e-2))
    loader = dict(batch_size=2, num_workers=0, dataset=dict(type='Squares'),
                  sampler=dict(type='DefaultSampler', shuffle=False), collate_fn=dict(type='default_collate'))
    patch = dict(type='PatchDiscriminator', channels=2, num_layers=2)
    runner = Runner.from_cfg(dict(
        default_scope='ggtoolbox', work_dir=str(work_dir), randomness=dict(seed=0), log_level='ERROR',
        model=dict(type='Pix2pixHD', generator=generator, encoder=encoder,
                   discriminator=dict(type='MultiScaleDiscriminator', in_channels=6, discriminator=patch),
                   losses=dict(adversarial=dict(type='GANLoss', mode='least_squares'))),
        train_dataloader=loader, val_dataloader=loader, val_evaluator=dict(type='PSNR'), val_cfg=dict(),
        train_cfg=dict(by_epoch=True, max_epochs=max_epochs, val_interval=100),
        optim_wrapper=dict(constructor='PlayerOptimWrapperConstructor', generator=adam, discriminator=adam),
        default_hooks=dict(checkpoint=dict(type='SafeCheckpointHook', interval=1, by_epoch=True),
                           model_state=dict(type='ModelStateHook')),
        visualizer=dict(type='RunVisualizer', vis_backends=[]),
        experiment_name=f'{work_dir.name}_{max_epochs}', **runtime))
    for hook in hooks:
        runner.register_hook(hook)
    return runner


class Diary(Hook):
    """Copies of the weights at the start and after each epoch."""

    def __init__(self):
        self.pages = []

    def before_train(self, runner):
        self.write(runner)

    def after_train_epoch(self, runner):
        self.write(runner)

    def write(self, runner):
        self.pages.append({name: p.detach().clone() for name, p in runner.model.named_parameters()})

    def moved(self, before, after, prefix):
        names = [name for name in self.pages[0] if name.startswith(prefix)]
        return [name for name in names if not torch.equal(self.pages[before][name], self.pages[after][name])]


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
    work_dir = tmp_path_factory.mktemp('global')
    run(work_dir, GLOBAL).train()
    return str(work_dir / 'epoch_1.pth')


def test_the_enhancer_learns_first_and_then_both(trained, tmp_path):
    diary = Diary()
    hooks = [CoarseToFineHook(trained, fixed_epochs=1), diary]
    run(tmp_path, ENHANCER, hooks, max_epochs=2).train()
    given = torch.load(trained, weights_only=False)['state_dict']
    start = 'generator.global_generator.'
    for name, value in diary.pages[0].items():
        if name.startswith(start):
            assert torch.equal(value, given[name.replace(start, 'generator.')])
    assert diary.moved(0, 1, start) == []
    assert diary.moved(1, 2, start) == [name for name in diary.pages[0] if name.startswith(start)]
    for page in (0, 1):
        assert diary.moved(page, page + 1, 'generator.enhancers.')


def test_a_resumed_training_keeps_its_own_weights(trained, tmp_path):
    run(tmp_path, ENHANCER, [CoarseToFineHook(trained, fixed_epochs=0)]).train()
    diary, last = Diary(), str(tmp_path / 'epoch_1.pth')
    run(tmp_path, ENHANCER, [CoarseToFineHook('nowhere.pth', fixed_epochs=3), diary], max_epochs=2,
        load_from=last, resume=True).train()
    saved = torch.load(last, weights_only=False)['state_dict']
    assert all(torch.equal(value, saved[name]) for name, value in diary.pages[0].items())
    assert diary.moved(0, 1, 'generator.global_generator.') == []  # epoch 1 is still one of the first three


@pytest.mark.parametrize(('channels', 'checkpoint', 'sentence'), [
    (4, 'nowhere.pth', 'nowhere.pth: there is no such checkpoint; train the global generator first'),
    (8, None, 'expected weights of Pix2pixHDGenerator, but the file has another shape')])
def test_a_checkpoint_that_does_not_serve_is_named(trained, tmp_path, channels, checkpoint, sentence):
    generator = dict(ENHANCER, global_generator=dict(GLOBAL, channels=channels))
    with pytest.raises(InputError, match=sentence):
        run(tmp_path, generator, [CoarseToFineHook(checkpoint or trained)]).train()


def encoding(work_dir, **runtime):
    Squares.asked.clear()
    encoder = dict(type='InstanceFeatureEncoder', channels=2, num_downsamplings=1)
    return run(work_dir, dict(GLOBAL, feature_channels=3), [FeatureClusterHook(num_images=3)],
               encoder=encoder, **runtime)


def test_styles_are_found_on_training_data_before_a_validation(tmp_path):
    runner = encoding(tmp_path)
    runner.val()
    assert Squares.asked[:3] == [0, 1, 3]  # evenly spaced, before the validation's own
    clusters = runner.model.clusters
    assert clusters.counts.tolist() == [2, 1, 0]
    with torch.no_grad():
        batch = torch.utils.data.default_collate([Squares()[1]])
        expected = runner.model.eval().encode(batch)[0, :, 0, 0]
    torch.testing.assert_close(clusters.centres[1, 0], expected)


def test_a_test_keeps_the_styles_of_its_checkpoint(tmp_path):
    runner = encoding(tmp_path)
    hook = FeatureClusterHook()
    runner.model.clusters.fit(torch.ones(1, 3), torch.tensor([2]))
    hook.before_test_epoch(runner)
    assert runner.model.clusters.counts.tolist() == [0, 0, 1] and Squares.asked == []
    runner.model.clusters.counts.zero_()
    hook.before_test_epoch(runner)
    assert runner.model.clusters.counts.tolist() == [2, 1, 1] and Squares.asked == [0, 1, 2, 3]

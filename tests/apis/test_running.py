import pytest
from mmengine.config import Config

from ggtoolbox.apis.running import build_runner, use_amp
from ggtoolbox.errors import InputError

ADAM = dict(type='Adam', lr=1e-4)


@pytest.mark.parametrize(('wrapper', 'entries'), [
    (dict(constructor='PlayerOptimWrapperConstructor', generator=dict(optimizer=ADAM),
          discriminator=dict(type='OptimWrapper', optimizer=ADAM)), ('generator', 'discriminator')),
    (dict(type='OptimWrapper', optimizer=ADAM), (None,))])
def test_amp_reaches_every_player_and_one_alone(wrapper, entries):
    cfg = Config(dict(optim_wrapper=wrapper))
    use_amp(cfg)
    found = [cfg.optim_wrapper if name is None else cfg.optim_wrapper[name] for name in entries]
    assert [entry.type for entry in found] == ['BFloat16OptimWrapper'] * len(entries)


def test_amp_leaves_another_wrapper_alone_and_says_so():
    with pytest.raises(InputError, match="holds a 'AmpOptimWrapper' already"):
        use_amp(Config(dict(optim_wrapper=dict(generator=dict(type='AmpOptimWrapper', optimizer=ADAM)))))


def test_a_work_dir_that_is_a_file(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(InputError, match='file: expected a folder to write to, found a file'):
        build_runner(Config(dict(work_dir=str(tmp_path / 'file'))))
    with pytest.raises(InputError, match=r'below: this folder cannot be made \(Not a directory\)'):
        build_runner(Config(dict(work_dir=str(tmp_path / 'file/below'))))

import pytest
from mmengine.config import Config

from ggtoolbox.apis.running import use_amp
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

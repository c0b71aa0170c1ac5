from unittest import mock

from mmengine.config import Config

from ggtoolbox.engine import config_text


def test_a_text_is_formatted_once_and_again_when_the_config_changes():
    cfg = Config(dict(model=dict(type='A', sizes=[1, 2])))
    expected = config_text._format(cfg)
    with mock.patch.object(config_text, '_format', wraps=config_text._format) as formatted:
        assert cfg.pretty_text == Config(dict(model=dict(type='A', sizes=[1, 2]))).pretty_text == expected
        assert cfg.pretty_text == expected and formatted.call_count == 1
        cfg.model.sizes[0] = 7
        assert '7' in cfg.pretty_text and formatted.call_count == 2
        for number in range(20):
            assert str(number) in Config(dict(number=number)).pretty_text
    assert len(config_text._texts) <= 8

"""The example of docs/fine_tuning.md, as a reader copies it; a config in YAML, as on docs/command_line.md."""
from in_process import outcome
from pages import ROOT, blocks, commands, write_files

from ggtoolbox.apis.config import load_config


def test_twenty_photographs(tmp_path):
    page = ROOT / 'docs/fine_tuning.md'
    assert write_files(page, tmp_path) == ['twenty.py']
    _, fill, train, _ = commands(page)
    for option in ('--train', '--val'):
        fill[fill.index(option) + 1] = '4'
    assert outcome(*fill[1:], cwd=tmp_path)[0] == 0
    options = ['train_cfg.max_iters=1', 'train_cfg.val_interval=9', 'train_dataloader.num_workers=0',
               'default_hooks.checkpoint.interval=1']
    code, _, errors = outcome(*train[1:], '--cfg-options', *options, cwd=tmp_path)
    assert code == 0, errors
    log, = (tmp_path / 'work_dirs/twenty').glob('*/*.log')
    assert 'layers are taken class by class: generator.stem' in log.read_text()
    assert 'drawn anew: discriminator' in log.read_text()


def test_a_config_in_yaml(tmp_path):
    text, = (text for language, text in blocks(ROOT / 'docs/command_line.md') if language == 'yaml')
    (tmp_path / 'my.yaml').write_text(text)
    assert load_config(tmp_path / 'my.yaml').train_cfg.max_iters == 2000
    assert load_config(tmp_path / 'my.yaml').model == load_config('gaugan_toyworld-64').model

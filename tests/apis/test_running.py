import pytest
from mmengine.config import Config

from ggtoolbox.apis.running import build_runner
from ggtoolbox.errors import InputError


def test_a_work_dir_that_is_a_file(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(InputError, match='file: expected a folder to write to, found a file'):
        build_runner(Config(dict(work_dir=str(tmp_path / 'file'))))
    with pytest.raises(InputError, match=r'below: this folder cannot be made \(Not a directory\)'):
        build_runner(Config(dict(work_dir=str(tmp_path / 'file/below'))))

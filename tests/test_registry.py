"""Registries: lazy rooms, errors that say which of the usual causes it was."""
import subprocess
import sys
import textwrap

import pytest
from mmengine.registry import MODELS as MMENGINE_MODELS

from ggtoolbox import registry
from ggtoolbox.errors import InputError, UnknownArgumentError, UnknownTypeError
from ggtoolbox.registry import GENERATORS, HOOKS, LOSSES, MODELS, TRANSFORMS, import_custom_modules


def test_importing_the_package_imports_no_network():
    code = 'import sys, ggtoolbox; print([m for m in sys.modules if m.startswith("ggtoolbox.models")])'
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True,
                          check=True).stdout.strip() == '[]'


def test_a_registry_finds_its_room_without_another_import():
    code = ('from ggtoolbox.registry import LOSSES; '
            'print(type(LOSSES.build(dict(type="L1Loss", weight=2.0))).__name__)')
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True,
                          check=True).stdout.strip() == 'L1Loss'


def test_a_room_gives_its_classes_by_name():
    from ggtoolbox.models.losses import L1Loss
    assert L1Loss is LOSSES.get('L1Loss')
    with pytest.raises(ImportError):
        from ggtoolbox.models.losses import NoSuchLoss  # noqa: F401


def test_mmengines_own_components_stay_reachable():
    assert HOOKS.get('EMAHook').__module__.startswith('mmengine')
    assert TRANSFORMS.get('Resize').__module__.startswith('mmcv')


def test_a_class_may_stand_for_its_name():
    from torch import nn
    assert isinstance(GENERATORS.build(dict(type=nn.Identity)), nn.Identity)


def test_misspelt_type_names_the_registry_and_the_nearest():
    with pytest.raises(UnknownTypeError, match="generators registry .*'SPADEGenerater'.*'SPADEGenerator'"):
        GENERATORS.build(dict(type='SPADEGenerater'))


def test_unknown_argument_names_the_nearest():
    with pytest.raises(UnknownArgumentError, match="L1Loss has no argument 'wieght'.*'weight'"):
        LOSSES.build(dict(type='L1Loss', wieght=1.0))


def test_missing_argument_is_named():
    with pytest.raises(UnknownArgumentError, match="SPADEGenerator needs the argument 'num_classes'"):
        GENERATORS.build(dict(type='SPADEGenerator'))


def test_a_config_without_type():
    with pytest.raises(InputError, match="losses: expected a dict with the key 'type'"):
        LOSSES.build(dict(weight=1.0))


def test_registered_in_another_scope():
    MMENGINE_MODELS.register_module(module=type('ElsewhereGenerator', (), {}), force=True)
    with pytest.raises(UnknownTypeError, match="registered in the 'model' registry of scope 'mmengine'"):
        GENERATORS.get('ElsewhereGenerator')


def test_a_broken_file_of_a_room_touches_no_other(tmp_path, monkeypatch):
    room = tmp_path / 'broken_room'
    room.mkdir()
    (room / '__init__.py').write_text('')
    (room / 'good.py').write_text(textwrap.dedent('''
        from tests_room import ROOM
        @ROOM.register_module()
        class Good: pass
    '''))
    (room / 'bad.py').write_text('import a_package_that_is_not_there\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    rooms = registry.Registry('rooms', 'contract', ('broken_room',))
    monkeypatch.setitem(sys.modules, 'tests_room', type(sys)('tests_room'))
    sys.modules['tests_room'].ROOM = rooms
    assert rooms.get('Good').__name__ == 'Good'
    with pytest.raises(UnknownTypeError, match='broken_room.bad.*a_package_that_is_not_there'):
        rooms.get('Bad')


class TestCustomImports:
    """A module from the working folder, and the ways in which that goes wrong."""

    SOURCE = '''
        from torch import nn
        from ggtoolbox.registry import GENERATORS
        @GENERATORS.register_module(force=True)
        class {name}(nn.Module):
            pass
    '''

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setattr(registry, '_custom_import_failures', {})
        self.path = tmp_path

    def write(self, module, name):
        (self.path / f'{module}.py').write_text(textwrap.dedent(self.SOURCE.format(name=name)))

    def test_it_works(self):
        self.write('my_generators', 'MyGenerator')
        import_custom_modules(['my_generators'])
        assert type(GENERATORS.build(dict(type='MyGenerator'))).__name__ == 'MyGenerator'

    def test_never_imported(self):
        self.write('my_forgotten', 'MyForgottenGenerator')
        with pytest.raises(UnknownTypeError, match=r"my_forgotten.py defines it but was never imported.*"
                                                   r"custom_imports=dict\(imports=\['my_forgotten'\]\)"):
            GENERATORS.get('MyForgottenGenerator')

    def test_import_failed_inside(self):
        (self.path / 'my_broken.py').write_text('\nimport no_such_dependency\n')
        with pytest.raises(InputError, match=r"'my_broken' failed in .*my_broken.py, line 2: "
                                             r"ModuleNotFoundError: .*no_such_dependency"):
            import_custom_modules('my_broken')

    def test_allowed_failure_is_told_when_the_type_is_missing(self):
        (self.path / 'my_optional.py').write_text('import no_such_dependency\n')
        import_custom_modules(['my_optional'], allow_failed_imports=True)
        with pytest.raises(UnknownTypeError, match='failed to import: my_optional: .*line 1'):
            GENERATORS.get('MyOptionalGenerator')

    def test_wrong_path(self):
        self.write('my_module', 'AnyGenerator')
        with pytest.raises(InputError, match=r"no module 'my_modul' was found from the working folder .*"
                                             r"did you mean 'my_module'"):
            import_custom_modules('my_modul')

    def test_other_scope(self):
        (self.path / 'my_scope.py').write_text(
            'from mmengine.registry import MODELS\n'
            '@MODELS.register_module(force=True)\nclass MyScopedGenerator:\n    pass\n')
        import_custom_modules('my_scope')
        with pytest.raises(UnknownTypeError, match="'model' registry of scope 'mmengine'; register it with "
                                                   "the decorator of ggtoolbox.registry"):
            GENERATORS.get('MyScopedGenerator')

    def test_misspelt_name(self):
        self.write('my_spelling', 'MySpellingGenerator')
        import_custom_modules('my_spelling')
        with pytest.raises(UnknownTypeError, match="did you mean 'MySpellingGenerator'"):
            GENERATORS.get('MySpelingGenerator')


def test_training_algorithms_are_children_of_mmengines_models():
    assert MMENGINE_MODELS.children['ggtoolbox'] is MODELS

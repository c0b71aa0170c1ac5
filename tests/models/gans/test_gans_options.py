"""Options of the training algorithms: checked by name and by value, defaults of each class."""
import dataclasses
import inspect

import pytest

from ggtoolbox.errors import InputError, UnknownArgumentError
from ggtoolbox.models.gans.options import GANOptions
from ggtoolbox.registry import MODELS, check_arguments

SYSTEMS = {name: cls for name, cls in MODELS.known().items() if cls.__module__.startswith('ggtoolbox')}
TURNS = ('generator', 'discriminator')


def test_a_dict_changes_what_it_names():
    defaults = GANOptions(reuse_fakes=True, norm_at_test='batch')
    options = defaults.changed(dict(discriminator_steps=3, norm_at_test=None, update_order=['generator']))
    assert options == dataclasses.replace(defaults, discriminator_steps=3, update_order=['generator'])
    with pytest.raises(dataclasses.FrozenInstanceError):
        options.reuse_fakes = False


@pytest.mark.parametrize(('options', 'sentence'), [
    (dict(reuse_fake=True), "GAN has no option 'reuse_fake'; did you mean 'reuse_fakes'"),
    (dict(update_order=('discriminater',)), "GAN names 'discriminater'; did you mean 'discriminator'"),
    (dict(update_order=(1,)), 'GAN names 1 .its turns: generator, discriminator'),
    (dict(update_order='generator'), "update_order must be a list of turns, found 'generator'"),
    (dict(update_order=()), 'update_order must be a list of turns'),
    (dict(discriminator_steps=0), 'discriminator_steps must be an integer from 1 on, found 0'),
    (dict(discriminator_steps=-1), 'found -1'), (dict(discriminator_steps=2.0), 'found 2.0'),
    (dict(discriminator_steps=True), 'found True'),
    (dict(reuse_fakes='yes'), "reuse_fakes must be True or False, found 'yes'"),
    (dict(dropout_at_test=1), 'dropout_at_test must be True or False, found 1'),
    (dict(norm_at_test='instance'), "norm_at_test must be 'running' or 'batch', found 'instance'"),
    (dict(init='xavier'), "init must be a dict of arguments of initialise, found 'xavier'"),
    (dict(init=dict(gian=1.0)), "initialise has no argument 'gian'; did you mean 'gain'"),
    (['reuse_fakes'], 'GAN expects a dict')])
def test_nonsense_is_one_sentence(options, sentence):
    with pytest.raises(InputError, match=sentence) as error:
        GANOptions().changed(options, 'GAN', TURNS)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize('name', SYSTEMS)
def test_a_system_names_its_own_arguments_alone(name):
    names = set(inspect.signature(SYSTEMS[name]).parameters)
    assert not names & {option.name for option in dataclasses.fields(GANOptions)}
    assert {'generator', 'losses', 'options'} <= names
    turns = {*SYSTEMS[name].player_networks, *SYSTEMS[name].extra_turns}
    assert set(SYSTEMS[name].default_options.update_order or ()) <= turns


@pytest.mark.parametrize('option', [option.name for option in dataclasses.fields(GANOptions)])
def test_a_key_of_former_configs_says_where_it_lives(option):
    with pytest.raises(UnknownArgumentError) as error:
        check_arguments(SYSTEMS['SCGAN'], {'generator': {}, option: 1}, 'model')
    assert str(error.value) == (f"model: SCGAN has no argument '{option}' of its own: it is "
                                f'model.options.{option}')

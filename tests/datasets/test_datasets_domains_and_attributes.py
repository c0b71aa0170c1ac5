"""ToyWorld's faces as domains, and with another attribute."""
import numpy as np
import pytest

from ggtoolbox.datasets.toyworld.dice import Dice
from ggtoolbox.datasets.toyworld.face import ATTRIBUTES, MALE, changed_face, describe_face
from ggtoolbox.datasets.toyworld_attributes import ToyWorldAttributes
from ggtoolbox.datasets.toyworld_domains import ToyWorldDomains
from ggtoolbox.errors import InputError


def test_one_attribute_is_changed_and_nothing_else_of_the_picture():
    faces, kinds = ToyWorldAttributes(32, length=40, seed=5), set()
    for face in (faces[index] for index in range(12)):
        differing = np.flatnonzero(face['source_attributes'] != face['attributes'])
        names = [ATTRIBUTES[place] for place in differing]
        assert names and (len(names) == 1 or all(name.endswith('_Hair') for name in names))
        kinds.add('hair' if names[0].endswith('_Hair') else names[0])
        changed = (face['source_image'] != face['target_image']).any(-1)
        assert changed.any() and changed[0].mean() < 0.5 and not changed[:, 0].any()
    assert kinds == {'hair', 'Male', 'Young'}


def test_a_changed_face_turned_back_is_the_face_but_for_its_beard():
    for index in range(6):
        who = describe_face(Dice(0, index))
        back = changed_face(changed_face(who, 'Male'), 'Male')
        assert back._replace(**{part: getattr(who, part) for part in MALE}) == who._replace(beard=0.0)
        assert all(getattr(back, part) == pytest.approx(getattr(who, part)) for part in MALE)
        assert changed_face(changed_face(who, 'Young'), 'Young') == who
        assert changed_face(who, 'Blond_Hair').attributes[:3] == (0, 1, 0)


@pytest.mark.parametrize('by', ['sex', 'age', 'hair'])
def test_outputs_of_a_source_follow_one_another_in_other_domains(by):
    faces = ToyWorldDomains(by, 16, length=60, outputs=3)
    for source in range(0, 12, 3):
        row = [faces.draw(source + output) for output in range(3)]
        assert [sample['name'].rpartition('_') for sample in row] == [
            (row[0]['name'].rpartition('_')[0], '_', str(output)) for output in range(3)]
        assert all((sample['source_image'] == row[0]['source_image']).all() for sample in row)
        assert all(sample['domain'] != sample['source_domain'] for sample in row)
        assert not (row[0]['exemplar_image'] == row[1]['exemplar_image']).all()
        for sample in row:
            changed = [ATTRIBUTES[place] for place in np.flatnonzero(
                sample['attributes'] != sample['source_attributes'])]
            may_change = dict(sex={'Male'}, age={'Young'}, hair=set(ATTRIBUTES[:3]))[by]
            assert changed and set(changed) <= may_change
    with pytest.raises(InputError, match='outputs must be from 0 on, found -1'):
        ToyWorldDomains(by, outputs=-1)

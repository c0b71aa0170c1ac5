"""Which fields a model is given, and which of them stand in for others."""
from __future__ import annotations

from typing import Any, NamedTuple

from ggtoolbox.datasets.face_landmarks import FACE_CLASSES
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import TestInputs

# What a model that takes the style of a picture may be given instead of the real one.
STYLES = ('exemplar_image', 'region_styles', 'style')


class Fields(NamedTuple):
    """What a model is given, by the vocabulary's names.

    Attributes:
        required: without which nothing can be generated.
        optional: what it takes as well, or what can stand in for a required field.
        drawn_as: key points -> the field that is drawn from them.
        label_as_guide: whether ``target_guide`` is drawn from ``label``, if this is given instead.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    drawn_as: dict[str, str]
    label_as_guide: bool = False

    def __str__(self) -> str:
        needed = ', '.join(self.required) or 'nothing that must be given'
        return f'{needed} (and takes {", ".join(self.optional)})' if self.optional else needed

    def check(self, given: dict[str, Any], model: str) -> dict[str, Any]:
        """``given``, required fields first.

        Args:
            given: field -> what the user gives.
            model: what the model is called in errors.

        Raises:
            InputError: a field that the model does not read, twice the same, or one too few.
        """
        read = {}
        for field in given:
            if field not in (*self.required, *self.optional):
                raise InputError(f'{model}: it does not read {field}; it reads {self}')
            target = self.drawn_as.get(field, field)
            if target in read or (target != field and target in given):
                raise InputError(f'{model}: {field} is drawn as {target}, so that only one of them '
                                 'can be given')
            read[target] = field
        missing = [field for field in self.required if field not in read
                   and not (field == 'target_guide' and self.label_as_guide and 'label' in given)
                   and not (field == 'target_image' and 'style_shares' not in read
                            and set(STYLES) & {*read} & {*self.optional})]
        if missing:
            raise InputError(f'{model}: it needs {", ".join(missing)}, found '
                             f'{", ".join(given) or "nothing"}; it reads {self}')
        ordered = dict.fromkeys((*(field for field in self.required if field in read), *read))
        return {read[target]: given[read[target]] for target in ordered}


def fields_of(inputs: TestInputs, metainfo: dict) -> Fields:
    """What a user gives to a model that reads ``inputs``, trained on data of ``metainfo``."""
    required = [field for field in inputs.required if field != 'edge']
    optional = [field for field in inputs.optional if field != 'instance_features']
    if 'label' in required:
        if 'instance' in required or 'edge' in inputs.required:
            optional.insert(0, 'instance')
        required = [field for field in required if field != 'instance']
    elif 'edge' in inputs.required and 'instance' not in required:
        required.append('instance')
    label_as_guide = 'guide_palette' in metainfo and 'target_guide' in required
    if label_as_guide and 'label' not in required:
        optional.append('label')
    drawn_as = {}
    guide_is_label_map = label_as_guide or 'label' in required
    if 'target_guide' in required and not guide_is_label_map:
        drawn_as['keypoints'] = 'target_guide'
    elif 'label' in required and 'target_guide' not in required and metainfo.get('classes') == FACE_CLASSES:
        drawn_as['keypoints'] = 'label'
    if 'source_guide' in required:
        drawn_as['source_keypoints'] = 'source_guide'
    return Fields(tuple(required), (*optional, *drawn_as), drawn_as, label_as_guide)

"""What is on the canvas, as the page's JavaScript and Python hand it to each other."""
from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ggtoolbox.errors import InputError

Size = tuple[int, int]
LONGEST_TEXT = 4_000_000  # characters; a drawing of 1024 x 1024 classes has 1.4 million


def png(image: NDArray[np.uint8], palette: Sequence[Sequence[int]] | None = None) -> bytes:
    """A PNG file of (H, W, 3) RGB, or of (H, W) indices that ``palette`` colours."""
    picture, file = Image.fromarray(image), io.BytesIO()
    if palette is not None:
        picture.putpalette(np.asarray(palette, np.uint8).tobytes())
    picture.save(file, 'PNG')
    return file.getvalue()


def data_url(image: NDArray[np.uint8]) -> str:
    """(H, W, 3) RGB as the address of a picture that needs no request."""
    return 'data:image/png;base64,' + base64.b64encode(png(image)).decode()


def _parse(text: str, kind: str, size: Size) -> dict:
    """The object of a drawing that came back from a browser, which may have sent anything."""
    try:
        if len(text) > LONGEST_TEXT:
            raise ValueError(f'{len(text)} characters')
        value = json.loads(text)
        if (value['kind'], value['height'], value['width']) != (kind, *size):
            raise ValueError(f"{value['kind']} of {value['height']} x {value['width']}")
    except (TypeError, KeyError, ValueError, RecursionError) as error:
        raise InputError(f'canvas: expected {kind} of {size[0]} x {size[1]} pixels, found '
                         f'{type(text).__name__} ({error})') from error
    return value


def layout_of(text: str | None) -> dict | None:
    """The layout of a drawing; None for what is no drawing."""
    try:
        return json.loads(text)['layout']
    except (TypeError, KeyError, ValueError, RecursionError):
        return None


class Labels(NamedTuple):
    """How label maps are painted.

    Attributes:
        size: (H, W).
        classes: their names.
        palette: (R, G, B) of each.
    """

    size: Size
    classes: Sequence[str]
    palette: Sequence[Sequence[int]]

    @property
    def layout(self) -> dict:
        """What there is to paint with."""
        return dict(size=list(self.size), classes=[dict(name=name, colour=list(map(int, colour)))
                                                   for name, colour in zip(self.classes, self.palette)])

    def show(self, label: NDArray) -> str:
        """(H, W) of class ids as the canvas takes it."""
        return json.dumps(dict(kind='labels', height=self.size[0], width=self.size[1], layout=self.layout,
                               labels=base64.b64encode(label.astype(np.uint8).tobytes()).decode()))

    def read(self, text: str) -> NDArray[np.uint8]:
        """(H, W) of class ids back from the canvas.

        Raises:
            InputError: another size, or ids that are no class.
        """
        try:
            label = np.frombuffer(base64.b64decode(_parse(text, 'labels', self.size)['labels']), np.uint8)
            label = label.reshape(self.size).copy()
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f'canvas: expected {self.size[0]} x {self.size[1]} class ids '
                             f'({error})') from error
        if label.max() >= len(self.classes):
            raise InputError(f'canvas: class id {label.max()} was found, expected 0..{len(self.classes) - 1}')
        return label


class Points(NamedTuple):
    """How joints or landmarks are dragged.

    Attributes:
        size: (H, W).
        names: of the points.
        bones: pairs of points between which a line is drawn.
        reach: in pixels, how far off points move along with the one that is dragged; 0 = none.
        complete: whether all must be visible.
    """

    size: Size
    names: Sequence[str]
    bones: Sequence[tuple[int, int]]
    reach: int = 0
    complete: bool = False

    @property
    def layout(self) -> dict:
        """What there is to drag."""
        return dict(size=list(self.size), names=list(self.names), bones=list(map(list, self.bones)),
                    reach=self.reach, complete=self.complete)

    def show(self, keypoints: NDArray, backdrop: NDArray[np.uint8] | None = None) -> str:
        """(J, 3) key points, over a picture (H, W, 3) if there is one, as the canvas takes them."""
        return json.dumps(dict(kind='points', height=self.size[0], width=self.size[1], layout=self.layout,
                               points=np.asarray(keypoints, float).round(2).tolist(),
                               backdrop=None if backdrop is None else data_url(backdrop)))

    def read(self, text: str) -> NDArray[np.float32]:
        """(J, 3) key points back from the canvas: x, y in pixels and visibility; (-1, -1, 0) where hidden.

        Raises:
            InputError: another number of points, or some that are not finite or not in the picture.
        """
        value = _parse(text, 'points', self.size)
        try:
            keypoints = np.array(value['points'], np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f'canvas: expected a list of points ({error})') from error
        if keypoints.shape != (len(self.names), 3):
            raise InputError(f'canvas: expected {len(self.names)} points (x, y, visibility), found shape '
                             f'{keypoints.shape}')
        seen = keypoints[:, 2] > 0
        if self.complete and not seen.all():
            raise InputError(f'canvas: all {len(self.names)} points are needed, found {seen.sum()}')
        inside = (keypoints[:, :2] >= 0) & (keypoints[:, :2] < self.size[::-1])
        if not inside[seen].all():
            raise InputError('canvas: a point lies outside of the picture of '
                             f'{self.size[1]} x {self.size[0]} pixels')
        return np.where(seen[:, None], keypoints, np.float32((-1, -1, 0)))


def label_map_png(text: str) -> str:
    """A painted label map as a PNG in base64: its pixels are class ids, shown in the palette's colours.

    Raises:
        InputError: no drawing of labels.
    """
    try:
        value = json.loads(text)
        classes = value['layout']['classes']
        labels = Labels((value['height'], value['width']), [entry['name'] for entry in classes],
                        [entry['colour'] for entry in classes])
    except (TypeError, KeyError, ValueError, RecursionError) as error:
        raise InputError(f'canvas: expected a drawing of labels ({error})') from error
    return base64.b64encode(png(labels.read(text), labels.palette)).decode()

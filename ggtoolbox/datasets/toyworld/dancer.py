"""A dancer of ToyWorld: it hits a pose on every beat, which one the melody says."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .dice import Dice
from .dressing import View
from .figure import Figure, draw_figure
from .music import Music, describe_music
from .person import Identity, Skeleton, Stance, describe_identity, pose
from .room import Room, describe_room, painted_room

# Which joint each hangs from; the neck comes first. Places 18 to 20 are the head and the tips of the shoes.
_PARENTS = {1: None, 2: 1, 3: 2, 4: 3, 5: 1, 6: 5, 7: 6, 8: 1, 9: 8, 10: 9, 11: 1, 12: 11, 13: 12, 18: 1,
            0: 18, 14: 18, 15: 18, 16: 18, 17: 18, 19: 10, 20: 13}
_ANKLES, _HEAD, _TOES = (10, 13), 18, (19, 20)
STANDING = Stance(0.0, 0.0, (0.0, 0.0), (0.0, 0.0), (8.0, 8.0), (0.0, 0.0), (0.0, 0.0), 2.0, 0.0)
LATE = 0.5  # frames by which a pose is hit behind its beat, so that the slowest step begins with it
SWAY = 0.035  # to the left and to the right from beat to beat, in heights of the picture


class Style(NamedTuple):
    """A kind of dance.

    Attributes:
        poses: one for each of the melody's notes, in degrees: right and left arm (forwards, elbow, spread),
            right and left leg (forwards, knee), stride, lean.
        hold: share of a beat that passes before it moves on: 0 is flowing, near 1 is jerky.
    """

    poses: tuple[tuple, ...]
    hold: float


STYLES = (
    Style((((8, 20, 12), (8, 20, 12), (0, 5), (0, 5), 6, 2),
           ((5, 10, 140), (10, 60, 15), (0, 12), (0, 12), 12, 0),
           ((80, 20, 10), (5, 10, 125), (18, 25), (-6, 8), 8, 3),
           ((60, 80, 8), (70, 70, 8), (4, 30), (4, 30), 10, 6)), hold=0.2),
    Style((((5, 5, 62), (5, 5, 62), (0, 3), (0, 3), 2, 0),
           ((5, 5, 160), (5, 5, 160), (0, 3), (0, 3), 2, -2),
           ((5, 5, 160), (5, 5, 70), (45, 8), (-4, 4), 4, -3),
           ((60, 10, 10), (5, 5, 75), (-4, 4), (40, 60), 4, 4)), hold=0.0),
    Style((((-15, 80, 16), (-15, 80, 16), (0, 8), (0, 8), 8, 4),
           ((90, 5, 10), (0, 90, 12), (0, 20), (0, 20), 10, 2),
           ((0, 90, 12), (90, 5, 10), (10, 30), (-5, 10), 10, 2),
           ((5, 5, 85), (5, 5, 85), (0, 8), (0, 8), 14, 0)), hold=0.45),
)


class Dance(NamedTuple):
    """A dancer and its music.

    Attributes:
        music: what it dances to.
        identity, room: who and where.
        amplitude: how far it moves, 1 = as its style says.
        heading: in degrees; 0 is towards the camera.
        view: where it stands.
    """

    music: Music
    identity: Identity
    room: Room
    amplitude: float
    heading: float
    view: View


def describe_dance(seed: int, index: int, kind: int | None = None, beat: int | None = None,
                   music_index: int | None = None) -> Dance:
    """Dance ``index`` of world ``seed``; kind and beat as in :func:`~.music.describe_music`.

    Args:
        music_index: the dance whose music is played; None for its own.
    """
    dice = Dice(seed, index)
    music = describe_music(dice, kind, beat)
    if music_index is not None:
        music = describe_music(Dice(seed, music_index), kind, beat)
    identity, room = describe_identity(dice), describe_room(dice)
    return Dance(music, identity, room, dice.between(0.75, 1.1), dice.between(-14, 14),
                 View(dice.between(0.8, 0.86), dice.between(-0.02, 0.02), dice.between(0.955, 0.985)))


def skeletons_of(dance: Dance, frames: int, start: int = 0) -> list[Skeleton]:
    """Where the joints are in frames ``start``, ``start + 1``, ..."""
    body = _key_pose(dance, 0)
    return [Skeleton(joints[:_HEAD], *body[1:4], joints[_HEAD], joints[_HEAD + 1:])
            for joints in (tuple(map(tuple, row)) for row in _places(dance, frames, start).tolist())]


def motion_of(dance: Dance, frames: int, start: int = 0) -> NDArray[np.float32]:
    """(F, 18, 2): x and y in [-1, 1] of a frame of 16:9."""
    across, down = dance.view.project(_places(dance, frames, start)[:, :_HEAD].transpose(2, 0, 1))
    return np.stack([across * (2 * 9 / 16), down * 2 - 1], axis=-1).astype(np.float32)


def _places(dance: Dance, frames: int, start: int) -> NDArray[np.float64]:
    """(F, 21, 3): joints, head and toes of each frame, on their way from pose to pose."""
    music, hold = dance.music, STYLES[dance.music.kind].hold
    beats, shares = np.divmod((np.arange(start, start + frames) - LATE - music.first) / music.beat, 1)
    beats = beats.astype(int)
    keys = {beat: _places_of(_key_pose(dance, beat)) for beat in range(beats.min(), beats.max() + 2)}
    moved = np.clip((shares - hold * 0.5) / (1 - hold), 0.0, 1.0)
    eased = moved * moved * (3 - 2 * moved)
    sway = np.where(beats % 2, SWAY, -SWAY) * (2 * eased - 1)
    first, second = (np.stack([keys[beat + later] for beat in beats]) for later in (0, 1))
    return _between(first, second, eased[:, None], sway)


def _places_of(skeleton: Skeleton) -> NDArray[np.float64]:
    return np.array([*skeleton.joints, skeleton.head, *skeleton.toes])


def _key_pose(dance: Dance, beat: int) -> Skeleton:
    chosen = STYLES[dance.music.kind].poses[dance.music.note(beat)]
    (right_arm, left_arm, right_leg, left_leg, stride, lean), far = chosen, dance.amplitude
    arms, elbows, spread = zip(*((a * far, e, s if s < 20 else max(62.0, s * far) if s > 60 else s)
                                 for a, e, s in (right_arm, left_arm)))
    legs, knees = zip(*((a * far, k * far) for a, k in (right_leg, left_leg)))
    return pose(dance.identity, STANDING._replace(heading=dance.heading, lean=lean, arms=arms, elbows=elbows,
                                                  spread=spread, legs=legs, knees=knees, stride=stride * far))


def _between(first: NDArray, second: NDArray, share: NDArray, sway: NDArray) -> NDArray[np.float64]:
    """Bones turned part of the way from one skeleton's to another's, as long as they are, feet on the ground:
    (F, 21, 3) from two of these."""
    places = np.empty_like(first)
    for joint, parent in _PARENTS.items():
        if parent is None:
            places[:, joint] = first[:, joint] + share * (second[:, joint] - first[:, joint])
            continue
        ends = [end[:, joint] - end[:, parent] for end in (first, second)]
        lengths, bone = [_length(bone) for bone in ends], ends[0] + share * (ends[1] - ends[0])
        wanted, length = lengths[0] + share * (lengths[1] - lengths[0]), _length(bone)
        places[:, joint] = places[:, parent] + wanted / np.where(length, length, 1.0) * bone
    places[..., 0] += sway[:, None]
    places[..., 1] += 1.0 - 0.035 - places[:, _ANKLES, 1].max(axis=1, keepdims=True)
    return places


def _length(bones: NDArray) -> NDArray:
    return np.sqrt((bones * bones).sum(axis=-1, keepdims=True))


def draw_frames(dance: Dance, frames: int, height: int, width: int, seed: int, start: int = 0
                ) -> NDArray[np.uint8]:
    """(F, height, width, 3): the dancer in its room.

    Args:
        seed: of the patterns.
    """
    stance, empty = STANDING._replace(heading=dance.heading), painted_room(dance.room, seed, height, width)
    return np.stack([
        draw_figure(Figure(dance.identity, stance, skeleton, dance.view, ()), empty.copy(), seed)
        for skeleton in skeletons_of(dance, frames, start)])

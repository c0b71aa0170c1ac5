"""A street as a camera on the road sees it."""
from __future__ import annotations

import numpy as np

from .cameras import StreetCamera
from .dice import Dice, pattern_seed
from .drawing import FACING, SKY, Canvas, surface_part
from .ground import paint_ground
from .materials import linear
from .scene import FAR, Building, Street, describe_street
from .shading import Picture, shade
from .street_classes import BUILDING, CLOUD, SKY_ID, SUN, WINDOW
from .things import DRAWERS, SHADOWS
from .view import View

OVERSAMPLING = 2
SHADOWS_UP_TO = 32.0  # metres; further off they are too small to see
CLOUD_WHITE = (0.92, 0.93, 0.95)


def draw_sky(view: View) -> None:
    """The sky, its sun where it is in view, and clouds."""
    light, camera = view.street.light, view.camera
    view.add(surface_part(SKY_ID, light.zenith, SKY, material='plain', emission=1.0))
    if light.strength and light.sun[2] > 0.05:
        scale = camera.focal / light.sun[2]
        x, y = camera.vanish + scale * light.sun[0], camera.horizon - scale * light.sun[1]
        sun = surface_part(SUN, (1.0, 0.95, 0.72), FACING, 0.5, emission=1.0)
        view.canvas.ellipse(x, y, 0.035, 0.035, view.add(sun))
    white = surface_part(CLOUD, CLOUD_WHITE, SKY, material='plain', emission=0.4)
    for cloud in view.street.clouds:
        for x, y, radius_x, radius_y in cloud.balls:
            view.canvas.ball(white, x, camera.horizon - y, radius_x, radius_y)


def draw_skyline(view: View) -> None:
    """Buildings at the far end."""
    for x, width, height in view.street.skyline:
        part = view.add(surface_part(BUILDING, linear(140, 136, 140), FACING, FAR,
                                     view.next_instance(), material='panel'))
        left, top = view.project(x, height, FAR)
        right, bottom = view.project(x + width, 0, FAR)
        view.canvas.rectangle(left, top, right, bottom, part)


def draw_ground(view: View) -> None:
    """What lies below the horizon."""
    camera, canvas = view.camera, view.canvas
    first = int(np.searchsorted(canvas.ys, camera.horizon + 1e-3))
    depth = camera.focal * camera.height / (canvas.ys[first:, None] - camera.horizon)
    x = camera.x + (canvas.xs - camera.vanish) * (depth / camera.focal)
    paint_ground(view, x, depth, first, sharp=depth < 0.12 * camera.focal * canvas.size[0])


def describe_scene(seed: int, index: int) -> tuple[Street, StreetCamera]:
    """What scene ``index`` of world ``seed`` holds, and the camera that stands in it."""
    dice = Dice(seed, index)
    street = describe_street(dice)
    return street, StreetCamera(street.road * dice.between(-0.1, 0.55), dice.between(1.8, 2.9),
                                dice.between(0.75, 1.0), dice.between(-0.12, 0.12),
                                dice.between(0.40, 0.52))


def draw_street(seed: int, index: int, height: int, width: int) -> Picture:
    """Scene ``index`` of world ``seed`` as a picture of height x width pixels.

    The scene is drawn from ``(seed, index)`` alone and laid out relative to the height: another
    height shows the same view in another resolution, another width more or less of its sides.
    """
    street, camera = describe_scene(seed, index)
    canvas = Canvas(height * OVERSAMPLING, width * OVERSAMPLING)
    view = View(street, camera, canvas)
    for backdrop in (draw_sky, draw_skyline, draw_ground):
        backdrop(view)
    things = [*street.houses, *street.items]
    for thing in things:
        if isinstance(thing, Building) or thing.z < SHADOWS_UP_TO:
            SHADOWS[type(thing)](view, thing)
    for thing in things:
        if isinstance(thing, Building) or view.sees(thing):
            DRAWERS[type(thing)](view, thing)
    return shade(canvas, camera, street.light, WINDOW, pattern_seed(seed, index), OVERSAMPLING)

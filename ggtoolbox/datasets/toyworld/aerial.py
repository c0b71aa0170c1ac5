"""A street as a camera high above it sees it: the same description, drawn from above."""
from __future__ import annotations

import numpy as np

from .cameras import AerialCamera
from .dice import pattern_seed
from .drawing import ALONG, CONTACT, FACING, LEVEL, Canvas, surface_part
from .ground import paint_ground
from .materials import BARK, GLASS, PAINTED_LINE, STEEL, linear
from .scene import Building, Car, Lamp, Person, Sign, Street, Tree
from .shading import Picture, shade
from .street import OVERSAMPLING, describe_scene
from .street_classes import BUILDING, CAR, FOLIAGE, PERSON, POLE, ROOF, SIGN, TRUNK, WINDOW
from .things import shade_car, shade_upright
from .view import View

ALTITUDE = 48.0  # metres
EXTENT = 46.0  # metres of ground that the picture's height covers, from where the street's camera stands
UP = (0.0, 1.0, 0.0)
PARAPET = 0.7  # metres
GRAVEL = linear(150, 146, 140)


class AerialView(View):
    """One drawing of a street from above."""

    @property
    def pixel(self) -> float:
        """Metres that a canvas pixel covers on the ground."""
        return EXTENT / self.canvas.size[0]

    def disc(self, x: float, z: float, radius: float, bits: int) -> None:
        """A round shadow on the ground."""
        scale = self.camera.focal / self.camera.height
        self.canvas.shade_ellipse(*self.project(x, 0, z), radius * scale, radius * scale, bits)

    def contact(self, x: float, z: float, radius: float) -> None:
        self.disc(x, z, radius, CONTACT)

    def level(self, part: int, left: float, right: float, near: float, far: float, y: float) -> None:
        """A level rectangle at height y."""
        (x0, y0), (x1, y1) = self.project(left, y, far), self.project(right, y, near)
        self.canvas.rectangle(x0, y0, x1, y1, part)

    def bar(self, part: int, start: tuple[float, float, float], end: tuple[float, float, float],
            half: float) -> None:
        """Something thin from ``start`` to ``end``, at least as wide as 1.2 canvas pixels."""
        (x0, y0), (x1, y1) = self.project(*start), self.project(*end)
        half = max(half * self.camera.focal / self.camera.height, 0.6 / self.canvas.size[0])
        length = np.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
        if length:
            across, down = half * (y1 - y0) / length, half * (x1 - x0) / length
            self.canvas.polygon([(x0 - across, y0 + down), (x0 + across, y0 - down),
                                 (x1 + across, y1 - down), (x1 - across, y1 + down)], part)


def draw_building(view: AerialView, house: Building) -> None:
    """The walls that face the picture's middle, and the roof."""
    camera, side, instance = view.camera, 1 if house.x > 0 else -1, view.next_instance()
    x, near, far, top = house.x, house.near, house.far, house.height
    back, (material, colour) = x + side * house.depth, house.wall
    left, right = min(x, back), max(x, back)
    middle, ridge = (x + back) / 2, top + house.roof
    windows = house.bay, house.storey, top - 0.7
    gable = near if near > camera.z else far if far < camera.z else None
    if gable is not None:
        wall = view.add(surface_part(
            BUILDING, colour, FACING, gable, instance, (0.0, 0.0, -1.0 if gable == near else 1.0),
            material, 0.0, left, *windows))
        view.quad(wall, (left, 0, gable), (right, 0, gable), (right, top, gable), (left, top, gable))
        if house.roof:
            view.quad(wall, (left, top, gable), (right, top, gable), (middle, ridge, gable))
    front = view.add(surface_part(BUILDING, colour, ALONG, x, instance, (-side, 0.0, 0.0), material,
                                  0.0, near, *windows))
    view.quad(front, (x, 0, near), (x, 0, far), (x, top, far), (x, top, near))
    if house.roof:
        for edge, slope in ((back, 0.5 * side), (x, -0.5 * side)):
            tiles = view.add(surface_part(ROOF, house.roof_colour, LEVEL, top + house.roof / 2, instance,
                                          (slope, 0.86, 0.0), 'tile'))
            view.quad(tiles, (edge, top, near), (edge, top, far), (middle, ridge, far),
                      (middle, ridge, near))
        return
    rim = view.add(surface_part(BUILDING, colour, LEVEL, top, instance, UP, material))
    flat = view.add(surface_part(ROOF, GRAVEL, LEVEL, top, instance, UP, 'slab'))
    view.level(rim, left, right, near, far, top)
    view.level(flat, left + PARAPET, right - PARAPET, near + PARAPET, far - PARAPET, top)
    shaft = view.add(surface_part(ROOF, linear(104, 104, 106), LEVEL, top, instance, UP, 'panel'))
    view.level(shaft, middle - 1.2, middle + 1.2, near + 2.5, near + 5, top)


def shade_building(view: AerialView, house: Building) -> None:
    """What its front wall throws on the street, or all four walls on what lies behind."""
    if not view.street.light.strength:
        return
    top, side = house.height, 1 if house.x > 0 else -1
    back = house.x + side * house.depth
    corners = [(house.x, house.near), (house.x, house.far), (back, house.far), (back, house.near)]
    towards_street = house.x * view.shadow_x < 0
    for (x0, z0), (x1, z1) in list(zip(corners, corners[1:] + corners[:1]))[:1 if towards_street else 4]:
        view.canvas.shade_polygon([view.project(x, 0, z) for x, z in (
            (x0, z0), (x1, z1), (x1 + top * view.shadow_x, z1 + top * view.shadow_z),
            (x0 + top * view.shadow_x, z0 + top * view.shadow_z))])


def draw_tree(view: AerialView, tree: Tree) -> None:
    """The crown's balls, here also spread along the street, and what is seen of the trunk."""
    instance, middle = view.next_instance(), tree.trunk + 0.75 * tree.radius
    if tree.trunk:
        bark = view.add(surface_part(TRUNK, BARK, FACING, tree.z, instance, material='bark'))
        view.bar(bark, (tree.x, 0, tree.z), (tree.x, middle, tree.z), 0.13)
    shifts = [ball[0] for ball in tree.balls]
    balls = sorted(zip(tree.balls, shifts[1:] + shifts[:1]), key=lambda ball: ball[0][1])
    for (dx, dy, radius), dz in balls:
        y = middle + dy
        size = radius * view.camera.focal / (view.camera.height - y)
        leaves = surface_part(FOLIAGE, tree.colour, LEVEL, y, instance, UP, 'leaf')
        view.canvas.ball(leaves, *view.project(tree.x + dx, y, tree.z + dz), size, size)


def shade_tree(view: AerialView, tree: Tree) -> None:
    """Shadows of trunk and crown, and what lies below."""
    middle = tree.trunk + 0.75 * tree.radius
    view.shadow_of(tree.x, tree.z, 0.13, middle)
    if view.street.light.strength:
        view.disc(tree.x + middle * view.shadow_x, tree.z + middle * view.shadow_z, 1.2 * tree.radius, 1)
    view.contact(tree.x, tree.z, 0.3 if tree.trunk else tree.radius)


def draw_car(view: AerialView, car: Car) -> None:
    """Body, panes all around the cabin, and its roof."""
    instance, near, far = view.next_instance(), car.z, car.z + car.length
    waist, top = 0.56 * car.height, car.height
    start, end = near + 0.25 * car.length, far - 0.08 * car.length
    if car.facing > 0:
        start, end = near + 0.08 * car.length, far - 0.25 * car.length
    part = lambda label, colour, y: view.add(surface_part(label, colour, LEVEL, y, instance, UP))
    body = part(CAR, car.colour, waist)
    view.level(body, car.x - 0.86, car.x + 0.86, near, far, waist)
    view.level(part(WINDOW, GLASS, waist), car.x - 0.78, car.x + 0.78, start, end, waist)
    view.level(body, car.x - 0.72, car.x + 0.72, start + 0.55, end - 0.45, top)


def draw_person(view: AerialView, person: Person) -> None:
    """Shoulders and head."""
    instance, (x, z, h) = view.next_instance(), (person.x, person.z, person.height)
    part = lambda colour, y: surface_part(PERSON, colour, LEVEL, y, instance, UP, 'cloth')
    for colour, y, wide, deep in ((person.shirt, 0.8 * h, 0.16 * h, 0.1 * h),
                                  (person.skin, 0.8 * h, 0.1 * h, 0.11 * h),
                                  (person.hair, 0.95 * h, 0.075 * h, 0.085 * h)):
        scale = view.camera.focal / (view.camera.height - y)
        least = 0.7 / view.canvas.size[0] if colour is person.shirt else 0.0
        view.canvas.ball(part(colour, y), *view.project(x, y, z), max(wide * scale, least),
                         max(deep * scale, least))


def draw_lamp(view: AerialView, lamp: Lamp) -> None:
    """The leaning post, the arm over the road and the light."""
    steel = surface_part(POLE, STEEL, LEVEL, lamp.height, view.next_instance(), UP)
    reach = lamp.x - (1.3 if lamp.x > 0 else -1.3)
    pole = view.add(steel)
    view.bar(pole, (lamp.x, 0, lamp.z), (lamp.x, lamp.height, lamp.z), 0.06)
    view.bar(pole, (lamp.x, lamp.height, lamp.z), (reach, lamp.height, lamp.z), 0.07)
    glow = 0.9 if view.street.light.lit_windows > 0.25 else 0.1
    light = view.add(steel._replace(red=0.95, green=0.86, blue=0.6, emission=glow))
    half = max(0.15, 0.6 * view.pixel)
    view.level(light, reach - 0.28, reach + 0.28, lamp.z - half, lamp.z + half, lamp.height)


def draw_sign(view: AerialView, sign: Sign) -> None:
    """The upper edge of the plate, and the white of its back rim."""
    (x, z, y), instance = (sign.x, sign.z, sign.height), view.next_instance()
    post = view.add(surface_part(POLE, STEEL, LEVEL, y, instance, UP))
    view.bar(post, (x, 0, z), (x, y, z), 0.045)
    plate = view.add(surface_part(SIGN, sign.colour, LEVEL, y, instance, UP))
    view.bar(plate, (x - 0.42, y, z), (x + 0.42, y, z), 0.08)
    rim = view.add(surface_part(SIGN, PAINTED_LINE, LEVEL, y, instance, UP))
    view.level(rim, x - 0.42, x + 0.42, z + 0.06, z + 0.1, y)


DRAWERS = {Building: draw_building, Tree: draw_tree, Car: draw_car, Person: draw_person,
           Lamp: draw_lamp, Sign: draw_sign}
SHADOWS = {Building: shade_building, Tree: shade_tree, Car: shade_car, Person: shade_upright,
           Lamp: shade_upright, Sign: shade_upright}


def paint_order(street: Street, camera: AerialCamera) -> list[Building | Tree | Car | Person | Lamp | Sign]:
    """What is low first; then from the picture's rim inwards, since what is high leans outwards."""
    def key(thing: Building | Tree | Car | Person | Lamp | Sign) -> tuple[bool, float]:
        if isinstance(thing, Building):
            ahead = max(thing.near - camera.z, camera.z - thing.far, 0.0)
        else:
            ahead = thing.z - camera.z
        aside = thing.x - camera.x
        return not isinstance(thing, Car | Person), -(aside * aside + ahead * ahead)
    return sorted([*street.houses, *street.items], key=key)


def draw_aerial(seed: int, index: int, height: int, width: int) -> Picture:
    """Scene ``index`` of world ``seed`` from above, as a picture of height x width pixels.

    The street runs upwards through the picture's middle and begins at its lower edge, where the
    camera of :func:`~.street.draw_street` stands. Another height shows the same view in another
    resolution, another width more or less of its sides.
    """
    street, _ = describe_scene(seed, index)
    camera = AerialCamera(0.0, EXTENT / 2, ALTITUDE, ALTITUDE / EXTENT)
    canvas = Canvas(height * OVERSAMPLING, width * OVERSAMPLING)
    view = AerialView(street, camera, canvas)
    paint_ground(view, canvas.xs[None] * EXTENT, camera.z + (0.5 - canvas.ys[:, None]) * EXTENT,
                 finest=2 * view.pixel)
    things = [thing for thing in paint_order(street, camera)
              if (thing.near if isinstance(thing, Building) else thing.z - 4) < EXTENT]
    for thing in things:
        SHADOWS[type(thing)](view, thing)
    for thing in things:
        DRAWERS[type(thing)](view, thing)
    return shade(canvas, camera, street.light, WINDOW, pattern_seed(seed, index), OVERSAMPLING)

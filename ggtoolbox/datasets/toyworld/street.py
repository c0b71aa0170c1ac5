"""A street as a camera on the road sees it."""
from __future__ import annotations

import numpy as np

from .dice import Dice
from .drawing import ALONG, CAST, CONTACT, FACING, GROUND, SKY, Camera, Canvas, Part, surface_part
from .materials import (
    ASPHALT,
    BARK,
    GLASS,
    LAWN,
    PAINTED_LINE,
    RUBBER,
    SLABS,
    STEEL,
    linear,
)
from .scene import FAR, Building, Car, Lamp, Person, Sign, Street, Tree, describe_street
from .shading import Picture, shade

CLASSES = ('sky', 'cloud', 'sun', 'building', 'roof', 'window', 'road', 'lane marking', 'pavement',
           'grass', 'trunk', 'foliage', 'car', 'wheel', 'person', 'pole', 'traffic sign')
PALETTE = ((120, 180, 235), (235, 240, 250), (255, 225, 60), (130, 90, 80), (190, 70, 50),
           (60, 90, 130), (110, 100, 115), (250, 250, 250), (225, 130, 200), (120, 200, 80),
           (120, 80, 30), (30, 120, 40), (20, 50, 170), (0, 0, 40), (225, 20, 60), (160, 160, 165),
           (250, 170, 30))
(SKY_ID, CLOUD, SUN, BUILDING, ROOF, WINDOW, ROAD, MARKING, PAVEMENT, GRASS, TRUNK, FOLIAGE, CAR, WHEEL,
 PERSON, POLE, SIGN) = range(len(CLASSES))
OVERSAMPLING = 2
SHADOWS_UP_TO = 32.0  # metres; further off they are too small to see
FIRST_INSTANCE = 32  # below it, an instance id is a class id
AWAY = (0.0, 0.0, -1.0)  # the normal of what faces the camera
TAIL, HEADLIGHT, CLOUD_WHITE = linear(230, 20, 20), linear(255, 246, 214), (0.92, 0.93, 0.95)


class _View:
    """One drawing of a street."""

    def __init__(self, street: Street, camera: Camera, canvas: Canvas) -> None:
        self.street, self.camera, self.canvas = street, camera, canvas
        self.instances = FIRST_INSTANCE
        self.add, self.project = canvas.add, camera.project
        sun_x, sun_y, sun_z = street.light.sun
        self.shadow_x, self.shadow_z = -sun_x / sun_y, -sun_z / sun_y  # metres per metre of height

    def sees(self, thing: Tree | Car | Person | Lamp | Sign) -> bool:
        x, _ = self.project(thing.x, 0, thing.z)
        return self.canvas.sees(x, 2.5 * self.camera.focal / thing.z)

    def next_instance(self) -> int:
        self.instances += 1
        return self.instances - 1

    # Far away -------------------------------------------------------------------------------------
    def sky(self) -> None:
        light, camera = self.street.light, self.camera
        self.add(surface_part(SKY_ID, light.zenith, SKY, material='plain', emission=1.0))
        if light.strength and light.sun[2] > 0.05:
            x, y = camera.vanish + camera.focal * light.sun[0] / light.sun[2], \
                camera.horizon - camera.focal * light.sun[1] / light.sun[2]
            sun = surface_part(SUN, (1.0, 0.95, 0.72), FACING, 0.5, emission=1.0)
            self.canvas.ellipse(x, y, 0.035, 0.035, self.add(sun))
        white = surface_part(CLOUD, CLOUD_WHITE, SKY, material='plain', emission=0.4)
        for cloud in self.street.clouds:
            for x, y, radius_x, radius_y in cloud.balls:
                self.canvas.ball(white, x, camera.horizon - y, radius_x, radius_y)

    def skyline(self) -> None:
        for x, width, height in self.street.skyline:
            part = self.add(surface_part(BUILDING, linear(140, 136, 140), FACING, FAR,
                                         self.next_instance(), material='panel'))
            left, top = self.project(x, height, FAR)
            right, bottom = self.project(x + width, 0, FAR)
            self.canvas.rectangle(left, top, right, bottom, part)

    # The ground -----------------------------------------------------------------------------------
    def ground(self) -> None:
        street, camera, canvas = self.street, self.camera, self.canvas
        up = (0.0, 1.0, 0.0)
        flat = lambda label, colour, material: self.add(
            surface_part(label, colour, GROUND, normal=up, material=material))
        lawn, slabs = flat(GRASS, LAWN, 'lawn'), flat(PAVEMENT, SLABS, 'slab')
        kerb = flat(PAVEMENT, linear(206, 202, 194), 'smooth')
        asphalt, paint = flat(ROAD, ASPHALT, 'asphalt'), flat(MARKING, PAINTED_LINE, 'smooth')

        first = int(np.searchsorted(canvas.ys, camera.horizon + 1e-3))
        depth = camera.focal * camera.height / (canvas.ys[first:, None] - camera.horizon)
        x = camera.x + (canvas.xs - camera.vanish) * (depth / camera.focal)
        aside = np.abs(x)
        below = np.where(aside < street.road + street.pavement, slabs, lawn)
        below[aside < street.road + 0.25] = kerb
        below[aside < street.road] = asphalt
        below[self._painted(x, aside, depth)] = paint
        canvas.part[first:] = below

    def _painted(self, x, aside, depth):
        street, camera = self.street, self.camera
        dashes = (aside < 0.11) & (depth - 6 * np.floor(depth / 6) < 3.2)
        sides = np.abs(aside - (street.road - 0.45)) < 0.08
        painted = (dashes | sides) & (depth < 0.12 * camera.focal * self.canvas.size[0])
        if street.crossing:
            stripes = (x - np.floor(x) < 0.5) & (aside < street.road - 0.6)
            along = (depth > street.crossing) & (depth < street.crossing + 2.6)
            painted = np.where(along, stripes, painted)
        return painted

    def shadow_of(self, x: float, z: float, half: float, height: float) -> None:
        """The shadow of something upright that is 2 x half wide and stands at (x, z)."""
        if not self.street.light.strength:
            return
        end_x, end_z = x + height * self.shadow_x, max(1.0, z + height * self.shadow_z)
        self.canvas.shade_polygon([self.project(x - half, 0, z), self.project(x + half, 0, z),
                                   self.project(end_x + half, 0, end_z),
                                   self.project(end_x - half, 0, end_z)])

    def contact(self, x: float, z: float, radius: float) -> None:
        """The dark patch below something that stands on the ground."""
        centre, scale = self.project(x, 0, z), self.camera.focal / z
        self.canvas.shade_ellipse(*centre, radius * scale,
                                  0.4 * radius * scale * self.camera.height / z + 0.004, CONTACT)

    # Houses ---------------------------------------------------------------------------------------
    def building(self, house: Building) -> None:
        side = 1 if house.x > 0 else -1
        instance, (material, colour) = self.next_instance(), house.wall
        x, near, far, top = house.x, max(house.near, 1.6), house.far, house.height
        back, ridge = x + side * house.depth, x + side * house.depth / 2
        if house.roof:
            tiles = self.add(surface_part(ROOF, house.roof_colour, ALONG, x, instance,
                                          (-0.5 * side, 0.86, 0.0), 'tile'))
            self.quad(tiles, (x, top, near), (x, top, far), (ridge, top + house.roof, far),
                      (ridge, top + house.roof, near))
        windows = house.bay, house.storey, top - 0.7
        wall = self.add(surface_part(BUILDING, colour, ALONG, x, instance, (-side, 0.0, 0.0), material,
                                     0.0, near, *windows))
        self.quad(wall, (x, 0, near), (x, 0, far), (x, top, far), (x, top, near))
        if near > 1.7:
            left, right = min(x, back), max(x, back)
            front = self.add(surface_part(BUILDING, colour, FACING, near, instance, AWAY, material,
                                          0.0, left, *windows))
            if house.roof:
                self.quad(front, (left, top, near), (right, top, near), (ridge, top + house.roof, near))
            self.canvas.rectangle(*self.project(left, top, near), *self.project(right, 0, near), front)

    def building_shadow(self, house: Building) -> None:
        if not self.street.light.strength or house.x * self.shadow_x > 0:
            return
        top, near, far = house.height, max(house.near, 1.6), house.far
        x, z = house.x + top * self.shadow_x, top * self.shadow_z
        self.canvas.shade_polygon([
            self.project(house.x, 0, near), self.project(house.x, 0, far),
            self.project(x, 0, max(1.0, far + z)), self.project(x, 0, max(1.0, near + z))])

    def quad(self, part: int, *corners: tuple[float, float, float]) -> None:
        """Paint a convex polygon given in metres."""
        self.canvas.polygon([self.project(*corner) for corner in corners], part)

    # What stands on the street --------------------------------------------------------------------
    def tree(self, tree: Tree) -> None:
        instance, scale = self.next_instance(), self.camera.focal / tree.z
        middle = tree.trunk + 0.75 * tree.radius
        if tree.trunk:
            self.post(tree.x, tree.z, 0.13, 0, middle, surface_part(
                TRUNK, BARK, FACING, tree.z, instance, material='bark'))
        leaves = surface_part(FOLIAGE, tree.colour, FACING, tree.z, instance, material='leaf')
        for dx, dy, radius in tree.balls:
            x, y = self.project(tree.x + dx, middle + dy, tree.z)
            self.canvas.ball(leaves, x, y, radius * scale, radius * scale)

    def tree_shadow(self, tree: Tree) -> None:
        middle, scale = tree.trunk + 0.75 * tree.radius, self.camera.focal / tree.z
        self.shadow_of(tree.x, tree.z, 0.13, middle)
        z = tree.z + middle * self.shadow_z
        if z > 2 and self.street.light.strength:
            scale = self.camera.focal / z
            x, y = self.project(tree.x + middle * self.shadow_x, 0, z)
            self.canvas.shade_ellipse(x, y, 1.2 * tree.radius * scale,
                                      1.2 * tree.radius * scale * self.camera.height / z)
        self.contact(tree.x, tree.z, 0.3 if tree.trunk else tree.radius)

    def post(self, x: float, z: float, half: float, low: float, high: float, part: Part) -> None:
        """An upright thing, at least as wide as a canvas pixel."""
        left, top = self.project(x - half, high, z)
        right, bottom = self.project(x + half, low, z)
        thin = 1.2 / self.canvas.size[0] - (right - left)
        if thin > 0:
            left, right = left - thin / 2, right + thin / 2
        self.canvas.rectangle(left, top, right, bottom, self.add(part))

    def car(self, car: Car) -> None:
        instance, side = self.next_instance(), -1 if car.x > self.camera.x else 1
        near, far, half = car.z, car.z + car.length, 0.86
        x, waist, floor, top = car.x + side * half, 0.56 * car.height, 0.28, car.height
        start, end = near + 0.25 * car.length, far - 0.08 * car.length
        if car.facing > 0:
            start, end = near + 0.08 * car.length, far - 0.25 * car.length
        part = lambda label, colour, normal=AWAY, emission=0.0: self.add(
            surface_part(label, colour, FACING, near, instance, normal, 'smooth', emission))
        flank, lid = part(CAR, car.colour, (side, 0.0, 0.0)), part(CAR, car.colour, (0.0, 0.94, -0.34))
        pane, tyre = part(WINDOW, GLASS, (0.0, 0.5, -0.86)), part(WHEEL, RUBBER)
        self.quad(flank, (x, floor, near), (x, floor, far), (x, waist, far), (x, waist, near))
        for z in (near + 0.75, far - 0.75):
            centre, ahead = self.project(x, 0.31, z), self.project(x, 0.31, z + 0.31)
            self.canvas.ellipse(*centre, abs(ahead[0] - centre[0]) + 0.002,
                                0.31 * self.camera.focal / z, tyre)
        self.quad(lid, (car.x - half, waist, near), (car.x + half, waist, near),
                  (car.x + half, waist, far), (car.x - half, waist, far))
        inner = car.x + side * 0.72
        self.quad(part(WINDOW, GLASS, (side, 0.0, 0.0)), (x, waist, start), (x, waist, end),
                  (inner, top, end - 0.3), (inner, top, start + 0.4))
        self.quad(lid, (car.x - 0.72, top, start + 0.4), (car.x + 0.72, top, start + 0.4),
                  (car.x + 0.72, top, end), (car.x - 0.72, top, end))
        self.quad(pane, (car.x - half, waist, start), (car.x + half, waist, start),
                  (car.x + 0.72, top, start + 0.4), (car.x - 0.72, top, start + 0.4))
        self.car_end(car, part(CAR, car.colour), tyre, part(
            CAR, TAIL if car.facing > 0 else HEADLIGHT, AWAY, 0.55))

    def car_end(self, car: Car, body: int, tyre: int, light: int) -> None:
        """The side that faces the camera: wheels, body and its two lights."""
        left, top = self.project(car.x - 0.86, 0.56 * car.height, car.z)
        right, bottom = self.project(car.x + 0.86, 0.28, car.z)
        width, height = right - left, bottom - top
        _, road = self.project(car.x, 0, car.z)
        rectangle = self.canvas.rectangle
        for edge in (left + 0.05 * width, right - 0.2 * width):
            rectangle(edge, top, edge + 0.15 * width, road, tyre)
        rectangle(left, top, right, bottom, body)
        for edge in (left, right - 0.2 * width):
            rectangle(edge, top + 0.1 * height, edge + 0.2 * width, top + 0.4 * height, light)

    def car_shadow(self, car: Car) -> None:
        for x in (car.x - 0.8, car.x + 0.8) if self.street.light.strength else ():
            end = x + car.height * self.shadow_x
            ahead = 0.8 * car.height * self.shadow_z
            self.canvas.shade_polygon([
                self.project(x, 0, car.z), self.project(x, 0, car.z + car.length),
                self.project(end, 0, car.z + car.length + ahead),
                self.project(end, 0, max(1.0, car.z + ahead))])
        corners = [self.project(car.x + dx, 0, car.z + dz)
                   for dx, dz in ((-0.9, -0.15), (0.9, -0.15), (0.9, car.length), (-0.9, car.length))]
        self.canvas.shade_polygon(corners, CAST | CONTACT)

    def person(self, person: Person) -> None:
        instance, z, h = self.next_instance(), person.z, person.height
        x, scale = person.x, self.camera.focal / person.z
        part = lambda colour: surface_part(PERSON, colour, FACING, z, instance, material='cloth')
        legs, shirt, skin = (self.add(part(c)) for c in (person.trousers, person.shirt, person.skin))
        for sign in (-1, 1):
            foot, hip = x + sign * max(person.stride, 0.09) * h * 0.6, x + sign * 0.05 * h
            self.quad(legs, (foot - 0.05 * h, 0, z), (foot + 0.05 * h, 0, z),
                      (hip + 0.055 * h, 0.5 * h, z), (hip - 0.055 * h, 0.5 * h, z))
            hand, shoulder = x + sign * (0.13 + 0.3 * person.stride) * h, x + sign * 0.115 * h
            self.quad(skin, (hand - 0.03 * h, 0.43 * h, z), (hand + 0.03 * h, 0.43 * h, z),
                      (shoulder + 0.035 * h, 0.7 * h, z), (shoulder - 0.035 * h, 0.7 * h, z))
        self.quad(shirt, (x - 0.1 * h, 0.46 * h, z), (x + 0.1 * h, 0.46 * h, z),
                  (x + 0.145 * h, 0.82 * h, z), (x - 0.145 * h, 0.82 * h, z))
        head = self.project(x, 0.91 * h, z)
        self.canvas.ball(part(person.skin), *head, 0.065 * h * scale, 0.08 * h * scale)
        self.canvas.ball(part(person.hair), head[0], head[1] - 0.04 * h * scale, 0.068 * h * scale,
                         0.05 * h * scale)

    def upright_shadow(self, item: Person | Lamp | Sign) -> None:
        is_person = isinstance(item, Person)
        self.shadow_of(item.x, item.z, 0.22 if is_person else 0.06, item.height)
        if is_person:
            self.contact(item.x, item.z, 0.33)

    def lamp(self, lamp: Lamp) -> None:
        steel = surface_part(POLE, STEEL, FACING, lamp.z, self.next_instance())
        self.post(lamp.x, lamp.z, 0.06, 0, lamp.height, steel)
        reach = lamp.x - (1.3 if lamp.x > 0 else -1.3)
        self.post((lamp.x + reach) / 2, lamp.z, 0.65, lamp.height - 0.1, lamp.height + 0.04, steel)
        glow = 0.9 if self.street.light.lit_windows > 0.25 else 0.1
        self.post(reach, lamp.z, 0.28, lamp.height - 0.2, lamp.height + 0.04,
                  steel._replace(red=0.95, green=0.86, blue=0.6, emission=glow))

    def sign(self, sign: Sign) -> None:
        x, y, z, instance = sign.x, sign.height, sign.z, self.next_instance()
        self.post(x, z, 0.045, 0, y, surface_part(POLE, STEEL, FACING, z, instance))
        scale, (middle, centre) = self.camera.focal / z, self.project(x, y, z)
        plate = self.add(surface_part(SIGN, sign.colour, FACING, z, instance))
        field = self.add(surface_part(SIGN, PAINTED_LINE, FACING, z, instance))
        for half, part in ((0.42, plate), (0.24, field)):
            if sign.shape == 'disc':
                self.canvas.ellipse(middle, centre, half * scale, half * scale, part)
            elif sign.shape == 'square':
                self.canvas.rectangle(middle - half * scale, centre - half * scale,
                                      middle + half * scale, centre + half * scale, part)
            else:
                self.quad(part, (x - half, y - 0.6 * half, z), (x + half, y - 0.6 * half, z),
                          (x, y + 1.1 * half, z))

    DRAWERS = {Tree: tree, Car: car, Person: person, Lamp: lamp, Sign: sign, Building: building}
    SHADOWS = {Tree: tree_shadow, Car: car_shadow, Person: upright_shadow, Lamp: upright_shadow,
               Sign: upright_shadow, Building: building_shadow}

    def draw(self) -> None:
        self.sky()
        self.skyline()
        self.ground()
        things = [*self.street.houses, *self.street.items]
        for thing in things:
            if isinstance(thing, Building) or thing.z < SHADOWS_UP_TO:
                self.SHADOWS[type(thing)](self, thing)
        for thing in things:
            if isinstance(thing, Building) or self.sees(thing):
                self.DRAWERS[type(thing)](self, thing)


def draw_street(seed: int, index: int, height: int, width: int) -> Picture:
    """Scene ``index`` of world ``seed`` as a picture of height x width pixels.

    The scene is drawn from ``(seed, index)`` alone and laid out relative to the height: another
    height shows the same view in another resolution, another width more or less of its sides.
    """
    dice = Dice(seed, index)
    street = describe_street(dice)
    camera = Camera(street.road * dice.between(-0.1, 0.55), dice.between(1.8, 2.9),
                    dice.between(0.75, 1.0), dice.between(-0.12, 0.12), dice.between(0.40, 0.52))
    canvas = Canvas(height * OVERSAMPLING, width * OVERSAMPLING)
    _View(street, camera, canvas).draw()
    return shade(canvas, camera, street.light, WINDOW, 1000003 * seed + index, OVERSAMPLING)

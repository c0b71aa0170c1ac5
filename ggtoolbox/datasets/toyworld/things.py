"""How each thing of a street looks, and the shadow that it casts."""
from __future__ import annotations

from .drawing import ALONG, CAST, CONTACT, FACING, surface_part
from .materials import BARK, GLASS, PAINTED_LINE, RUBBER, STEEL, linear
from .scene import Building, Car, Lamp, Person, Sign, Tree
from .street_classes import BUILDING, CAR, FOLIAGE, PERSON, POLE, ROOF, SIGN, TRUNK, WHEEL, WINDOW
from .view import View

AWAY = (0.0, 0.0, -1.0)  # the normal of what faces the camera
DETAILS_UP_TO = 15.0  # metres; further off, arms and a car's flank are too small to see
TAIL, HEADLIGHT = linear(230, 20, 20), linear(255, 246, 214)


def draw_building(view: View, house: Building) -> None:
    """Front wall, side wall, and a roof on low houses; windows are cut when it is shaded."""
    side = 1 if house.x > 0 else -1
    instance, (material, colour) = view.next_instance(), house.wall
    if not view.canvas.sees(view.project(house.x, 0, house.far)[0], 0):
        return  # its nearer parts are still further out
    x, near, far, top = house.x, max(house.near, 1.6), house.far, house.height
    back, ridge = x + side * house.depth, x + side * house.depth / 2
    if house.roof:
        tiles = view.add(surface_part(ROOF, house.roof_colour, ALONG, x, instance,
                                      (-0.5 * side, 0.86, 0.0), 'tile'))
        view.quad(tiles, (x, top, near), (x, top, far), (ridge, top + house.roof, far),
                  (ridge, top + house.roof, near))
    windows = house.bay, house.storey, top - 0.7
    wall = view.add(surface_part(BUILDING, colour, ALONG, x, instance, (-side, 0.0, 0.0), material,
                                 0.0, near, *windows))
    view.quad(wall, (x, 0, near), (x, 0, far), (x, top, far), (x, top, near))
    if near > 1.7:
        left, right = min(x, back), max(x, back)
        front = view.add(surface_part(BUILDING, colour, FACING, near, instance, AWAY, material,
                                      0.0, left, *windows))
        if house.roof:
            view.quad(front, (left, top, near), (right, top, near), (ridge, top + house.roof, near))
        view.canvas.rectangle(*view.project(left, top, near), *view.project(right, 0, near), front)


def shade_building(view: View, house: Building) -> None:
    """The shadow that its front wall throws on the street."""
    if not view.street.light.strength or house.x * view.shadow_x > 0:
        return
    top, near, far = house.height, max(house.near, 1.6), house.far
    x, z = house.x + top * view.shadow_x, top * view.shadow_z
    view.canvas.shade_polygon([
        view.project(house.x, 0, near), view.project(house.x, 0, far),
        view.project(x, 0, max(1.0, far + z)), view.project(x, 0, max(1.0, near + z))])


def draw_tree(view: View, tree: Tree) -> None:
    """A trunk and a crown of balls."""
    instance, scale = view.next_instance(), view.camera.focal / tree.z
    middle = tree.trunk + 0.75 * tree.radius
    if tree.trunk:
        view.post(tree.x, tree.z, 0.13, 0, middle, surface_part(
            TRUNK, BARK, FACING, tree.z, instance, material='bark'))
    leaves = surface_part(FOLIAGE, tree.colour, FACING, tree.z, instance, material='leaf')
    for dx, dy, radius in tree.balls:
        x, y = view.project(tree.x + dx, middle + dy, tree.z)
        view.canvas.ball(leaves, x, y, radius * scale, radius * scale)


def shade_tree(view: View, tree: Tree) -> None:
    """Shadows of trunk and crown, and what lies below."""
    middle = tree.trunk + 0.75 * tree.radius
    view.shadow_of(tree.x, tree.z, 0.13, middle)
    z = tree.z + middle * view.shadow_z
    if z > 2 and view.street.light.strength:
        scale = view.camera.focal / z
        x, y = view.project(tree.x + middle * view.shadow_x, 0, z)
        view.canvas.shade_ellipse(x, y, 1.2 * tree.radius * scale,
                                  1.2 * tree.radius * scale * view.camera.height / z)
    view.contact(tree.x, tree.z, 0.3 if tree.trunk else tree.radius)


def draw_car(view: View, car: Car) -> None:
    """A box with a cabin, seen from its rear or front and one flank."""
    instance, side = view.next_instance(), -1 if car.x > view.camera.x else 1
    near, far, half = car.z, car.z + car.length, 0.86
    x, waist, floor, top = car.x + side * half, 0.56 * car.height, 0.28, car.height
    start, end = near + 0.25 * car.length, far - 0.08 * car.length
    if car.facing > 0:
        start, end = near + 0.08 * car.length, far - 0.25 * car.length
    part = lambda label, colour, normal=AWAY, emission=0.0: view.add(
        surface_part(label, colour, FACING, near, instance, normal, 'smooth', emission))
    flank, lid = part(CAR, car.colour, (side, 0.0, 0.0)), part(CAR, car.colour, (0.0, 0.94, -0.34))
    pane, tyre = part(WINDOW, GLASS, (0.0, 0.5, -0.86)), part(WHEEL, RUBBER)
    view.quad(flank, (x, floor, near), (x, floor, far), (x, waist, far), (x, waist, near))
    for z in (near + 0.75, far - 0.75) if near < DETAILS_UP_TO else ():
        centre, ahead = view.project(x, 0.31, z), view.project(x, 0.31, z + 0.31)
        view.canvas.ellipse(*centre, abs(ahead[0] - centre[0]) + 0.002,
                            0.31 * view.camera.focal / z, tyre)
    view.quad(lid, (car.x - half, waist, near), (car.x + half, waist, near),
              (car.x + half, waist, far), (car.x - half, waist, far))
    inner = car.x + side * 0.72
    if near < DETAILS_UP_TO:
        view.quad(part(WINDOW, GLASS, (side, 0.0, 0.0)), (x, waist, start), (x, waist, end),
                  (inner, top, end - 0.3), (inner, top, start + 0.4))
    view.quad(lid, (car.x - 0.72, top, start + 0.4), (car.x + 0.72, top, start + 0.4),
              (car.x + 0.72, top, end), (car.x - 0.72, top, end))
    view.quad(pane, (car.x - half, waist, start), (car.x + half, waist, start),
              (car.x + 0.72, top, start + 0.4), (car.x - 0.72, top, start + 0.4))
    draw_car_end(view, car, part(CAR, car.colour), tyre, part(
        CAR, TAIL if car.facing > 0 else HEADLIGHT, AWAY, 0.55))


def draw_car_end(view: View, car: Car, body: int, tyre: int, light: int) -> None:
    """The side that faces the camera: wheels, body and its two lights."""
    left, top = view.project(car.x - 0.86, 0.56 * car.height, car.z)
    right, bottom = view.project(car.x + 0.86, 0.28, car.z)
    width, height = right - left, bottom - top
    _, road = view.project(car.x, 0, car.z)
    rectangle = view.canvas.rectangle
    for edge in (left + 0.05 * width, right - 0.2 * width):
        rectangle(edge, top, edge + 0.15 * width, road, tyre)
    rectangle(left, top, right, bottom, body)
    for edge in (left, right - 0.2 * width):
        rectangle(edge, top + 0.1 * height, edge + 0.2 * width, top + 0.4 * height, light)


def shade_car(view: View, car: Car) -> None:
    """Shadows of both flanks, and the dark ground below."""
    for x in (car.x - 0.8, car.x + 0.8) if view.street.light.strength else ():
        end = x + car.height * view.shadow_x
        ahead = 0.8 * car.height * view.shadow_z
        view.canvas.shade_polygon([
            view.project(x, 0, car.z), view.project(x, 0, car.z + car.length),
            view.project(end, 0, car.z + car.length + ahead),
            view.project(end, 0, max(1.0, car.z + ahead))])
    corners = [view.project(car.x + dx, 0, car.z + dz)
               for dx, dz in ((-0.9, -0.15), (0.9, -0.15), (0.9, car.length), (-0.9, car.length))]
    view.canvas.shade_polygon(corners, CAST | CONTACT)


def draw_person(view: View, person: Person) -> None:
    """Legs, arms, trunk, head and hair."""
    instance, z, h = view.next_instance(), person.z, person.height
    x, scale = person.x, view.camera.focal / person.z
    part = lambda colour: surface_part(PERSON, colour, FACING, z, instance, material='cloth')
    legs, shirt, skin = (view.add(part(c)) for c in (person.trousers, person.shirt, person.skin))
    for sign in (-1, 1):
        foot, hip = x + sign * max(person.stride, 0.09) * h * 0.6, x + sign * 0.05 * h
        view.quad(legs, (foot - 0.05 * h, 0, z), (foot + 0.05 * h, 0, z),
                  (hip + 0.055 * h, 0.5 * h, z), (hip - 0.055 * h, 0.5 * h, z))
        if z > DETAILS_UP_TO:
            continue
        hand, shoulder = x + sign * (0.13 + 0.3 * person.stride) * h, x + sign * 0.115 * h
        view.quad(skin, (hand - 0.03 * h, 0.43 * h, z), (hand + 0.03 * h, 0.43 * h, z),
                  (shoulder + 0.035 * h, 0.7 * h, z), (shoulder - 0.035 * h, 0.7 * h, z))
    view.quad(shirt, (x - 0.1 * h, 0.46 * h, z), (x + 0.1 * h, 0.46 * h, z),
              (x + 0.145 * h, 0.82 * h, z), (x - 0.145 * h, 0.82 * h, z))
    head = view.project(x, 0.91 * h, z)
    view.canvas.ball(part(person.skin), *head, 0.065 * h * scale, 0.08 * h * scale)
    view.canvas.ball(part(person.hair), head[0], head[1] - 0.04 * h * scale, 0.068 * h * scale,
                     0.05 * h * scale)


def shade_upright(view: View, item: Person | Lamp | Sign) -> None:
    """The shadow of something thin; a person also darkens the ground."""
    is_person = isinstance(item, Person)
    view.shadow_of(item.x, item.z, 0.22 if is_person else 0.06, item.height)
    if is_person:
        view.contact(item.x, item.z, 0.33)


def draw_lamp(view: View, lamp: Lamp) -> None:
    """A post, an arm over the road and the light."""
    steel = surface_part(POLE, STEEL, FACING, lamp.z, view.next_instance())
    view.post(lamp.x, lamp.z, 0.06, 0, lamp.height, steel)
    reach = lamp.x - (1.3 if lamp.x > 0 else -1.3)
    view.post((lamp.x + reach) / 2, lamp.z, 0.65, lamp.height - 0.1, lamp.height + 0.04, steel)
    glow = 0.9 if view.street.light.lit_windows > 0.25 else 0.1
    view.post(reach, lamp.z, 0.28, lamp.height - 0.2, lamp.height + 0.04,
              steel._replace(red=0.95, green=0.86, blue=0.6, emission=glow))


def draw_sign(view: View, sign: Sign) -> None:
    """A post with a plate and its white field."""
    x, y, z, instance = sign.x, sign.height, sign.z, view.next_instance()
    view.post(x, z, 0.045, 0, y, surface_part(POLE, STEEL, FACING, z, instance))
    scale, (middle, centre) = view.camera.focal / z, view.project(x, y, z)
    plate = view.add(surface_part(SIGN, sign.colour, FACING, z, instance))
    field = view.add(surface_part(SIGN, PAINTED_LINE, FACING, z, instance))
    for half, part in ((0.42, plate), (0.24, field)):
        if sign.shape == 'disc':
            view.canvas.ellipse(middle, centre, half * scale, half * scale, part)
        elif sign.shape == 'square':
            view.canvas.rectangle(middle - half * scale, centre - half * scale,
                                  middle + half * scale, centre + half * scale, part)
        else:
            view.quad(part, (x - half, y - 0.6 * half, z), (x + half, y - 0.6 * half, z),
                      (x, y + 1.1 * half, z))


DRAWERS = {Building: draw_building, Tree: draw_tree, Car: draw_car, Person: draw_person,
           Lamp: draw_lamp, Sign: draw_sign}
SHADOWS = {Building: shade_building, Tree: shade_tree, Car: shade_car, Person: shade_upright,
           Lamp: shade_upright, Sign: shade_upright}

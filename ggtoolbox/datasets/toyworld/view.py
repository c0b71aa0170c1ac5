"""A street as a camera sees it: what all its things need to be drawn."""
from __future__ import annotations

from .cameras import Camera
from .drawing import CONTACT, Canvas, Part
from .scene import Car, Lamp, Person, Sign, Street, Tree
from .street_classes import FIRST_INSTANCE


class View:
    """One drawing of a street.

    Attributes:
        shadow_x, shadow_z: where the shadow of a point lies, in metres per metre of its height.
    """

    def __init__(self, street: Street, camera: Camera, canvas: Canvas) -> None:
        self.street, self.camera, self.canvas = street, camera, canvas
        self.instances = FIRST_INSTANCE
        self.add, self.project = canvas.add, camera.project
        sun_x, sun_y, sun_z = street.light.sun
        self.shadow_x, self.shadow_z = -sun_x / sun_y, -sun_z / sun_y

    def sees(self, thing: Tree | Car | Person | Lamp | Sign) -> bool:
        """Whether something of a tree's size can be in the picture."""
        x, _ = self.project(thing.x, 0, thing.z)
        return self.canvas.sees(x, 2.5 * self.camera.focal / thing.z)

    def next_instance(self) -> int:
        """An id of its own for the next thing."""
        self.instances += 1
        return self.instances - 1

    def quad(self, part: int, *corners: tuple[float, float, float]) -> None:
        """Paint a convex polygon given in metres."""
        project = self.project
        self.canvas.polygon([project(*corner) for corner in corners], part)

    def post(self, x: float, z: float, half: float, low: float, high: float, part: Part) -> None:
        """An upright thing, at least as wide as a canvas pixel."""
        left, top = self.project(x - half, high, z)
        right, bottom = self.project(x + half, low, z)
        thin = 1.2 / self.canvas.size[0] - (right - left)
        if thin > 0:
            left, right = left - thin / 2, right + thin / 2
        self.canvas.rectangle(left, top, right, bottom, self.add(part))

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

"""Where things lie in a picture, and where in the world a pixel's surface lies."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .drawing import ALONG, FACING, GROUND, SKY, Colour, Point

Plane = NDArray[np.float32]


class Location(NamedTuple):
    """Where the surfaces that the pixels show lie in the world; all (H, W).

    Attributes:
        depth: metres from the camera along its line of sight.
        along, up: metres on the surface: across and upwards (or away, where it is level).
        footprint: metres that a pixel covers.
    """

    depth: Plane
    along: Plane
    up: Plane
    footprint: Plane


class StreetCamera(NamedTuple):
    """A camera at height ``height`` that looks along +z.

    Attributes:
        x, height: position in metres; z = 0.
        focal: focal length in picture heights.
        vanish, horizon: where the direction +z lies in the picture.
    """

    x: float
    height: float
    focal: float
    vanish: float
    horizon: float

    def project(self, x: float, y: float, z: float) -> Point:
        """Metres (x to the right, y up, z away) to picture coordinates; z must be positive."""
        scale = self.focal / z
        return self.vanish + scale * (x - self.x), self.horizon + scale * (self.height - y)

    def in_picture(self, direction: Colour) -> Colour:
        """A direction in the world as (right, down, towards the camera)."""
        x, y, z = direction
        return x, -y, -z

    def locate(self, surface: Plane, plane: Plane, xs: Plane, ys: Plane) -> Location:
        """Where the surfaces lie that are seen at picture coordinates (xs, ys).

        Args:
            surface, plane: (H, W) of ``Part``; ``plane`` is overwritten.
            xs, ys: (W,) and (H,).
        """
        across = xs[None] - np.float32(self.vanish)
        across = np.where(np.abs(across) < 1e-4, np.float32(1e-4), across)
        down = ys[:, None] - np.float32(self.horizon)
        depth, is_along, on_ground = plane, surface == ALONG, surface == GROUND
        np.copyto(depth, np.float32(self.focal) * (depth - np.float32(self.x)) / across, where=is_along)
        ground = np.float32(self.focal * self.height) / np.maximum(down, np.float32(1e-4))
        np.copyto(depth, ground, where=on_ground)
        depth = np.clip(depth, np.float32(0.5), np.float32(400), out=depth)

        scale = depth * np.float32(1 / self.focal)
        along = np.float32(self.x) + across * scale
        up = np.float32(self.height) - down * scale
        np.copyto(along, depth, where=is_along)
        np.copyto(up, depth, where=on_ground)
        footprint = scale * np.float32(1 / len(ys))
        slant = depth * np.float32(1 / self.height)
        np.multiply(footprint, slant, out=footprint, where=on_ground)
        return Location(depth, along, up, footprint)

    def haze(self, depth: Plane, surface: Plane, ys: Plane, half: float) -> Plane:
        """Share of the horizon's colour in each pixel; at ``half`` metres it is one half."""
        rise = np.clip((np.float32(self.horizon) - ys) * np.float32(1.9), 0, 1)
        share = depth / (depth + np.float32(half))
        np.copyto(share, (1 - rise[:, None]) ** 2, where=surface == SKY)
        return share


class AerialCamera(NamedTuple):
    """A camera that looks straight down; +z, the street's direction, is up in its picture.

    As in any photograph from the air, what is high leans outwards, so that walls that face the
    picture's middle are seen.

    Attributes:
        x, z, height: position in metres.
        focal: focal length in picture heights.
    """

    x: float
    z: float
    height: float
    focal: float

    def project(self, x: float, y: float, z: float) -> Point:
        """Metres (x to the right, y towards the camera, z up) to picture coordinates."""
        scale = self.focal / (self.height - y)
        return scale * (x - self.x), 0.5 - scale * (z - self.z)

    def in_picture(self, direction: Colour) -> Colour:
        """A direction in the world as (right, down, towards the camera)."""
        x, y, z = direction
        return x, -z, y

    def locate(self, surface: Plane, plane: Plane, xs: Plane, ys: Plane) -> Location:
        """As of :class:`StreetCamera`."""
        least = np.float32(1e-4)
        right, away = xs[None], np.float32(0.5) - ys[:, None]
        is_along, is_facing = surface == ALONG, surface == FACING
        drop = np.float32(self.height) - plane
        aside, ahead = plane - np.float32(self.x), plane - np.float32(self.z)
        for distance, seen, here in ((aside, right, is_along), (ahead, away, is_facing)):
            np.abs(distance, out=distance)
            lies = np.float32(self.focal) * distance / np.maximum(np.abs(seen), least)
            np.copyto(drop, lies, where=here)
        np.clip(drop, np.float32(1), np.float32(self.height), out=drop)

        scale = drop * np.float32(1 / self.focal)
        along = np.float32(self.x) + right * scale
        up = np.float32(self.z) + away * scale
        footprint = scale * np.float32(1 / len(ys))
        height = np.float32(self.height) - drop
        np.copyto(along, up, where=is_along)
        for distance, here in ((aside, is_along), (ahead, is_facing)):
            np.copyto(up, height, where=here)
            np.multiply(footprint, drop / np.maximum(distance, least), out=footprint, where=here)
        return Location(drop, along, up, footprint)

    def haze(self, depth: Plane, surface: Plane, ys: Plane, half: float) -> Plane:
        """As of :class:`StreetCamera`; most of the haze lies below the camera's height."""
        depth = depth * np.float32(0.5)
        return depth / (depth + np.float32(half))


Camera = StreetCamera | AerialCamera

"""What a user of the page has chosen."""
from __future__ import annotations

from dataclasses import dataclass, field

from world import Fields


@dataclass
class Session:
    """All that is on no canvas. It lives on the server, and an event tells what changes of it: while the
    answer to a click on another world is on its way, lists of the page still show the world before. Several
    events may be answered at a time, each in a thread: what belongs together changes by :meth:`change`.

    Attributes:
        title: of the world.
        model, other: the model that answers, and the one beside it; ``''`` for none.
        brought: ``source_image``, ``target_image``, ...
        ticked: attributes that are 1.
        regions: those which have the style of the picture that was brought; none: all have.
    """

    title: str = ''
    model: str = ''
    other: str = ''
    brought: Fields = field(default_factory=dict)
    ticked: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)

    def change(self, **chosen: object) -> None:
        """Attributes, all at once."""
        vars(self).update(chosen)

    def now(self) -> Session:
        """As it is, whatever changes meanwhile."""
        return Session(**vars(self).copy())

    @property
    def models(self) -> list[str]:
        return [self.model, *filter(None, [self.other])]

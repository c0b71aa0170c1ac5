"""The page: what is on it, and what happens when a user does something."""
from __future__ import annotations

import random
from pathlib import Path

import gradio as gr
import numpy as np
from dancing import add_dance_page
from inside import note, pictures_of, read_click
from layout import MENUS, Parts, lay_out
from sentences import in_one_sentence
from session import Session
from studio import Studio
from uploads import read_label_map, read_source
from world import Fields

PAINTED = {'label', 'instance', 'edge', 'target_guide'}


class Page:
    """Handlers of the page's events; each returns values for the parts that its event names as outputs, and
    may change the user's :class:`Session`.

    Args:
        studio: the models.
        scenes: numbers of scenes to start from are below it.
    """

    def __init__(self, studio: Studio, scenes: int = 10000) -> None:
        self.studio, self.scenes = studio, scenes

    # What the page shows

    def enter(self, session: Session, title: str) -> tuple:
        """Another world: its models, and a scene. -> menus, hint, *:meth:`scene`.

        The menus are what model and other become, as soon as neither is open (``menus.js``).
        """
        choices = self.studio.choices(title)
        scene = self._begin(session, title, model=choices[0][1], other='')
        menus = [dict(choices=choices, value=choices[0][1]),
                 dict(choices=[('nothing', ''), *choices], value='', visible=len(choices) > 1)]
        return menus, f'### Drawing\n{self.studio.worlds[title].hint}', *scene

    def scene(self, session: Session) -> tuple:
        """A scene to start from. -> canvas, source_canvas, attributes, domain."""
        return self._begin(session, session.title)

    def _begin(self, session: Session, title: str, **chosen: str) -> tuple:
        """As :meth:`scene`, of a world that may be another."""
        world = self.studio.worlds[title]
        scene = world.scene(random.randrange(self.scenes))
        given = scene.source.get('attributes', ())
        ticked = [name for name, one in zip(world.attributes, given) if one]
        choices = [(name.replace('_', ' '), name) for name in world.attributes]
        domain = world.domains[scene.source['domain']] if world.domains else None
        session.change(title=title, brought=scene.source, regions=[], ticked=ticked, **chosen)
        return (scene.drawing, scene.source_drawing, gr.update(choices=choices, value=ticked),
                gr.update(choices=list(world.domains), value=domain))

    def choose(self, session: Session, event: gr.SelectData) -> None:
        """Another model."""
        if self.studio.offers(session.title, event.value):
            session.model = event.value

    def compare(self, session: Session, event: gr.SelectData) -> None:
        """Another model beside it, or none."""
        if event.value == '' or self.studio.offers(session.title, event.value):
            session.other = event.value

    def tick(self, session: Session, event: gr.SelectData) -> None:
        """An attribute is there, or it is not."""
        _switch(session.ticked, event, self.studio.worlds[session.title].attributes)

    def become(self, session: Session, event: gr.SelectData) -> None:
        """Another domain."""
        domains = self.studio.worlds[session.title].domains
        if event.value in domains:
            session.brought = {**session.brought, 'domain': domains.index(event.value)}

    def restyle(self, session: Session, event: gr.SelectData) -> None:
        """A region has the style of the picture that was brought, or its own."""
        _switch(session.regions, event, self.studio.worlds[session.title].regions)

    def fit(self, session: Session) -> tuple:
        """Show what the chosen models read and nothing else. -> canvas_box, source_box, source_canvas,
        attributes, upload_map, another, domain, canvas, second_box, regions, use_style, style_note."""
        reads = set().union(*map(self.studio.reads, session.models))
        styles = any(map(self.studio.has_styles, session.models))
        world = self.studio.worlds[session.title]
        has_source = 'source_image' in reads or (
            'exemplar_image' in reads and (world.shows_exemplar or not world.paints))
        shows_style = bool(world.domains) and 'exemplar_image' in reads
        plain = [] if 'source_guide' in reads and not world.paints and not shows_style else ['plain']
        painted = reads & (PAINTED | {'source_guide'} if world.paints else PAINTED)
        return (gr.update(visible=shows_style or bool(painted)), gr.update(visible=has_source),
                gr.update(elem_classes=plain), gr.update(visible='attributes' in reads),
                gr.update(visible=world.paints,
                          label='Upload a label map' if 'label' in reads else 'Upload a drawing'),
                gr.update(interactive=styles),
                gr.update(visible='domain' in reads), gr.update(elem_classes=['plain'] * shows_style),
                gr.update(visible=bool(session.other)),
                gr.update(choices=list(world.regions), value=session.regions,
                          visible='style_shares' in reads),
                gr.update(visible=shows_style or 'target_image' in reads),
                '' if styles else 'This model draws nothing at random: a drawing has one answer.')

    # What a user brings

    def bring_map(self, session: Session, path: str) -> str:
        """An uploaded label map. -> canvas."""
        canvas = self.studio.worlds[session.title].canvas
        return canvas.show(read_label_map(path, canvas.size, np.asarray(canvas.palette, np.uint8)))

    def bring_source(self, session: Session, path: str, source_drawing: str) -> str:
        """An uploaded source image, of which no label map is known. -> source_canvas."""
        world = self.studio.worlds[session.title]
        image = read_source(path, world.size)
        session.brought = {**_without(session.brought, 'source_guide'), 'source_image': image}
        return world.show_source(image, source_drawing)

    def bring_style(self, session: Session, path: str, drawing: str) -> str:
        """An uploaded picture whose style is taken, until another sample is asked for. -> canvas."""
        world = self.studio.worlds[session.title]
        style = read_source(path, world.size)
        session.brought = {**session.brought, 'target_image': style}
        return world.show_style(style, drawing)

    # Pictures

    def generate(self, session: Session, drawing: str, source_drawing: str, seed: float) -> tuple:
        """-> first, second, caption, second_caption."""
        session = session.now()
        if not self.studio.worlds[session.title].has(drawing):
            return (gr.skip(),) * 4  # the canvas is still the one before, and the next will be drawn on
        fields = self._fields(session, drawing, source_drawing)
        made = [self.studio.generate(name, fields, int(seed or 0)) for name in session.models]
        pictures = [one.image for one in made] + [None] * (2 - len(made))
        captions = [f'### {Path(name).stem}\n{1000 * one.seconds:.0f} ms'
                    for name, one in zip(session.models, made)]
        return (*pictures, *captions, *[''] * (2 - len(captions)))

    def _fields(self, session: Session, drawing: str, source_drawing: str) -> Fields:
        """What the models are given."""
        world, brought = self.studio.worlds[session.title], session.brought
        if 'target_image' in brought:
            kept = [bool(session.regions) and name not in session.regions for name in world.regions]
            brought = {**brought, 'style_shares': np.float32(kept)}
        if world.attributes:
            ticked = np.float32([name in session.ticked for name in world.attributes])
            brought = {**brought, 'attributes': ticked}
        return world.fields(drawing, source_drawing, brought)

    def generate_live(self, live: bool, session: Session, *given) -> tuple:
        """As :meth:`generate`, where the user wants it while drawing."""
        return self.generate(session, *given) if live else (gr.skip(),) * 4

    def generate_another(self, session: Session, drawing: str, source_drawing: str, seed: float) -> tuple:
        """As :meth:`generate`, with the next seed and no picture's style. -> seed, then as there."""
        session.brought = self.studio.worlds[session.title].without_style(session.brought)
        seed = int(seed or 0) + 1
        return seed, *self.generate(session, drawing, source_drawing, seed)

    def look(self, clicked: str, session: Session, drawing: str, source_drawing: str, seed: float) -> tuple:
        """What lies behind a pixel of one of the pictures. -> inside_box, inside_note, inside.

        Args:
            clicked: where, as ``pixels.js`` writes it.
        """
        session = session.now()
        picture, pixel = read_click(clicked, len(session.models))
        fields = self._fields(session, drawing, source_drawing)
        found = self.studio.look_inside(session.models[picture], fields, int(seed or 0), pixel)
        regions = self.studio.worlds[session.title].regions
        return gr.update(visible=True), note(found, pixel), pictures_of(found, pixel, regions)


def _switch(chosen: list[str], event: gr.SelectData, names: tuple[str, ...]) -> None:
    if event.value in names:
        chosen[:] = [name for name in names
                     if (event.selected if name == event.value else name in chosen)]


def _without(fields: Fields, left_out: str) -> Fields:
    return {name: value for name, value in fields.items() if name != left_out}


def build_page(studio: Studio) -> gr.Blocks:
    """The page of these models."""
    parts = lay_out(list(studio.worlds))
    with parts.blocks:
        _wire(Page(studio), parts)
    if studio.dances:
        add_dance_page(parts.blocks, studio)
    return parts.blocks


def _wire(page: Page, parts: Parts) -> None:
    p, guard = parts, in_one_sentence
    # What comes while an event of its kind is answered waits, the last alone.
    quiet = dict(api_visibility='private', show_progress='hidden', trigger_mode='always_last')
    shown = {**quiet, 'show_progress': 'minimal'}
    scene = [p.canvas, p.source_canvas, p.attributes, p.domain]
    drawn = [p.session, p.canvas, p.source_canvas, p.seed]
    pictures = [p.first, p.second, p.caption, p.second_caption]

    enter = dict(fn=guard(page.enter), inputs=[p.session, p.world],
                 outputs=[p.menus, p.hint, *scene], **quiet)
    change_menus = dict(fn=None, js=MENUS, inputs=[p.menus], outputs=[p.model, p.other], **quiet)
    fit = dict(fn=guard(page.fit), inputs=[p.session], outputs=[
        p.canvas_box, p.source_box, p.source_canvas, p.attributes, p.upload_map, p.another, p.domain,
        p.canvas, p.second_box, p.regions, p.use_style, p.style_note], **quiet)
    for ready in (
            p.blocks.load(**enter).success(**change_menus).success(**fit),
            p.world.input(**enter).success(**change_menus).success(**fit),
            p.model.select(guard(page.choose), [p.session], **quiet).success(**fit),
            p.other.select(guard(page.compare), [p.session], **quiet).success(**fit),
            p.another_scene.click(guard(page.scene), [p.session], scene, **quiet),
            p.upload_map.upload(guard(page.bring_map), [p.session, p.upload_map], [p.canvas], **quiet),
            p.use_style.upload(guard(page.bring_style), [p.session, p.use_style, p.canvas], [p.canvas],
                               **quiet),
            p.upload_source.upload(guard(page.bring_source), [p.session, p.upload_source, p.source_canvas],
                                   [p.source_canvas], **quiet)):
        ready.success(guard(page.generate), drawn, pictures, **shown)
    live = dict(fn=guard(page.generate_live), inputs=[p.live, *drawn], outputs=pictures, **quiet)
    gr.on([p.canvas.input, p.source_canvas.input], **live)
    p.attributes.select(guard(page.tick), [p.session], **quiet).success(**live)
    p.domain.select(guard(page.become), [p.session], **quiet).success(**live)
    p.regions.select(guard(page.restyle), [p.session], **quiet).success(**live)
    p.go.click(guard(page.generate), drawn, pictures, **shown)
    p.another.click(guard(page.generate_another), drawn, [p.seed, *pictures], **shown)
    gr.on([p.world.input, p.model.select, p.other.select, p.canvas.input, p.source_canvas.input,
           p.another_scene.click, p.another.click],
          lambda: gr.update(visible=False), None, p.inside_box, **quiet)
    p.pixel.input(guard(page.look), [p.pixel, *drawn], [p.inside_box, p.inside_note, p.inside], **shown)

"""The page: what is on it, and what happens when a user does something."""
from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import gradio as gr
import numpy as np
from dancing import add_dance_page
from layout import Parts, lay_out
from sentences import in_one_sentence
from studio import Studio
from uploads import read_label_map, read_source
from worlds import Fields

PAINTED = {'label', 'instance', 'edge', 'target_guide'}


class Page:
    """Handlers of the page's events; each returns values for the parts that its event names as outputs.

    Args:
        studio: the models.
        scenes: numbers of scenes to start from are below it.
    """

    def __init__(self, studio: Studio, scenes: int = 10000) -> None:
        self.studio, self.scenes = studio, scenes

    # What the page shows

    def enter(self, title: str) -> tuple:
        """Another world: its models, and a scene. -> model, other, hint, *:meth:`scene`."""
        world, names = self.studio.worlds[title], self.studio.members[title]
        choices = [(Path(name).stem, name) for name in names]
        return (gr.update(choices=choices, value=names[0]),
                gr.update(choices=[('nothing', ''), *choices], value='', visible=len(names) > 1),
                f'### Drawing\n{world.hint}', *self.scene(title))

    def scene(self, title: str) -> tuple:
        """A scene to start from. -> canvas, source_canvas, source, attributes."""
        world = self.studio.worlds[title]
        scene = world.scene(random.randrange(self.scenes))
        ticked = [name for name, given in zip(world.attributes, scene.source.get('attributes', ())) if given]
        choices = [(name.replace('_', ' '), name) for name in world.attributes]
        return scene.drawing, scene.source_drawing, scene.source, gr.update(choices=choices, value=ticked)

    def fit(self, title: str, model: str, other: str) -> tuple:
        """Show what the chosen models read and nothing else. -> canvas_box, source_box, source_canvas,
        attributes, upload_map, another, second_box, regions, use_style, style_note."""
        chosen = [model, *filter(None, [other])]
        reads = set().union(*map(self.studio.reads, chosen))
        styles = any(map(self.studio.has_styles, chosen))
        world = self.studio.worlds[title]
        has_source = 'source_image' in reads or (not world.paints and 'exemplar_image' in reads)
        plain = [] if 'source_guide' in reads and not world.paints else ['plain']
        return (gr.update(visible=bool(reads & PAINTED)), gr.update(visible=has_source),
                gr.update(elem_classes=plain), gr.update(visible='attributes' in reads),
                gr.update(visible=world.paints), gr.update(interactive=styles),
                gr.update(visible=bool(other)),
                gr.update(choices=list(world.regions), value=[], visible='style_shares' in reads),
                gr.update(visible='target_image' in reads),
                '' if styles else 'This model draws nothing at random: a drawing has one answer.')

    # What a user brings

    def bring_map(self, title: str, path: str) -> str:
        """An uploaded label map. -> canvas."""
        canvas = self.studio.worlds[title].canvas
        return canvas.show(read_label_map(path, canvas.size, np.asarray(canvas.palette, np.uint8)))

    def bring_source(self, title: str, path: str, source_drawing: str, source: Fields) -> tuple:
        """An uploaded source image, of which no label map is known. -> source_canvas, source."""
        world = self.studio.worlds[title]
        image = read_source(path, world.size)
        rest = {name: value for name, value in source.items() if name != 'source_guide'}
        return world.show_source(image, source_drawing), {**rest, 'source_image': image}

    def bring_style(self, title: str, path: str, source: Fields) -> Fields:
        """An uploaded picture whose style is taken, until another sample is asked for. -> source."""
        return {**source, 'target_image': read_source(path, self.studio.worlds[title].size)}

    # Pictures

    def generate(self, title: str, model: str, other: str, drawing: str, source_drawing: str,
                 source: Fields, ticked: list[str], seed: float, regions: Sequence[str] = ()) -> tuple:
        """-> first, second, caption, second_caption.

        Args:
            regions: which have the style of the picture that was brought; none: all have.
        """
        world = self.studio.worlds[title]
        if 'target_image' in source:
            kept = [bool(regions) and name not in regions for name in world.regions]
            source = {**source, 'style_shares': np.float32(kept)}
        if world.attributes:
            source = {**source, 'attributes': np.float32([name in ticked for name in world.attributes])}
        fields = world.fields(drawing, source_drawing, source)
        names = [model, *filter(None, [other])]
        made = [self.studio.generate(name, fields, int(seed or 0)) for name in names]
        pictures = [one.image for one in made] + [None] * (2 - len(made))
        captions = [f'### {Path(name).stem}\n{1000 * one.seconds:.0f} ms' for name, one in zip(names, made)]
        return (*pictures, *captions, *[''] * (2 - len(captions)))

    def generate_live(self, live: bool, *given) -> tuple:
        """As :meth:`generate`, where the user wants it while drawing."""
        return self.generate(*given) if live else (gr.skip(),) * 4

    def generate_another(self, title: str, model: str, other: str, drawing: str, source_drawing: str,
                         source: Fields, ticked: list[str], seed: float,
                         regions: Sequence[str] = ()) -> tuple:
        """As :meth:`generate`, with the next seed and no picture's style. -> seed, source, then as there."""
        source = {name: value for name, value in source.items() if name != 'target_image'}
        seed = int(seed or 0) + 1
        made = self.generate(title, model, other, drawing, source_drawing, source, ticked, seed, regions)
        return seed, source, *made


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
    quiet = dict(api_visibility='private', show_progress='hidden')
    shown = dict(api_visibility='private', show_progress='minimal')
    scene = [p.canvas, p.source_canvas, p.source, p.attributes]
    drawn = [p.world, p.model, p.other, p.canvas, p.source_canvas, p.source, p.attributes, p.seed,
             p.regions]
    pictures = [p.first, p.second, p.caption, p.second_caption]

    fit = dict(fn=guard(page.fit), inputs=[p.world, p.model, p.other], outputs=[
        p.canvas_box, p.source_box, p.source_canvas, p.attributes, p.upload_map, p.another, p.second_box,
        p.regions, p.use_style, p.style_note], **quiet)
    enter = dict(fn=guard(page.enter), inputs=[p.world], outputs=[p.model, p.other, p.hint, *scene], **quiet)
    for ready in (
            p.blocks.load(**enter).success(**fit), p.world.input(**enter).success(**fit),
            p.model.input(**fit), p.other.input(**fit),
            p.another_scene.click(guard(page.scene), [p.world], scene, **quiet),
            p.upload_map.upload(guard(page.bring_map), [p.world, p.upload_map], [p.canvas], **quiet),
            p.use_style.upload(
                guard(page.bring_style), [p.world, p.use_style, p.source], [p.source], **quiet),
            p.upload_source.upload(
                guard(page.bring_source), [p.world, p.upload_source, p.source_canvas, p.source],
                [p.source_canvas, p.source], **quiet)):
        ready.success(guard(page.generate), drawn, pictures, **shown)
    gr.on([p.canvas.input, p.source_canvas.input, p.attributes.input, p.regions.input],
          guard(page.generate_live), [p.live, *drawn], pictures, trigger_mode='always_last', **quiet)
    p.go.click(guard(page.generate), drawn, pictures, **shown)
    p.another.click(guard(page.generate_another), drawn, [p.seed, p.source, *pictures], **shown)

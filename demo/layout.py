"""What is on the page, and where."""
from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import gradio as gr
from drawings import label_map_png
from session import Session

HERE = Path(__file__).parent
STYLES = HERE / 'page.css'
# Run when a canvas is on the page; no request fetches them.
SCRIPT = '\n'.join((HERE / name).read_text(encoding='utf-8')
                   for name in ('canvas.js', 'painting.js', 'joints.js', 'mount.js'))
PIXELS = (HERE / 'pixels.js').read_text(encoding='utf-8')
MENUS = (HERE / 'menus.js').read_text(encoding='utf-8')
SYSTEM_FONTS = ['system-ui', '-apple-system', 'Segoe UI', 'Roboto', 'sans-serif']


class Parts(NamedTuple):
    """The components that events read and change."""

    blocks: gr.Blocks
    world: gr.Radio
    model: gr.Dropdown
    other: gr.Dropdown
    menus: gr.JSON
    hint: gr.Markdown
    canvas_box: gr.Column
    canvas: gr.HTML
    another_scene: gr.Button
    upload_map: gr.UploadButton
    source_box: gr.Column
    source_canvas: gr.HTML
    upload_source: gr.UploadButton
    attributes: gr.CheckboxGroup
    domain: gr.Radio
    first: gr.Image
    second_box: gr.Column
    second: gr.Image
    go: gr.Button
    another: gr.Button
    seed: gr.Number
    live: gr.Checkbox
    caption: gr.Markdown
    second_caption: gr.Markdown
    regions: gr.CheckboxGroup
    use_style: gr.UploadButton
    style_note: gr.Markdown
    pixel: gr.HTML
    inside_box: gr.Column
    inside_note: gr.Markdown
    inside: gr.Gallery
    session: gr.State


def theme() -> gr.themes.Base:
    """Colours and fonts; fonts of the system, so that none is fetched."""
    return gr.themes.Default(primary_hue='teal', neutral_hue='slate', radius_size='md', font=SYSTEM_FONTS,
                          font_mono=['ui-monospace', 'monospace'])


def surface(name: str, label: str) -> gr.HTML:
    """A canvas to draw on; its value is a text of ``drawings.py``."""
    return gr.HTML(None, label=label, html_template='', js_on_load=SCRIPT, elem_id=name,
                   apply_default_css=False, server_functions=[label_map_png])


def picture(name: str) -> gr.Image:
    """A generated picture, with a button that saves it as PNG; a click on it looks inside."""
    return gr.Image(format='png', interactive=False, elem_id=name, elem_classes='generated', show_label=False,
                    container=False,
                    buttons=['download', 'fullscreen'])


def lay_out(worlds: list[str]) -> Parts:
    """The empty page; ``worlds`` are what a user can choose to make."""
    with (gr.Blocks(title='ggtoolbox', analytics_enabled=False, delete_cache=(600, 3600),
                    fill_width=True) as blocks, gr.Column(elem_id='page')):
        gr.Markdown('# ggtoolbox\nDraw what is to be seen; a network makes the picture.', elem_id='head')
        with gr.Row(elem_id='choices', equal_height=True):
            world = gr.Radio(worlds, value=worlds[0], label='What to make', container=False,
                             elem_id='world', visible=len(worlds) > 1)
            model = gr.Dropdown([], interactive=True, label='Model', elem_id='model', min_width=240)
            other = gr.Dropdown([], interactive=True, label='Compare with', elem_id='other', min_width=240)
            menus = gr.JSON(visible=False)
        with gr.Row(elem_id='work'):
            with gr.Column(min_width=240, elem_classes='pane', visible=False) as source_box:
                gr.Markdown('### Source\nWhat it looks like.')
                source_canvas = surface('source-canvas', 'Source')
                upload_source = gr.UploadButton('Upload a picture', file_types=['image'], size='sm',
                                                elem_id='upload-source')
            with gr.Column(min_width=240, elem_classes='pane') as canvas_box:
                hint = gr.Markdown('### Drawing')
                canvas = surface('canvas', 'Drawing')
                with gr.Row():
                    another_scene = gr.Button('Another scene', size='sm', elem_id='another-scene',
                                              min_width=100)
                    upload_map = gr.UploadButton('Upload a label map', file_types=['image'], size='sm',
                                                 elem_id='upload-map', min_width=100)
            with gr.Column(min_width=240, elem_id='results'):
                with gr.Row(elem_id='pictures'):
                    with gr.Column(min_width=200, elem_classes='pane'):
                        caption = gr.Markdown('### Generated', elem_id='first-caption')
                        first = picture('first')
                    with gr.Column(min_width=200, elem_classes='pane', visible=False) as second_box:
                        second_caption = gr.Markdown('### Generated', elem_id='second-caption')
                        second = picture('second')
                attributes = gr.CheckboxGroup([], label='Attributes', interactive=True, elem_id='attributes',
                                              visible=False)
                domain = gr.Radio([], label='Becomes', interactive=True, elem_id='domain', visible=False)
                with gr.Row(elem_id='actions'):
                    go = gr.Button('Generate', variant='primary', elem_id='go', min_width=110)
                    another = gr.Button('Another sample', elem_id='another', min_width=110)
                use_style = gr.UploadButton('Take the style of a picture', file_types=['image'], size='sm',
                                            elem_id='use-style', visible=False)
                regions = gr.CheckboxGroup([], label='Take it for these regions alone', interactive=True,
                                           elem_id='regions', visible=False)
                with gr.Row(elem_id='settings'):
                    seed = gr.Number(0, label='Seed', precision=0, minimum=0, maximum=2 ** 31 - 1,
                                     elem_id='seed', min_width=70)
                    live = gr.Checkbox(True, label='While I draw', elem_id='live', min_width=110)
                style_note = gr.Markdown(elem_id='style-note')
        pixel = gr.HTML(None, html_template='', js_on_load=PIXELS, elem_id='pixel', apply_default_css=False)
        with gr.Column(elem_id='inside-box', visible=False) as inside_box:
            inside_note = gr.Markdown(elem_id='inside-note')
            inside = gr.Gallery(elem_id='inside', columns=6, height='auto', object_fit='contain',
                                format='png', show_label=False, interactive=False, buttons=['fullscreen'])
        session = gr.State(Session())
    return Parts(
        blocks=blocks, world=world, model=model, other=other, menus=menus, hint=hint, canvas_box=canvas_box,
        canvas=canvas, another_scene=another_scene, upload_map=upload_map, source_box=source_box,
        source_canvas=source_canvas, upload_source=upload_source, attributes=attributes, domain=domain,
        first=first, second_box=second_box, second=second, go=go, another=another, seed=seed, live=live,
        caption=caption, second_caption=second_caption, regions=regions, use_style=use_style,
        style_note=style_note, pixel=pixel, inside_box=inside_box, inside_note=inside_note, inside=inside,
        session=session)

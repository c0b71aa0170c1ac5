"""The picture of the page in the README: python demo/screenshot.py docs/images/demo.png

Starts the page, paints a little, compares two models, and writes what a browser shows.
"""
from __future__ import annotations

import argparse
import random
import socket
from pathlib import Path

from app import add_model_arguments, make_studio

from ggtoolbox.apis.command import run_command
from ggtoolbox.errors import InputError


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('out', help='PNG file to write')
    parser.add_argument('--model', default='ccfpse_toyworld-64', help='the first model')
    parser.add_argument('--other', default='gaugan_sau_toyworld-64', help='the model beside it')
    parser.add_argument('--seed', type=int, default=3, help='which scene')
    parser.add_argument('--dark', action='store_true', help='as a browser in dark mode shows it')
    add_model_arguments(parser)
    args = parser.parse_args()
    studio, port = make_studio(args), free_port()
    try:
        from browser import choose, headless, paint, shown, wait_for_another
    except ImportError:
        raise InputError("the picture needs playwright: pip install 'ggtoolbox[tests]'") from None
    from serving import serve
    server = serve(studio, '127.0.0.1', port, wait=False)
    try:
        with headless() as browser:
            page = browser.new_page(viewport=dict(width=1300, height=955), device_scale_factor=1.5,
                                    color_scheme='dark' if args.dark else 'light')
            page.set_default_timeout(180_000)  # a busy machine is slow, and no less right
            random.seed(args.seed)
            page.goto(f'http://127.0.0.1:{port}')
            first = shown(page)
            choose(page, 'model', args.model)
            choose(page, 'other', args.other)
            page.wait_for_selector('#second img')
            strokes = (('car', (0.36, 0.84), (0.58, 0.84)), ('window', (0.42, 0.79), (0.52, 0.79)),
                       ('wheel', (0.38, 0.89)), ('wheel', (0.56, 0.89)))
            for class_name, *places in strokes:
                first = shown(page)
                paint(page, class_name, *places)
                wait_for_another(page, first)
            page.mouse.move(5, 5)
            page.wait_for_timeout(1500)
            Path(args.out).parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=args.out)
    finally:
        server.close()
    print(f'{args.out}: {args.model} beside {args.other}')


if __name__ == '__main__':
    run_command(main)

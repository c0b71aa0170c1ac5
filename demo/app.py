"""A page where one paints: python demo/app.py, then open the address that it prints.

Paint a label map, or drag the joints of a person, a hand or a face, and see what the models make of it. It
answers on this machine alone, unless --host says otherwise, and needs no network.
"""
from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from ggtoolbox.apis.command import run_command
from ggtoolbox.errors import InputError

if TYPE_CHECKING:
    from studio import Studio

os.environ['GRADIO_ANALYTICS_ENABLED'] = 'False'  # read when gradio is imported, which is later


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Which models the page offers, and where they run."""
    parser.add_argument('--models', nargs='+', metavar='MODEL',
                        help='names of the zoo or paths of configs; default: all of ToyWorld with weights')
    parser.add_argument('--checkpoint', action='append', default=[], metavar='MODEL=PATH', dest='checkpoints',
                        help='weights of your own for a model; may be given several times')
    parser.add_argument('--device', help='such as cpu or cuda; default: a GPU, if there is one')


def make_studio(args: argparse.Namespace) -> Studio:
    """The models that the command line asks for.

    Raises:
        InputError: as of :class:`Studio`; no gradio; a ``--checkpoint`` without ``=``.
    """
    try:
        import gradio  # noqa: F401
    except ImportError:
        raise InputError("the page needs gradio: pip install 'ggtoolbox[demo]'") from None
    from studio import Studio
    checkpoints = {}
    for text in args.checkpoints:
        model, _, path = text.partition('=')
        if not model or not path:
            raise InputError(f'--checkpoint: expected MODEL=PATH, found {text!r}')
        checkpoints[model] = path
    models = [] if args.models is None and checkpoints else args.models
    return Studio(models, checkpoints, args.device)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_model_arguments(parser)
    parser.add_argument('--host', default='127.0.0.1',
                        help='address to listen on; 0.0.0.0 opens the page to others')
    parser.add_argument('--port', type=int, default=7860)
    args = parser.parse_args()
    studio = make_studio(args)
    from serving import serve
    serve(studio, args.host, args.port)


if __name__ == '__main__':
    run_command(main)

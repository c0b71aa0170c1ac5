"""A page where one paints: python demo/app.py, then open the address that it prints.

Paint a label map, or drag the joints of a person, a hand or a face, and see what the models make of it. It
answers on this machine alone, unless --host says otherwise, and needs no network.
"""
from __future__ import annotations

import argparse
import os

os.environ['GRADIO_ANALYTICS_ENABLED'] = 'False'  # read when gradio is imported

from ggtoolbox.apis.command import run_command  # noqa: E402
from ggtoolbox.errors import InputError  # noqa: E402


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('--models', nargs='+', metavar='MODEL',
                        help='names of the zoo or paths of configs; default: all ToyWorld models that have weights')
    parser.add_argument('--checkpoint', action='append', default=[], metavar='MODEL=PATH', dest='checkpoints',
                        help='weights of your own for a model; may be given several times')
    parser.add_argument('--device', help='such as cpu or cuda; default: a GPU, if there is one')
    parser.add_argument('--host', default='127.0.0.1', help='address to listen on; 0.0.0.0 opens the page to others')
    parser.add_argument('--port', type=int, default=7860)
    args = parser.parse_args(arguments)
    args.checkpoints = dict(map(_pair, args.checkpoints))
    return args


def _pair(text: str) -> tuple[str, str]:
    model, _, path = text.partition('=')
    if not model or not path:
        raise InputError(f'--checkpoint: expected MODEL=PATH, found {text!r}')
    return model, path


def main() -> None:
    args = parse()
    try:
        import gradio  # noqa: F401
    except ImportError:
        raise InputError("the page needs gradio: pip install 'ggtoolbox[demo]'") from None
    from serving import serve
    from studio import Studio
    models = args.models if args.models or not args.checkpoints else []
    serve(Studio(models, args.checkpoints, args.device), args.host, args.port)


if __name__ == '__main__':
    run_command(main)

"""List the models that are known by name: ggtoolbox models ['gaugan*'] [--shipped]"""
import argparse

from ggtoolbox.apis.zoo.models import find_model, list_models
from ggtoolbox.errors import InputError


def main() -> None:
    parser = argparse.ArgumentParser(
        description='List the models of the zoo: name, system, size of the weights. Figures: model_zoo.md.')
    parser.add_argument('pattern', nargs='?', default='*', help="shell pattern of names, such as 'gaugan*'")
    parser.add_argument('--shipped', action='store_true', help='those alone whose weights the package ships')
    args = parser.parse_args()
    entries = [find_model(name) for name in list_models(args.pattern)]
    shown = [entry for entry in entries if entry.weights or not args.shipped]
    if not shown:
        raise InputError(f'{args.pattern}: no model {"with weights " * args.shipped}has such a name')
    for entry in shown:
        released = 'weights of the authors, to be converted' if 'Released Weights' in entry.content else ''
        weights = f'weights, {entry.size / 1e6:.1f} MB' if entry.size else released
        print(f'{entry.name:44}  {entry.collection:24}  {weights}'.rstrip())

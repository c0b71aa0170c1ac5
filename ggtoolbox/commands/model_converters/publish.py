"""Make a checkpoint fit to be shipped:

ggtoolbox publish CHECKPOINT --config CONFIG --out DIR
"""
import argparse

from ggtoolbox.apis.command import add_trust_argument
from ggtoolbox.apis.zoo.publishing import DTYPES, publish
from ggtoolbox.fetching import file_sha256
from ggtoolbox.safe_load import load_tensors


def main() -> None:
    parser = argparse.ArgumentParser(
        description='Write the weights of the networks that draw images, and no more, as safetensors.')
    parser.add_argument('checkpoint', help='path of a checkpoint of training, or of a converted one')
    parser.add_argument('--config', required=True, help='path of its config, whose name the file bears')
    parser.add_argument('--out', required=True, help='folder to write to')
    parser.add_argument('--dtype', choices=DTYPES, default='float16', help='type of the parameters')
    parser.add_argument('--all-networks', action='store_true', help='keep discriminators and their like, too')
    parser.add_argument('--command', help="the training's command, to be kept in the file "
                                          '(default: that of the config)')
    add_trust_argument(parser)
    args = parser.parse_args()
    path = publish(args.checkpoint, args.config, args.out, args.dtype, args.all_networks, args.command)
    parts = ', '.join(load_tensors(path)['meta']['parts'])
    print(f'{path}: {parts}; {path.stat().st_size:,} bytes, sha256 {file_sha256(path)}')

"""Show a config, or write one of your own to start from: ggtoolbox config NAME [--copy my.py]

    ggtoolbox config                                          the names of all configs
    ggtoolbox config gaugan_toyworld-64                       all that it says and inherits
    ggtoolbox config gaugan_toyworld-64 --copy my.py          a config that inherits from it
"""
import argparse
from fnmatch import fnmatch

from ggtoolbox.apis.command import add_config_arguments
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.config_files import config_files
from ggtoolbox.apis.own_config import copy_config


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_config_arguments(parser, 'path or name of a config, or a shell pattern of names', optional=True)
    parser.add_argument('--copy', metavar='FILE', help='write a new config, which inherits from it')
    parser.add_argument('--whole', action='store_true', help='with --copy: all settings, nothing inherited')
    args = parser.parse_args()
    if args.config is None or '*' in args.config:
        print('\n'.join(sorted(name for name in config_files() if fnmatch(name, args.config or '*'))))
    elif args.copy:
        print(copy_config(args.config, args.copy, args.whole))
    else:
        print(load_config(args.config, args.cfg_options).pretty_text)

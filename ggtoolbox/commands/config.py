"""Show a config, explain it, or write one of your own to start from: ggtoolbox config NAME [--copy my.py]

    ggtoolbox config                                      the names of all configs
    ggtoolbox config gaugan_toyworld-64                   all that it says and inherits
    ggtoolbox config gaugan_toyworld-64 --copy my.py      a config that inherits from it
    ggtoolbox config gaugan_sau_toyworld-64 --explain model.generator.upsampler.kernel_size
    ggtoolbox config --explain SAU                        what a class takes, or SAU.kernel_size, or upsampler
    ggtoolbox config --schema configs.schema.json         for editors of YAML and JSON
    ggtoolbox config --reference components.md            every component and its arguments
"""
import argparse
import json
from fnmatch import fnmatch

from ggtoolbox.apis.command import add_config_arguments
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.config_files import config_files
from ggtoolbox.apis.outputs import output_file
from ggtoolbox.apis.own_config import copy_config
from ggtoolbox.apis.reference.explain import explain
from ggtoolbox.apis.reference.page import reference_page
from ggtoolbox.apis.reference.schema import config_schema
from ggtoolbox.writing import write_text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_config_arguments(parser, 'path or name of a config, or a shell pattern of names', optional=True)
    parser.add_argument('--copy', metavar='FILE', help='write a new config, which inherits from it')
    parser.add_argument('--whole', action='store_true', help='with --copy: all settings, nothing inherited')
    parser.add_argument('--explain', metavar='KEY', help='what a key means, by itself or in the config')
    parser.add_argument('--schema', metavar='FILE', help='write a JSON schema of configs')
    parser.add_argument('--reference', metavar='FILE', help='write a page of all components')
    args = parser.parse_args()
    if args.explain:
        cfg = None if args.config is None else load_config(args.config, args.cfg_options)
        print(explain(args.explain, cfg and cfg._cfg_dict))
    elif args.schema or args.reference:
        for file, make in ((args.schema, lambda: json.dumps(config_schema(), indent=1)),
                           (args.reference, reference_page)):
            if file:
                write_text(output_file(file), make())
                print(file)
    elif args.config is None or '*' in args.config:
        print('\n'.join(sorted(name for name in config_files() if fnmatch(name, args.config or '*'))))
    elif args.copy:
        print(copy_config(args.config, args.copy, args.whole))
    else:
        print(load_config(args.config, args.cfg_options).pretty_text)

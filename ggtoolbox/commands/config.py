"""Print a config with everything that it inherits: ggtoolbox config CONFIG"""
import argparse

from ggtoolbox.apis.command import add_config_arguments
from ggtoolbox.apis.config import load_config


def main() -> None:
    parser = argparse.ArgumentParser(description='Print a config with everything that it inherits.')
    add_config_arguments(parser)
    args = parser.parse_args()
    print(load_config(args.config, args.cfg_options).pretty_text)

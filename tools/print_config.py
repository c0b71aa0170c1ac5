"""Print a config with everything that it inherits: python tools/print_config.py CONFIG"""
import argparse

import ggtoolbox.interrupts  # noqa: F401
from ggtoolbox.apis.command import add_config_arguments, run_command
from ggtoolbox.apis.config import load_config


def main() -> None:
    parser = argparse.ArgumentParser(description='Print a config with everything that it inherits.')
    add_config_arguments(parser)
    args = parser.parse_args()
    print(load_config(args.config, args.cfg_options).pretty_text)


if __name__ == '__main__':
    run_command(main)

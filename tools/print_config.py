"""Print a config with everything that it inherits: python tools/print_config.py CONFIG"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('config')

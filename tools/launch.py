"""Run a tool in several processes: python tools/launch.py PROCESSES tools/train.py CONFIG [arguments]"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('launch')

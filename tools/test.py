"""Test a checkpoint: python tools/test.py CONFIG_OR_NAME [CHECKPOINT] --out DIR"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('test')

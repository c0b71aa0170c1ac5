"""Train a config: python tools/train.py configs/gaugan/gaugan_sau_toyworld-64.py"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('train')

"""Train what a list names, publish it, judge it, ship it: python tools/train_zoo.py LIST --out DIR"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('train-zoo')

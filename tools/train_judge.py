"""Train a judge: python tools/train_judge.py NAME [--data-root DIR]"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('train-judge')

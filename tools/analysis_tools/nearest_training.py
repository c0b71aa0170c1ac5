"""Which training image is each generated one most like?"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('nearest-training')

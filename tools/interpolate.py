"""Pictures between two faces or people: python tools/interpolate.py CONFIG CHECKPOINT --out grid.png"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('interpolate')

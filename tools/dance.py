"""Let a person dance to a song: python tools/dance.py SONG PERSON --out dance.mp4"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('dance')

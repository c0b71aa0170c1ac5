"""DanceGAN's tables 7.5 and 7.6 on ToyWorld: python tools/analysis_tools/dance_tables.py --out DIR"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('dance-tables')

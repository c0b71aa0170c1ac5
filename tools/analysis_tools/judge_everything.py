"""Train, publish and judge systems on ToyWorld: python tools/analysis_tools/judge_everything.py --out DIR"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('judge-everything')

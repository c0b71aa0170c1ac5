"""Train an ST-GCN that tells dances apart: python tools/train_pose_judge.py"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('train-pose-judge')

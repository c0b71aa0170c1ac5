"""Pictures from a trained model: python tools/infer.py MODEL_OR_CONFIG [CHECKPOINT] INPUT... --out DIR"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('infer')

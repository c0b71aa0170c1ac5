"""Write a generator as ONNX and as an exported program of PyTorch."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('export')

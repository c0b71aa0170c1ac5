"""Convert officially released weights: python tools/model_converters/convert.py FAMILY IN... OUT"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('convert')

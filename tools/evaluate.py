"""Measure two folders of images: python tools/evaluate.py --real DIR --fake DIR --metrics ssim psnr fid"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('evaluate')

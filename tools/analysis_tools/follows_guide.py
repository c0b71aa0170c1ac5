"""Do models follow their guides? python tools/analysis_tools/follows_guide.py MODEL [MODEL ...]"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('follows-guide')

"""Do the papers' claims hold on ToyWorld? python tools/analysis_tools/claims.py --tables 12 4.3"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('claims')

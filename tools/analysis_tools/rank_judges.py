"""Show that ToyWorld's judges rank: python tools/analysis_tools/rank_judges.py [JUDGE ...]"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('rank-judges')

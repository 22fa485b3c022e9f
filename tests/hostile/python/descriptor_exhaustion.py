# task: double
# outcome: exception
# attack: opens files until it may no more
import os


def double(x):
    while True:
        os.open("/dev/null", os.O_RDONLY)

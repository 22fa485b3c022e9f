# task: double
# outcome: wall_timeout
# attack: sleeps
import time


def double(x):
    time.sleep(10**6)

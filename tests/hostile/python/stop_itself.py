# task: double
# outcome: wall_timeout
# attack: stops itself and never goes on
import os
import signal


def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    return x

# task: double
# outcome: exited_early
# attack: SIGKILL to itself
import os
import signal


def double(x):
    os.kill(os.getpid(), signal.SIGKILL)

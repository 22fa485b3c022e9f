# task: double
# outcome: wrong_answer
# attack: kill(-1): every process it may signal, which is none but its own
import os
import signal

os.kill(-1, signal.SIGKILL)


def double(x):
    return x

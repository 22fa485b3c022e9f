# task: double
# outcome: timeout or wall_timeout
# attack: children that nobody waits for use the time
import os
import signal

signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def double(x):
    while True:
        if os.fork() == 0:
            for _ in range(10**6):
                pass
            os._exit(0)
        try:
            os.wait()
        except OSError:
            pass

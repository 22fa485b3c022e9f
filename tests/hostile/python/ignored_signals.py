# task: double
# outcome: timeout
# attack: ignores every signal, its CPU limit's too, and loops
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def double(x):
    while True:
        pass

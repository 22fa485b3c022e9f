# task: double
# outcome: wrong_answer
# attack: replaces stdout by an object whose every method raises
import sys


class Evil:
    def __getattr__(self, name):
        raise SystemExit(0)


sys.stdout = sys.stderr = Evil()


def double(x):
    return x

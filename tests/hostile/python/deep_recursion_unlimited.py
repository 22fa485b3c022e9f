# task: double
# outcome: exception
# attack: recursion through C code, without the interpreter's limit
import sys

sys.setrecursionlimit(2**31 - 1)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name)


def double(x):
    value = []
    for _ in range(10**6):
        value = [value]
    return repr(value) and Deep().x

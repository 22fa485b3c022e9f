# task: double
# outcome: timeout
# attack: an exception whose text never ends
class Evil(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


def double(x):
    raise Evil

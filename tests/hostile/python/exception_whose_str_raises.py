# task: double
# outcome: exception
# attack: an exception whose text cannot be had
class Evil(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def double(x):
    raise Evil

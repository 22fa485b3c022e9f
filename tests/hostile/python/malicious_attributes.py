# task: double
# outcome: exception
# attack: an object whose attribute access, repr, hash and class raise or hang
class Meta(type):
    def __getattribute__(cls, name):
        if name == "__name__":
            return type.__getattribute__(cls, name)
        raise SystemExit(0)


class Evil(metaclass=Meta):
    def __getattribute__(self, name):
        raise SystemExit(0)

    def __repr__(self):
        while True:
            pass

    __hash__ = __str__ = __repr__


def double(x):
    return Evil()

# task: double
# outcome: wrong_answer
# attack: an object that would run code where it is unpickled or copied
import os


class Evil:
    def __reduce__(self):
        return os._exit, (0,)

    __reduce_ex__ = lambda self, version: self.__reduce__()
    __copy__ = __deepcopy__ = lambda self, *_: os._exit(0)
    __getstate__ = __reduce__


def double(x):
    return Evil()

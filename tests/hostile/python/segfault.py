# task: double
# outcome: crashed
# attack: writes to address 0 through ctypes
import ctypes


def double(x):
    ctypes.memset(0, 1, 1)

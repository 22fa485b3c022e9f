# task: double
# outcome: timeout
# attack: one C call that computes for hours and cannot be interrupted
def double(x):
    return len(str(10 ** (10 ** (8 + (x > 0))) % (7 ** (10**8))))

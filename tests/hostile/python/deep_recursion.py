# task: double
# outcome: exception
# attack: recursion without end
def double(x):
    return double(x)

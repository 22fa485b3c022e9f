# task: double
# outcome: exception
# attack: nested groups of exceptions, hundreds deep
def double(x):
    error = ValueError("x")
    for _ in range(500):
        error = BaseExceptionGroup("again", [error])
    raise error

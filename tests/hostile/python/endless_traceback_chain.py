# task: double
# outcome: exception
# attack: an exception that is its own cause and context
def double(x):
    error = ValueError("loop")
    other = ValueError("back")
    error.__cause__, other.__cause__ = other, error
    raise error

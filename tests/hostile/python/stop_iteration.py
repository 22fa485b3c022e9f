# task: evens
# outcome: exception
# attack: raises what ends loops and generators silently
def evens(values):
    raise StopIteration

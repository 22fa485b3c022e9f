# task: evens
# outcome: exception
# attack: a list that holds itself
def evens(values):
    loop = []
    loop.append(loop)
    return loop

# task: double
# outcome: exception
# attack: one file of more than the limit, sparse
def double(x):
    with open("sparse", "wb") as file:
        file.truncate(1 << 45)
    return x

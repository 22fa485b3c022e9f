"""The candidate's process: loads a solution and answers calls on descriptor 3 for as long as it lives.

Everything here can be replaced by the solution it loads; that is allowed for, since nothing here decides anything.
"""

import sys

sys.path.insert(0, "/opt/codeloop" if __file__.startswith("/opt/") else __file__.rpartition("/")[0] or ".")
import contextlib
import os
import signal
import types

import wire

sys.path.pop(0)
_FD = 3


class Callback:
    """A function that stays with the judge, as the candidate sees it."""

    def __init__(self, host, number):
        self._host, self._number = host, number

    def __call__(self, *args, **kwargs):
        return self._host.call_back(self._number, args, kwargs)


class Host:
    """The loaded solution and the objects that the judge holds references to."""

    def __init__(self, path):
        self.path = path
        self.objects = []
        self.numbers = {}
        self.module = types.ModuleType("solution")
        self.module.__file__ = path
        self.load_error = None
        self.code = None

    def compile(self):
        if self.code is None:
            with open(self.path, "rb") as file:
                self.code = compile(file.read(), self.path, "exec", dont_inherit=True)
        return self.code

    def guarded(self, guard):
        """Parse the solution; give the tree, and (number, constant) for each call ``guard(number)``, which it replaces."""
        import ast  # what most runs do without

        with open(self.path, "rb") as file:
            tree = ast.parse(file.read(), self.path)
        answers = []

        class Replaced(ast.NodeTransformer):
            def visit_Call(self, node):
                self.generic_visit(node)
                if getattr(node.func, "id", "") != guard or len(node.args) != 1:
                    return node
                answers.append((node.args[0].value, ast.copy_location(ast.Constant(False), node)))
                return answers[-1][1]

        return Replaced().visit(tree), answers

    def load(self):
        sys.modules["solution"] = self.module
        try:
            exec(self.compile(), self.module.__dict__)
        except BaseException as error:
            self.load_error = wire.describe(error, self.path)
        _flush()

    def opaque(self, value):
        if isinstance(value, Callback):
            return ["j", value._number]
        known = wire.type_node(value) or wire.module_node(value)
        if known:
            return known
        if id(value) not in self.numbers:
            self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)  # kept alive, so the id stays its own
        return ["r", self.numbers[id(value)], type(value).__name__[:100]]

    def resolve(self, tag, number, *_):
        if tag == "r":
            return self.objects[number]
        if tag == "j":
            return Callback(self, number)
        raise wire.WireError("unknown tag")

    def serve(self):
        """Answer requests until the judge is gone."""
        while True:
            self.answer(wire.read_message(_FD))

    def serve_mutants(self, variable, guard):
        """Fork for each mutant that the judge names: every one finds the solution not yet loaded, and ``variable`` set.

        Where one is chosen, calls of ``guard`` become its answers before the code is made: a call in every expression
        takes a program that computes twenty times as long.
        """
        tree, guards = None, ()
        with contextlib.suppress(Exception):
            tree, guards = self.guarded(guard)
            self.compile()
        while True:
            chosen = wire.read_message(_FD)
            pid = os.fork()
            if pid == 0:
                os.environ[variable] = str(chosen["mutant"])
                if chosen["mutant"] > 0 and self.code is not None:
                    for number, answer in guards:
                        answer.value = number == chosen["mutant"]
                    self.code = compile(tree, self.path, "exec", dont_inherit=True)
                signal.setitimer(signal.ITIMER_PROF, chosen["cpu_s"])  # the signal ends it, as it does nothing else
                self.serve()
            _, status = os.waitpid(pid, 0)
            wire.write_message(_FD, {"over": os.waitstatus_to_exitcode(status)})

    def answer(self, request):
        shared = wire.Shared()
        reply = {"seq": request["seq"]}
        try:
            args, kwargs = wire.Decoder(self.resolve, shared, is_open=True).value(request["args"])
            try:
                result = getattr(self, "do_" + request["op"])(*args, **kwargs)
            finally:
                _flush()
            reply["ok"] = wire.Encoder(self.opaque, shared).node(result)
        except wire.Closed:
            raise
        except BaseException as error:
            reply["err"] = wire.describe(error, self.path)
        self.send(reply, shared)

    def send(self, reply, shared):
        try:
            encoder = wire.Encoder(self.opaque, shared)
            reply["mut"] = [encoder.contents(value, number) for number, value in enumerate(shared.objects)]
            wire.write_message(_FD, reply)
        except (wire.WireError, RecursionError, MemoryError) as error:
            problem = ValueError(f"the result cannot be sent to the tests: {error}")
            wire.write_message(_FD, {"seq": reply["seq"], "err": wire.describe(problem, self.path), "mut": []})

    def call_back(self, number, args, kwargs):
        """Call a function of the judge; while it runs, the judge may call us."""
        wire.write_message(_FD, {"cb": number, "args": wire.Encoder(self.opaque).node((args, kwargs))})
        while True:
            message = wire.read_message(_FD)
            if "cbr" in message:
                return wire.Decoder(self.resolve).value(message["cbr"])
            if "cberr" in message:
                raise wire.rebuild(message["cberr"])
            self.answer(message)

    def do_end(self):
        os._exit(0)

    def do_load(self):
        """Load only when the judge asks: by then it has announced its cases, so that no bomb can keep it from doing so."""
        self.load()
        return self.load_error is None

    def do_error(self):
        return None if self.load_error is None else [*map(self.load_error.get, ("mro", "type", "message", "line"))]

    def do_has(self, name):
        return name in self.module.__dict__

    def do_get(self, name):
        return self.module.__dict__[name]

    def do_call(self, target, /, *args, **kwargs):
        return target(*args, **kwargs)

    def do_getattr(self, target, name):
        return getattr(target, name)

    def do_iter(self, target):
        return iter(target)

    def do_next(self, target):
        return next(target)

    def do_len(self, target):
        return len(target)

    def do_bool(self, target):
        return bool(target)

    def do_getitem(self, target, key):
        return target[key]


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            continue


def main():
    host = Host(sys.argv[1] if len(sys.argv) > 1 else "solution.py")
    with contextlib.suppress(wire.Closed):
        if len(sys.argv) > 2:
            host.serve_mutants(variable=sys.argv[2], guard=sys.argv[3])
        else:
            host.serve()


if __name__ == "__main__":
    main()

"""The judge's process: runs the tests, holds the expected values, and never executes a line of the candidate.

Reads {nonce, prompt, entry_point, tests} from descriptor 0 until its end; calls the candidate over descriptor 3; writes
JSON lines on descriptor 0, each with the nonce: the plan, cases as they are decided (the last line of a case counts), done.
With {mutants: {numbers, cpu_s, wall_s}} it does so once for each, and its lines ``done`` say of which.
"""

import sys

sys.path.insert(0, "/opt/codeloop" if __file__.startswith("/opt/") else __file__.rpartition("/")[0] or ".")
import ast
import builtins
import contextlib
import copy
import importlib
import json
import os
import select
import signal
import time
import types

import wire

sys.path.pop(0)
_PEER, _CHANNEL = 3, 0
_VALUE_CHARACTERS = 500
_EXPRESSION_CHARACTERS = 1000
_MIRRORED = {"Lt": ">", "LtE": ">=", "Gt": "<", "GtE": "<=", "Eq": "==", "NotEq": "!=", "Is": "is", "IsNot": "is not"}
_SIGNS = {"Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "NotEq": "!=", "Is": "is", "IsNot": "is not", "In": "in"}
_SIGNS["NotIn"] = "not in"
_PREFIX = "_codeloop_"
_TOGETHER_S = 0.004  # as long as a line may wait for the next


class Forged(BaseException):
    """The candidate's process sent what its host program never sends."""


class Enough(BaseException):
    """A case failed, and no more is asked."""


_GONE = {wire.Closed: "process exited", Forged: "the candidate forged a message"}


class Remote:
    """An object that stays in the candidate's process. ``==`` on it is identity: its own would run there, and lie."""

    __slots__ = ("_codeloop_link", "_codeloop_number", "_codeloop_type")

    def __init__(self, link, number, kind):
        self._codeloop_link, self._codeloop_number, self._codeloop_type = link, number, kind

    def __getattr__(self, name):
        if name.startswith("__") and name not in ("__name__", "__doc__"):
            raise AttributeError(name)
        return self._codeloop_link.request("getattr", self, name)

    def __call__(self, /, *args, **kwargs):
        return self._codeloop_link.request("call", self, *args, **kwargs)

    def __iter__(self):
        return self._codeloop_link.request("iter", self)

    def __next__(self):
        return self._codeloop_link.request("next", self)

    def __len__(self):
        return _checked(self._codeloop_link.request("len", self), int)

    def __bool__(self):
        return _checked(self._codeloop_link.request("bool", self), bool)

    def __getitem__(self, key):
        return self._codeloop_link.request("getitem", self, key)

    def __repr__(self):
        return f"<{self._codeloop_type} object>"


def _checked(value, kind):
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}")
    return value


class Link:
    """The candidate's process, as seen from here. Once it is gone or has forged, every further request fails."""

    def __init__(self, record):
        self.record = record
        self.sequence = 0
        self.failure = None
        self.over = None
        """How the process ended, as the one that forked it for a mutant tells."""
        self.remotes = {}
        self.functions = []

    def request(self, op, /, *args, **kwargs):
        if self.failure is not None:
            raise self.failure
        try:
            return self._request(op, args, kwargs)
        except wire.Closed as error:
            self.failure = error
            raise
        except wire.WireError as error:
            self.failure = Forged(str(error))
            raise self.failure from None

    def _request(self, op, args, kwargs):
        shared = wire.Shared()
        try:
            node = wire.Encoder(self._opaque, shared, is_open=True).node((args, kwargs))
        except wire.WireError as error:
            raise ValueError(f"the argument cannot be sent: {error}") from None
        self.sequence += 1
        sequence = self.sequence
        wire.write_message(_PEER, {"seq": sequence, "op": op, "args": node})
        while True:
            self.record.settle()
            reply = wire.read_message(_PEER)
            if "over" in reply:
                self.over = reply["over"]
                raise wire.Closed
            if "cb" not in reply:
                break
            self._call_back(reply)
        if reply.get("seq") != sequence:
            raise wire.WireError("a reply to another request")
        return self._open(reply, shared)

    def _open(self, reply, shared):
        decoder = wire.Decoder(self._resolve, shared)
        self._apply(decoder, reply.get("mut"), shared)
        if "err" in reply:
            raise wire.rebuild(reply["err"])
        if "ok" not in reply:
            raise wire.WireError("no reply")
        return decoder.value(reply["ok"])

    def _apply(self, decoder, changes, shared):
        if type(changes) is not list:
            raise wire.WireError("no changes")
        try:
            for node in changes:
                decoder.fill(shared.objects[node[1]], node)
        except (wire.WireError, wire.Closed):
            raise
        except Exception as error:
            raise wire.WireError(f"no change: {type(error).__name__}") from None

    def _call_back(self, message):
        """Run a function of the test that was passed to the candidate as an argument."""
        number = message["cb"]
        if type(number) is not int or not 0 <= number < len(self.functions):
            raise wire.WireError("no such function")
        args, kwargs = wire.Decoder(self._resolve).value(message.get("args"))
        if type(args) is not tuple or type(kwargs) is not dict:
            raise wire.WireError("no arguments")
        try:
            reply = {"cbr": wire.Encoder(self._opaque).node(self.functions[number](*args, **kwargs))}
        except (wire.Closed, Forged, Enough):
            raise
        except BaseException as error:
            reply = {"cberr": wire.describe(error, "")}
        wire.write_message(_PEER, reply)

    def _opaque(self, value):
        if type(value) is Remote:
            return ["r", value._codeloop_number]
        known = wire.type_node(value) or wire.module_node(value)
        if known:
            return known
        if value not in self.functions:
            self.functions.append(value if callable(value) else None)
        return ["j", self.functions.index(value if callable(value) else None)]

    def _resolve(self, tag, *rest):
        if tag == "m" and rest[0].partition(".")[0] in sys.stdlib_module_names:
            return importlib.import_module(rest[0])
        if tag == "j" and type(rest[0]) is int and 0 <= rest[0] < len(self.functions):
            return self.functions[rest[0]]
        if tag != "r" or type(rest[0]) is not int:
            raise wire.WireError("unknown tag")
        kind = "".join(c for c in str(rest[1])[:100] if c.isprintable())
        return self.remotes.setdefault(rest[0], Remote(self, rest[0], kind))


class Record:
    """The cases: one per assert statement; of a loop's instances the first failing one is kept."""

    def __init__(self, nonce):
        self.nonce = nonce
        self.cases = []
        self.waiting = bytearray()
        self.since = 0.0
        self.ends_at_failure = os.environ.get("CODELOOP_FIRST_FAILURE") == "1"
        self.peer = select.poll()
        self.peer.register(_PEER, select.POLLIN)

    def write(self, **line):
        """Note a line. Lines are sent together: each one that is sent wakes the agent, which costs more than it."""
        self.waiting += json.dumps({"nonce": self.nonce, **line}).encode("ascii") + b"\n"
        if time.monotonic() - self.since > _TOGETHER_S:
            self.send()

    def settle(self):
        """Send what waits unless the candidate answers at once: from what it is doing now, nobody may come back."""
        if self.waiting and not self.peer.poll(1000 * _TOGETHER_S):
            self.send()

    def send(self):
        """Send all that waits."""
        while self.waiting:
            del self.waiting[: os.write(_CHANNEL, self.waiting)]
        self.since = time.monotonic()

    def plan(self):
        """Announce the cases before the candidate is even loaded."""
        self.write(plan=self.cases)
        self.send()

    def set(self, number, status, *, unless=("failed", "raised"), **fields):
        case = self.cases[number]
        if case["status"] in unless:
            return
        case.update(fields, status=status)
        self.write(case=case)
        if self.ends_at_failure and status in ("failed", "raised"):
            raise Enough

    def passed(self, number, **fields):
        self.set(number, "passed", unless=("failed", "raised", "passed"), **fields)


class Hooks:
    """What the transformed asserts call."""

    anything = BaseException  # a name of the test may hide the built-in one

    def __init__(self, record):
        self.record = record

    def end(self, number, is_true, expected=None, actual=None):
        """Take the outcome of one assert; each text is (template, value) and is made here, before anything changes."""
        holds = bool(is_true)  # may call the candidate, so still within this case
        case = self.record.cases[number]
        if case["status"] in ("not_run", "passed") and not (holds and case["status"] == "passed"):
            fields = {"expected": _filled(expected), "actual": _filled(actual)}
            (self.record.passed if holds else self.record.set)(number, *(() if holds else ("failed",)), **fields)

    def raised(self, number, error):
        """Take an exception of an assert's own expression; the run goes on unless the candidate is gone."""
        if isinstance(error, Enough):
            raise error
        if isinstance(error, (wire.Closed, Forged)):
            self.record.set(number, "failed", exception=_GONE[type(error)])
            raise error
        line = getattr(error, "remote_line", None)
        self.record.set(number, "raised", exception=_exception_text(error), line=line)


def _filled(text):
    if text is None:
        return ""
    template, *values = text
    return template.format(*map(show, values))[: _VALUE_CHARACTERS + 100]


def _exception_text(error):
    try:
        return f"{type(error).__name__}: {error}"[:_VALUE_CHARACTERS]
    except BaseException:
        return type(error).__name__


def show(value, depth=0):
    """Give a repr of bounded size and cost, whatever a hostile value is made of."""
    try:
        text = _show(value, depth)
    except BaseException as error:
        if isinstance(error, (wire.Closed, Forged)):
            raise
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _VALUE_CHARACTERS else text[: _VALUE_CHARACTERS - 1] + "…"


def _show(value, depth):
    kind = type(value)
    if depth > 20:
        return "…"
    if kind in (str, bytes, bytearray):
        return repr(value[:_VALUE_CHARACTERS]) + ("…" if len(value) > _VALUE_CHARACTERS else "")
    if kind is int and value.bit_length() > 4000:
        return f"<int of {value.bit_length()} bits>"
    if kind not in (list, tuple, set, frozenset, dict):
        return repr(value)[: _VALUE_CHARACTERS + 1]
    if kind in (set, frozenset) and not value:
        return f"{kind.__name__}()"
    parts, size = [], 0
    for item in value.items() if kind is dict else value:
        part = ": ".join(show(i, depth + 1) for i in item) if kind is dict else show(item, depth + 1)
        parts.append(part)
        size += len(part) + 2
        if size > _VALUE_CHARACTERS:
            parts.append("…")
            break
    if kind in (set, frozenset):
        parts.sort()  # the order of a set of texts differs from run to run
    before, after = {list: "[]", tuple: "()", dict: "{}", set: "{}", frozenset: ("frozenset({", "})")}[kind]
    comma = "," if kind is tuple and len(value) == 1 else ""
    return before + ", ".join(parts) + comma + after


class Transform:
    """Turns each assert into statements in place that evaluate its parts once, in order, and record them.

    It looks into statements only: no expression holds one.
    """

    def __init__(self, tainted):
        self.tainted = tainted
        self.cases = []

    def block(self, statements):
        """Transform a list of statements in place."""
        for index, node in enumerate(statements):
            if isinstance(node, ast.Assert):
                statements[index] = self._recorded(node)
                continue
            for name in ("body", "orelse", "handlers", "finalbody", "cases"):
                inner = getattr(node, name, None)
                if type(inner) is list:
                    self.block(inner)

    def _recorded(self, node):
        place = {name: getattr(node, name) for name in _PLACE}
        if isinstance(node.test, ast.Constant) and node.test.value:
            return ast.Pass(**place)
        number = len(self.cases)
        steps, outcome, texts, is_opaque = self._split(node.test)
        self.cases.append(
            {
                "id": number,
                "name": f"line {node.lineno}",
                "status": "not_run",
                "expression": ast.unparse(node.test)[:_EXPRESSION_CHARACTERS],
                "is_opaque": is_opaque,
                "is_unreachable": isinstance(node.test, ast.Constant),
            }
        )
        end = _call("end", ast.Constant(number), outcome, *texts)
        error = _PREFIX + "error"
        raised = _call("raised", ast.Constant(number), ast.Name(error, ast.Load()))
        anything = ast.Attribute(_name("hooks"), "anything", ast.Load())
        handler = ast.ExceptHandler(anything, error, [ast.Expr(raised)])
        return _placed(ast.Try([*steps, ast.Expr(end)], [handler], [], []), place)

    def _split(self, test):
        """Give (statements, outcome, [expected, actual] texts, is_opaque) of an assert's expression."""
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return self._tolerance(test) or self._compare(test)
        is_not = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
        inner = test.operand if is_not else test
        if isinstance(inner, (ast.BoolOp, ast.IfExp, ast.Constant)) or (isinstance(inner, ast.Compare) and not is_not):
            return [], test, [], True
        value = _name("value")
        outcome = ast.UnaryOp(ast.Not(), value) if is_not else value
        texts = [_pair("falsy" if is_not else "truthy"), _pair("{}", value)]
        return [_assign("value", inner)], outcome, texts, False

    def _compare(self, test):
        op, left, right = test.ops[0], test.left, test.comparators[0]
        steps = [_assign("left", left), _assign("right", right)]
        outcome = ast.Compare(_name("left"), [op], [_name("right")])
        kind, sides = type(op).__name__, ("left", "right")
        if self._calls(right) and not self._calls(left):
            sides = ("right", "left")
            template = {"In": "contains {}", "NotIn": "does not contain {}"}.get(kind) or _MIRRORED[kind] + " {}"
        else:
            template = _SIGNS.get(kind, "==") + " {}"
        template = "{}" if kind == "Eq" else template
        return steps, outcome, [_pair(template, _name(sides[1])), _pair("{}", _name(sides[0]))], False

    def _tolerance(self, test):
        """Split ``abs(x - y) < e``: the difference alone says nothing about either value."""
        call = test.left
        if not (isinstance(test.ops[0], (ast.Lt, ast.LtE)) and isinstance(call, ast.Call) and len(call.args) == 1):
            return None
        named = getattr(call.func, "id", getattr(call.func, "attr", "")) in ("abs", "fabs")
        difference = call.args[0]
        if not (named and isinstance(difference, ast.BinOp) and isinstance(difference.op, ast.Sub)):
            return None
        steps = [_assign("x", difference.left), _assign("y", difference.right)]
        again = ast.Call(call.func, [ast.BinOp(_name("x"), ast.Sub(), _name("y"))], [])
        steps += [_assign("left", again), _assign("right", test.comparators[0])]
        outcome = ast.Compare(_name("left"), test.ops, [_name("right")])
        is_right = self._calls(difference.right) and not self._calls(difference.left)
        actual, expected = ("y", "x") if is_right else ("x", "y")
        texts = [_pair("{} ± {}", _name(expected), _name("right")), _pair("{}", _name(actual))]
        return steps, outcome, texts, False

    def _calls(self, node):
        return bool(_loaded(node) & self.tainted)


_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def _placed(tree, place):
    """Put a made node and those below it where the assert stood, as far down as the assert's own, which have their places."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        own = vars(node)
        if "lineno" in own or not node._attributes:
            continue
        for value in own.values():
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif type(value) is list:
                waiting += value
        own.update(place)
    return tree


def _name(name):
    return ast.Name(_PREFIX + name, ast.Load())


def _assign(name, value):
    return ast.Assign([ast.Name(_PREFIX + name, ast.Store())], value)


def _pair(template, *values):
    return ast.Tuple([ast.Constant(template), *values], ast.Load())


def _call(name, *args):
    return ast.Call(ast.Attribute(_name("hooks"), name, ast.Load()), list(args), [])


def _loaded(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _stored(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def tainted_names(nodes, entry_point):
    """Name what holds the entry point or (textually) something made of a call of it."""
    tainted = {entry_point}
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and node.name == "check":
            tainted.update(arg.arg for arg in node.args.args)
    assigns = [n for n in nodes if isinstance(n, (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For))]
    size = 0
    while size != len(tainted):
        size = len(tainted)
        for node in assigns:
            source = node.iter if isinstance(node, ast.For) else node.value
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if source is not None and _loaded(source) & tainted:
                tainted.update(*map(_stored, targets))
    return tainted


def foreign_names(nodes, known):
    """Name what the test loads and neither it nor anything given defines."""
    own, loaded = set(known), set()
    for node in nodes:
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else own).add(node.id)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            own.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            own.update((a.asname or a.name).partition(".")[0] for a in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            own.add(node.name)
    return sorted(name for name in loaded - own if not hasattr(builtins, name))


def calls_check(tree):
    """Say whether the tests' last word, a top-level ``check(...)``, is missing though check is defined."""
    has = any(isinstance(n, ast.FunctionDef) and n.name == "check" for n in tree.body)
    called = any(
        isinstance(c, ast.Call) and getattr(c.func, "id", "") == "check"
        for n in tree.body
        if not isinstance(n, (ast.FunctionDef, ast.ClassDef))
        for c in ast.walk(n)
    )
    return called or not has


def given(prompt):
    """Run the trusted prompt: imports, helpers, and the entry point as a stub without a body of its own."""
    module = types.ModuleType("tests")
    sys.modules["tests"] = module
    try:
        code = compile(prompt, "prompt", "exec", dont_inherit=True)
    except SyntaxError:
        code = compile(prompt.rstrip() + "\n    pass\n", "prompt", "exec", dont_inherit=True)
    exec(code, module.__dict__)
    return module.__dict__


def _load(link):
    if link.request("load") is True:
        return
    described = link.request("error")
    if type(described) is not list or len(described) != 4:
        raise Forged("no load error")
    raise wire.rebuild(dict(zip(("mro", "type", "message", "line"), described, strict=True)))


def _fetch(link, namespace, entry_point, foreign):
    namespace[entry_point] = link.request("get", entry_point)
    for name in foreign:
        if name in sys.stdlib_module_names:
            namespace[name] = importlib.import_module(name)
        elif link.request("has", name) is True:
            namespace[name] = link.request("get", name)


class Tests:
    """The tests of a job, ready to be run: once, or once for each mutant, each time with names and a prompt of their own."""

    def __init__(self, job):
        self.prompt, self.entry_point = job["prompt"], job["entry_point"]
        tree = ast.parse(job["tests"], "tests")
        nodes = list(ast.walk(tree))
        self.namespace = given(self.prompt)
        self.foreign = foreign_names(nodes, {*self.namespace, self.entry_point})
        end = [] if calls_check(tree) else ast.parse(f"check({self.entry_point})").body
        transform = Transform(tainted_names(nodes, self.entry_point))
        transform.block(tree.body)
        tree.body += end
        self.code = compile(tree, "tests", "exec", dont_inherit=True)
        self.cases = transform.cases

    def run(self, record, link):
        """Run them on a candidate that nobody has called yet; gives the fields of the done line."""
        namespace = self.namespace or given(self.prompt)
        self.namespace = None  # its objects are of this run
        is_whole = True
        namespace[_PREFIX + "hooks"] = Hooks(record)
        try:
            _load(link)
            _fetch(link, namespace, self.entry_point, self.foreign)
            exec(self.code, namespace)
        except Enough:
            is_whole = False
        except (wire.Closed, Forged):
            pass
        except BaseException as error:
            with contextlib.suppress(Enough):
                _setup(record, error)
        return _close(record, link, is_whole=is_whole)


def run(job, record):
    """Judge; gives the fields of the done line."""
    tests = Tests(job)
    record.cases = tests.cases
    record.plan()
    return tests.run(record, Link(record))


def run_mutants(job, record):
    """Judge each mutant in a process that the candidate's forks for it; gives the fields of the last one's done line.

    One that is late ends this process, and what the candidate's answers otherwise than it should ends the run: whoever
    asked goes on with the next.
    """
    tests, mutants = Tests(job), job["mutants"]
    fields = {}
    for number in mutants["numbers"]:
        if fields:
            record.write(done=True, **fields)
        record.cases = copy.deepcopy(tests.cases)
        record.plan()
        signal.setitimer(signal.ITIMER_REAL, mutants["wall_s"])
        link = Link(record)
        wire.write_message(_PEER, {"mutant": number, "cpu_s": mutants["cpu_s"]})
        fields = {"mutant": number, **tests.run(record, link), "over": _ended(link)}
    return fields


def _ended(link):
    """Have the mutant's process end, and give its exit code."""
    if link.over is None:
        with contextlib.suppress(wire.Closed):
            link.request("end")
    return link.over


def _setup(record, error):
    """Record an exception outside of any assert: it ends the run."""
    case = {"id": len(record.cases), "name": "setup", "status": "not_run", "expression": "", "is_opaque": True}
    record.cases.append(case)
    line = getattr(error, "remote_line", None)
    record.set(case["id"], "raised", exception=_exception_text(error), line=line)


def _close(record, link, *, is_whole):
    failure = link.failure
    is_whole = is_whole and failure is None and not any(case["name"] == "setup" for case in record.cases)
    for case in record.cases if is_whole else ():
        if case["status"] == "not_run" and case["is_unreachable"]:
            record.passed(case["id"])  # ``assert False`` is there not to be reached
    return {"whole": is_whole, "died": isinstance(failure, wire.Closed), "forged": isinstance(failure, Forged)}


def main():
    sys.setrecursionlimit(3000)  # decoding takes four frames per level, on top of whatever the test does
    parts = []
    while part := os.read(_CHANNEL, 1 << 20):
        parts.append(part)
    job = json.loads(b"".join(parts))
    record = Record(job["nonce"])
    try:
        fields = run_mutants(job, record) if "mutants" in job else run(job, record)
    except BaseException as error:
        fields = {"error": _exception_text(error), "whole": False, "died": False, "forged": False}
    record.write(done=True, **fields)
    record.send()
    os._exit(0)  # nothing the test left behind may hold up or change the end


if __name__ == "__main__":
    main()

"""The codec between judge and candidate: length-prefixed tagged JSON, so that only plain data crosses.

Both sides use it; neither trusts what it reads. Subclasses are reduced to their base by base-class methods: an ``int``
with a friendly ``__eq__`` arrives as the int it is. What is no plain value crosses as a reference to an object that stays.
"""

import builtins
import datetime
import decimal
import fractions
import json
import os
import struct
import sys
import types

MAX_BYTES = 4 * 1024 * 1024  # of one message: a hundred times any honest value of the suites
MAX_NODES = 1_000_000  # a list of empty lists costs 20 times its text; this keeps a message below 200 MB of memory
MAX_DEPTH = 120  # two frames of Python per level, below the default recursion limit with room for the caller
MAX_TEXT = 2000  # of an exception's message


class WireError(Exception):
    """The bytes are no message, or the value makes none."""


class Closed(BaseException):
    """The other process is gone. A ``BaseException``: ``except Exception`` in a test must not swallow it."""


def write_message(fd, message):
    """Send one message whole; raises WireError before the first byte when it is too large."""
    data = json.dumps(message).encode("ascii")
    if len(data) > MAX_BYTES or _nodes(data) > MAX_NODES:
        raise WireError(f"value too large: {len(data)} bytes")
    data = struct.pack(">I", len(data)) + data
    try:
        while data:
            data = data[os.write(fd, data) :]
    except OSError:
        raise Closed from None


def read_message(fd):
    """Receive one message, a dict; raises Closed at its end and WireError for anything that is none."""
    (size,) = struct.unpack(">I", _exactly(fd, 4))
    if size > MAX_BYTES:
        raise WireError("message too large")
    data = _exactly(fd, size)
    if _nodes(data) > MAX_NODES:
        raise WireError("message has too many parts")
    try:
        message = json.loads(data)
    except (ValueError, RecursionError, MemoryError) as error:
        raise WireError(f"no JSON: {type(error).__name__}") from None
    if type(message) is not dict:
        raise WireError("no object")
    return message


def _nodes(data):
    return data.count(b"[") + data.count(b"{") + data.count(b",")


def _exactly(fd, size):
    parts = []
    while size:
        try:
            part = os.read(fd, min(size, 1 << 20))
        except OSError:
            raise Closed from None
        if not part:
            raise Closed
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class Shared:
    """The mutable containers of one call's arguments by number: both sides name the same ones, so changes can go back."""

    def __init__(self):
        self.objects = []
        self.numbers = {}

    def add(self, value):
        self.numbers[id(value)] = len(self.objects)
        self.objects.append(value)
        return len(self.objects) - 1


class Encoder:
    """Turns values into JSON nodes. ``opaque`` names what is no plain value; ``shared`` grows while ``is_open``."""

    def __init__(self, opaque, shared=None, is_open=False):
        self.opaque = opaque
        self.shared = shared if shared is not None else Shared()
        self.is_open = is_open
        self.left = MAX_NODES

    def node(self, value, depth=0):
        self.left -= 1
        if self.left < 0:
            raise WireError("value has too many parts")
        if depth > MAX_DEPTH:
            raise WireError("value nested too deeply")
        kind = _base(value)
        if kind is None:
            return self.opaque(value)
        if kind in _MUTABLE:
            return self._mutable(kind, value, depth)
        if kind is tuple or kind is frozenset:
            return ["t" if kind is tuple else "F", [self.node(item, depth + 1) for item in kind.__iter__(value)]]
        return _SCALARS[kind](value)

    def _mutable(self, kind, value, depth):
        number = self.shared.numbers.get(id(value))
        if number is not None:
            return ["@", number]
        return self.contents(value, self.shared.add(value) if self.is_open else -1, depth)

    def contents(self, value, number, depth=0):
        """Encode a mutable container itself, also when it is a shared one."""
        kind = _base(value)
        if kind is bytearray:
            return ["B", number, bytes(value).hex()]
        if kind is dict:
            pairs = list(dict.items(value))
            return ["d", number, [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in pairs]]
        return ["l" if kind is list else "S", number, [self.node(item, depth + 1) for item in kind.__iter__(value)]]


def _base(value):
    for kind in type.__getattribute__(type(value), "__mro__"):
        if kind in _KINDS:
            return kind
    return None


def _text(value):
    plain = str.__str__(value) if type(value) is str else str.__add__(value, "")
    if len(plain) > MAX_BYTES:
        raise WireError("text too long")
    try:
        plain.encode("utf-8")
    except UnicodeEncodeError:
        return ["s", plain.encode("utf-8", "surrogatepass").hex()]
    return plain


def _integer(value):
    plain = int.__add__(value, 0)
    return plain if -(2**53) < plain < 2**53 else ["i", hex(plain)]


def _delta(value):
    return ["td", value.days, value.seconds, value.microseconds]


def _fraction(value):
    return ["q", hex(value.numerator), hex(value.denominator)]


_MUTABLE = (list, dict, set, bytearray)
_SCALARS = {
    type(None): lambda value: value,
    bool: lambda value: value,
    int: _integer,
    float: lambda value: ["f", float.hex(value)],
    complex: lambda value: ["c", float.hex(value.real), float.hex(value.imag)],
    str: _text,
    bytes: lambda value: ["b", bytes.hex(value)],
    range: lambda value: ["R", [hex(value.start), hex(value.stop), hex(value.step)]],
    decimal.Decimal: lambda value: ["D", decimal.Decimal.__str__(value)],
    fractions.Fraction: _fraction,
    datetime.datetime: lambda value: ["dt", datetime.datetime.isoformat(value)],
    datetime.date: lambda value: ["da", datetime.date.isoformat(value)],
    datetime.timedelta: _delta,
}
_KINDS = {*_SCALARS, *_MUTABLE, tuple, frozenset}


class Decoder:
    """Turns JSON nodes into values of exactly the base types; ``opaque`` makes something of a reference."""

    def __init__(self, opaque, shared=None, is_open=False):
        self.opaque = opaque
        self.shared = shared if shared is not None else Shared()
        self.is_open = is_open

    def value(self, node):
        """Decode; whatever a hostile node provokes is a WireError."""
        try:
            return self._value(node, 0)
        except (WireError, Closed):
            raise
        except Exception as error:
            raise WireError(f"no value: {type(error).__name__}") from None

    def _value(self, node, depth):
        if depth > MAX_DEPTH + 1:
            raise WireError("nested too deeply")
        if node is None or type(node) in (bool, int, str):
            return node
        tag, rest = node[0], node[1:]
        if tag == "@":
            if type(rest[0]) is not int or not 0 <= rest[0] < len(self.shared.objects):
                raise WireError("no such container")
            return self.shared.objects[rest[0]]
        if tag in _CONTAINERS:
            target = _CONTAINERS[tag]()
            if self.is_open and rest[0] >= 0:
                self.shared.add(target)
            self.fill(target, node, depth)
            return target
        if tag in ("t", "F"):
            items = [self._value(item, depth + 1) for item in rest[0]]
            return tuple(items) if tag == "t" else frozenset(items)
        return _PLAIN[tag](*rest) if tag in _PLAIN else self.opaque(tag, *rest)

    def fill(self, target, node, depth=0):
        """Put the contents that ``node`` gives into ``target`` in place of its own."""
        tag, _, items = node
        if not isinstance(target, _CONTAINERS[tag]):
            raise WireError("another kind of container")
        if tag == "B":
            target[:] = bytes.fromhex(items)
        elif tag == "l":
            target[:] = [self._value(item, depth + 1) for item in items]
        else:
            filled = [self._value(item, depth + 1) for item in items] if tag == "S" else self._pairs(items, depth)
            target.clear()
            target.update(filled)

    def _pairs(self, items, depth):
        return {self._value(k, depth + 1): self._value(v, depth + 1) for k, v in items}


def _builtin_type(name):
    kind = getattr(builtins, name)
    if not isinstance(kind, type):
        raise WireError("no type")
    return kind


def _range(parts):
    return range(*(int(part, 16) for part in parts))


_CONTAINERS = {"l": list, "d": dict, "S": set, "B": bytearray}
_PLAIN = {
    "i": lambda text: int(text, 16),
    "f": float.fromhex,
    "c": lambda real, imag: complex(float.fromhex(real), float.fromhex(imag)),
    "s": lambda text: bytes.fromhex(text).decode("utf-8", "surrogatepass"),
    "b": bytes.fromhex,
    "R": _range,
    "D": decimal.Decimal,
    "q": lambda above, below: fractions.Fraction(int(above, 16), int(below, 16)),
    "dt": datetime.datetime.fromisoformat,
    "da": datetime.date.fromisoformat,
    "td": datetime.timedelta,
    "T": _builtin_type,
}


def type_node(value):
    """Encode a built-in type by its name; ``None`` for anything else."""
    if isinstance(value, type) and getattr(builtins, value.__name__, None) is value:
        return ["T", value.__name__]
    return None


def describe(error, filename):
    """Encode an exception: names along the mro that are built in, own name, message, last line in ``filename``."""
    mro = type.__getattribute__(type(error), "__mro__")
    names = [k.__name__ for k in mro if getattr(builtins, k.__name__, None) is k]
    try:
        message = str.__add__(str(error), "")[:MAX_TEXT]
    except BaseException:
        message = ""
    return {
        "mro": names,
        "type": str(type(error).__name__)[:200],
        "message": _text(message),
        "line": _line(error, filename),
    }


def _line(error, filename):
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    if line is None and isinstance(error, SyntaxError) and error.filename == filename:
        line = error.lineno
    return line


def rebuild(described):
    """Make a raisable exception of a description: a subclass of the nearest built-in one, that prints its message."""
    try:
        mro, name = described["mro"], str(described["type"])[:200]
        message = Decoder(None).value(described["message"])
        line = described["line"]
    except (KeyError, TypeError) as error:
        raise WireError(f"no exception: {type(error).__name__}") from None
    if type(mro) is not list or type(message) is not str or not (line is None or type(line) is int):
        raise WireError("no exception")
    message, base = message[:MAX_TEXT], _exception_base(mro)
    body = {
        "__init__": lambda self: None,
        "__str__": lambda self: message,
        "remote_line": line,
        "__module__": "builtins",
    }
    kind = type("".join(c for c in name if c.isprintable()) or "Exception", (base,), body)
    error = kind.__new__(kind)
    error.args = (message,)
    return error


def _exception_base(names):
    for name in names:
        kind = getattr(builtins, name, None) if type(name) is str else None
        if isinstance(kind, type) and issubclass(kind, BaseException) and not issubclass(kind, BaseExceptionGroup):
            return kind
    return Exception


def module_node(value):
    """Encode a module of the standard library by its name; ``None`` for anything else."""
    if type(value) is types.ModuleType and value.__name__.partition(".")[0] in sys.stdlib_module_names:
        return ["m", value.__name__]
    return None

"""The compiler's process: is a text a program of this Python, and does it define the entry point? Executes nothing.

A job is JSON: ``source`` (base64) and ``entry_point``. The answer is a JSON line per finding, then one that says it is done.
One job is read from descriptor 0 to its end; with ``--serve``, job after job, each a frame in and a frame out.
"""

import ast
import base64
import json
import os
import resource
import struct
import sys
import warnings

_MOST_KB = 96 * 1024  # names stay in an interpreter's memory: one that has grown so far makes room for another
_findings = []


def emit(**finding):
    _findings.append(json.dumps(finding))


def check(source, entry_point):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            tree = ast.parse(source, "solution.py")
            compile(source, "solution.py", "exec", dont_inherit=True)
        except SyntaxError as error:
            rule = type(error).__name__
            _at(error, rule, str(error.msg))
            return
        except (ValueError, RecursionError, MemoryError, OverflowError, UnicodeError) as error:
            emit(rule=type(error).__name__, severity="error", message=str(error)[:500], line=None)
            return
    for warning in caught[:50]:
        emit(
            rule=warning.category.__name__, severity="warning", message=str(warning.message)[:500], line=warning.lineno
        )
    if entry_point not in defined(tree.body):
        message = f"the program does not define {entry_point} at module level"
        emit(rule="missing-entry-point", severity="error", message=message, line=None)


def _at(error, rule, message):
    # Offsets of SyntaxError count code points from 1 for text sources; 0 and -1 mean unknown.
    places = {"column": error.offset, "end_line": error.end_lineno, "end_column": error.end_offset}
    places = {name: value if value and value > 0 else None for name, value in places.items()}
    emit(rule=rule, severity="error", message=message[:500], line=error.lineno or None, **places)


def defined(body):
    """Name what module-level statements bind, also inside if, try, with and loops."""
    names = set()
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.For, ast.With, ast.If, ast.Try, ast.While, ast.Match)):
            names.update(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
            for field in ("body", "orelse", "finalbody"):
                names |= defined(getattr(node, field, []))
            for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
                names |= defined(part.body)
    return names


def compiled(job):
    """Answer one job."""
    _findings.clear()
    job = json.loads(job)
    try:
        text = base64.b64decode(job["source"]).decode("utf-8")
    except UnicodeDecodeError as problem:
        emit(rule="UnicodeDecodeError", severity="error", message=str(problem)[:500], line=None)
    else:
        check(text, job["entry_point"])
    emit(done=True)
    return "\n".join([*_findings, ""]).encode("ascii")


def serve(stream):
    while head := stream.read(4):
        answer = compiled(stream.read(struct.unpack(">I", head)[0]))
        written(struct.pack(">I", len(answer)) + answer)
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > _MOST_KB:
            return


def written(data):
    while data:
        data = data[os.write(0, data) :]


def main():
    with open(0, "rb", closefd=False) as stream:
        if sys.argv[1:] == ["--serve"]:
            serve(stream)
        else:
            written(compiled(stream.read()))


if __name__ == "__main__":
    main()

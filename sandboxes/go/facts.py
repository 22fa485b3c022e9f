"""Run in the image's build: staticcheck's facts of the standard library (what is pure, deprecated, never nil), one file a package.

    python3 facts.py STATICCHECK FOLDER     FOLDER/<import path>.vetx

Formats: what ``go list -export -deps -json`` prints (dependencies first), and the unit.cfg of x/tools' unitchecker.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

FIELDS = "ImportPath,Dir,GoFiles,Export,Imports,ImportMap"


def packages():
    command = ["go", "list", "-export", "-gcflags=all=-dwarf=false", "-deps", f"-json={FIELDS}", "std"]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    decoder, at = json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        package, at = decoder.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        yield package


def main(tool, folder):
    exports, facts = {}, {}
    for package in packages():
        path = package["ImportPath"]
        if "Export" not in package:  # unsafe, and what this system has no files of
            continue
        exports[path] = package["Export"]
        target = Path(folder) / f"{path}.vetx"
        target.parent.mkdir(parents=True, exist_ok=True)
        unit = {
            "ID": path,
            "Compiler": "gc",
            "ImportPath": path,
            "GoFiles": [f"{package['Dir']}/{name}" for name in package["GoFiles"]],
            "ImportMap": {**{name: name for name in package.get("Imports", ())}, **package.get("ImportMap", {})},
            "PackageFile": exports,
            "PackageVetx": facts,
            "VetxOnly": True,
            "VetxOutput": str(target),
        }
        with tempfile.NamedTemporaryFile("w", suffix=".cfg") as file:
            json.dump(unit, file)
            file.flush()
            subprocess.run([tool, file.name], check=True)
        facts[path] = str(target)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The map in codeloop/README.md names what exists, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "codeloop"


def test_every_module_is_on_the_map_and_every_name_exists() -> None:
    rows = re.findall(r"^\| \d [^|]*\| `([\w.]+)`", (PACKAGE / "README.md").read_text("utf-8"), re.M)
    modules = {
        path.stem if path.is_file() else path.name
        for path in PACKAGE.iterdir()
        if (path.suffix == ".py" and not path.name.startswith("__")) or (path / "__init__.py").is_file()
    }
    assert set(rows) == modules - {"testing"}

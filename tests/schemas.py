"""Schemas of what codeloop writes, and of what others read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from referencing import Registry, Resource

import codeloop

_OURS = Path(codeloop.__file__).parent / "schemas"
_OTHERS = Path(__file__).parent / "data"


def validated(name: str, data: Any) -> Any:
    """Give ``data`` if the schema of that name takes it; schemas of codeloop may name each other."""
    path = _OURS / f"{name}.json"
    schema = json.loads((path if path.exists() else _OTHERS / f"{name}.json").read_text("utf-8"))
    ours = [json.loads(each.read_text("utf-8")) for each in _OURS.glob("*.json")]
    registry = Registry().with_resources((each["$id"], Resource.from_contents(each)) for each in ours)
    kind = validator_for(schema, Draft202012Validator)
    kind(schema, registry=registry).validate(data)
    return data

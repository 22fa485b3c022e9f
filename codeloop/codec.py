"""Codec: frozen dataclasses to JSON text and back, lossless.

Written from the types, so that a new field with a default needs no code here and old rows still read. A text with
surrogates goes as the hex of its bytes: JSON would join a lone high and a lone low one into another character.
"""

from __future__ import annotations

import json
import types
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from itertools import repeat, starmap
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from codeloop.errors import StoreError

_T = TypeVar("_T")
_RAW = "utf8_hex"


def encode(value: object) -> str:
    """Give ASCII JSON text of a dataclass, or of plain data made of dict, list, tuple, str, numbers and ``None``."""
    return json.dumps(_plain(value), ensure_ascii=True, separators=(",", ":"))


def decode(kind: type[_T], text: str) -> _T:
    """Read what ``encode`` wrote as a ``kind``. Raises StoreError for text that does not fit the type."""
    try:
        result: _T = _typed(kind, json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        raise StoreError(f"a stored {kind.__name__} cannot be read: {' '.join(str(exc).split())[:200]}") from exc
    return result


def decode_plain(text: str) -> Any:
    """Read plain data; tuples come back as lists. Raises StoreError for what is no such text."""
    try:
        return _unplain(json.loads(text))
    except (ValueError, TypeError, RecursionError) as exc:
        raise StoreError(f"stored plain data cannot be read: {' '.join(str(exc).split())[:200]}") from exc


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value if not _has_surrogate(value) else {_RAW: value.encode("utf-8", "surrogatepass").hex()}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _has_surrogate(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return bytes.fromhex(value[_RAW]).decode("utf-8", "surrogatepass")
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {type(value).__name__}")
    return value


def _unplain(value: Any) -> Any:
    if isinstance(value, dict):
        return _text(value) if set(value) == {_RAW} else {key: _unplain(item) for key, item in value.items()}
    return [_unplain(item) for item in value] if isinstance(value, list) else value


def _typed(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _typed(next(k for k in get_args(kind) if k is not type(None)), value)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError(f"list expected, not {type(value).__name__}")
        kinds = get_args(kind)
        is_open = kinds[1:] == (...,)
        return tuple(starmap(_typed, zip(repeat(kinds[0]) if is_open else kinds, value, strict=not is_open)))
    if origin in (dict, Mapping):
        return {key: _typed(get_args(kind)[1], item) for key, item in value.items()}
    if is_dataclass(kind):
        hints = _hints(cast("Hashable", kind))
        return cast("Any", kind)(**{name: _typed(hints[name], item) for name, item in value.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return _text(value) if kind is str else _number(kind, value)


def _number(kind: Any, value: Any) -> Any:
    """Give an int, float or bool as it is; Python would take a bool for an int."""
    if kind not in (int, float, bool):
        raise TypeError(f"no stored form of {kind}")
    is_fit = isinstance(value, (int, float) if kind is float else kind) and isinstance(value, bool) == (kind is bool)
    if not is_fit:
        raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
    return value


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind)

"""Types of ``codeloop.yaml``'s fields: what a language, a model, an address may look like, and what is said otherwise."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from codeloop.errors import UsageError
from codeloop.languages import NAMES as LANGUAGES
from codeloop.models.names import check_model_name
from codeloop.policies import get_policy

SUITE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._/:=,+-]{0,99}$"
VARIABLE = r"^[A-Z][A-Z0-9_]{0,99}$"
WORD = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$"
"""Names that stand in reports, file names and tags; ``problems`` says each pattern in words."""


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise PydanticCustomError("unknown_name", "{value}", {"value": value, "kind": "language", "known": LANGUAGES})
    return value


def _policy(value: str) -> str:
    try:
        return get_policy(value).name
    except UsageError as exc:
        raise PydanticCustomError("usage", "{text}", {"text": str(exc)}) from exc


def _model_name(value: str) -> str:
    try:
        check_model_name(value)
    except UsageError as exc:
        raise PydanticCustomError("usage", "{text}", {"text": str(exc)}) from exc
    return value


def _endpoint(value: str) -> str:
    """Take http and https; a key or a password in it would be stored and printed."""
    try:
        parts = urlsplit(value)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0  # raises beyond 65535
    except ValueError:
        is_url = False
    if not is_url:
        raise PydanticCustomError("usage", "is no URL: write it whole, such as https://example.org/v1")
    if "@" in parts.netloc:
        raise PydanticCustomError("usage", "holds a user or a password: they belong in the environment")
    return value


Language = Annotated[str, AfterValidator(_language), Field(json_schema_extra={"enum": list(LANGUAGES)})]
Url = Annotated[str, AfterValidator(_endpoint), Field(json_schema_extra={"format": "uri"})]
Word = Annotated[str, Field(pattern=WORD)]
File = Annotated[str, Field(min_length=1, max_length=1000)]
ModelName = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_model_name)]
PolicySpec = Annotated[str, AfterValidator(_policy)]


class Frozen(BaseModel):
    """Frozen, strict (``'5'`` is no number, ``1`` no truth value), and without unknown keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

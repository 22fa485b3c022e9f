"""C sources as translation sees them: functions, types and globals, and what of them cannot be translated, by line."""

from codeloop.csource.reading import NO_FAULTS, read_unit
from codeloop.csource.roles import Argument, BadRole, Role, arguments_of
from codeloop.csource.words import (
    Array,
    Constant,
    Enum,
    Field,
    Function,
    Global,
    Named,
    Parameter,
    Place,
    Refusal,
    Returned,
    Struct,
    Text,
    Type,
    Unit,
)

__all__ = [
    "NO_FAULTS",
    "Argument",
    "Array",
    "BadRole",
    "Constant",
    "Enum",
    "Field",
    "Function",
    "Global",
    "Named",
    "Parameter",
    "Place",
    "Refusal",
    "Returned",
    "Role",
    "Struct",
    "Text",
    "Type",
    "Unit",
    "arguments_of",
    "read_unit",
]

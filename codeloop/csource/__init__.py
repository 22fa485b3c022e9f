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
    Refusal,
    Struct,
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
    "Refusal",
    "Role",
    "Struct",
    "Type",
    "Unit",
    "arguments_of",
    "read_unit",
]

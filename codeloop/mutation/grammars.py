"""Grammars: what mutants must know of a language beyond its ``Syntax`` and its ``Shapes``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """Node types of one grammar, and how its mutants are written."""

    skipped: frozenset[str]
    """Nodes in which nothing is mutated: types, patterns, constants that the compiler must know, text."""
    skipped_fields: frozenset[tuple[str, str]] = frozenset()
    """(node type, field) likewise."""
    calls: Mapping[str, str]
    """Calls → the field that names what is called."""
    shows: re.Pattern[str]
    """What is called to show, log or check something: a mutant in its arguments is no fault of the program."""
    loops: frozenset[str]
    """Loops whose ``body`` field is what is repeated."""
    loop_conditions: Mapping[str, str] = field(default_factory=dict)
    """Loops → the field of a condition; always false is a mutant, always true is an endless loop."""
    blocks: frozenset[str]
    """Bodies in braces, or in an indent."""
    lambdas: frozenset[str]
    """Functions within functions, whose type of result is not written."""
    deleted: frozenset[str]
    """Statements that may be left out as they are: ``break``, ``i++;``."""
    unary: frozenset[str]
    """Nodes of a prefix ``!``, ``not`` or ``-``."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Leaf of a truth value → its text when it is the other one."""
    true: str = "true"
    false: str = "false"
    nothing: str = ""
    """What stands for a statement that is gone."""
    no_arithmetic: frozenset[str] = frozenset()
    """Operators that are left alone, for they mean something else as well: ``<<`` of C++ writes to streams."""


_PYTHON = Grammar(
    skipped=frozenset({"type", "decorator", "parameters", "lambda_parameters", "string", "case_pattern", "comment"})
    | {"global_statement", "nonlocal_statement", "delete_statement", "import_statement", "import_from_statement"}
    | {"future_import_statement", "assert_statement", "raise_statement", "type_alias_statement", "ERROR"},
    calls={"call": "function"},
    shows=re.compile(r"print|pprint|logging\.\w+|log\w*\.\w+|warnings\.warn|sys\.std(?:out|err)\.\w+"),
    loops=frozenset({"while_statement", "for_statement"}),
    loop_conditions={"while_statement": "condition"},
    blocks=frozenset({"block"}),
    lambdas=frozenset({"lambda"}),
    deleted=frozenset({"break_statement", "continue_statement"}),
    unary=frozenset({"not_operator", "unary_operator"}),
    constants={"true": "False", "false": "True"},
    true="True",
    false="False",
    nothing="pass",
)

_JAVA = Grammar(
    skipped=frozenset({"annotation", "marker_annotation", "switch_label", "import_declaration", "formal_parameters"})
    | {"type_arguments", "type_parameters", "line_comment", "block_comment", "string_literal", "assert_statement"}
    | {"throw_statement", "enum_constant", "pattern", "instanceof_expression", "explicit_constructor_invocation"}
    | {"dimensions", "ERROR"},
    calls={"method_invocation": "name"},
    shows=re.compile(r"(?:System\.(?:out|err)\.)?(?:print|println|printf)|(?:log|logger|LOG|LOGGER)\.\w+"),
    loops=frozenset({"while_statement", "for_statement", "enhanced_for_statement", "do_statement"}),
    loop_conditions={"while_statement": "condition", "for_statement": "condition", "do_statement": "condition"},
    blocks=frozenset({"block"}),
    lambdas=frozenset({"lambda_expression"}),
    deleted=frozenset({"break_statement", "continue_statement"}),
    unary=frozenset({"unary_expression"}),
    constants={"true": "false", "false": "true"},
    nothing=";",
)

_CPP = Grammar(
    skipped=frozenset({"template_argument_list", "template_parameter_list", "enumerator", "static_assert_declaration"})
    | {"preproc_include", "preproc_def", "preproc_function_def", "preproc_call", "preproc_if", "preproc_ifdef"}
    | {"bitfield_clause", "attribute_declaration", "throw_statement", "optional_parameter_declaration", "comment"}
    | {"parameter_list", "string_literal", "raw_string_literal", "alias_declaration", "type_definition", "noexcept"}
    | {"using_declaration", "type_descriptor", "decltype", "ERROR"},
    skipped_fields=frozenset({("case_statement", "value"), ("array_declarator", "size")}),
    calls={"call_expression": "function"},
    shows=re.compile(r"(?:std::)?(?:printf|fprintf|puts|fputs|assert|perror|print|println)"),
    loops=frozenset({"while_statement", "for_statement", "for_range_loop", "do_statement"}),
    loop_conditions={"while_statement": "condition", "for_statement": "condition", "do_statement": "condition"},
    blocks=frozenset({"compound_statement"}),
    lambdas=frozenset({"lambda_expression"}),
    deleted=frozenset({"break_statement", "continue_statement"}),
    unary=frozenset({"unary_expression"}),
    constants={"true": "false", "false": "true"},
    nothing=";",
    no_arithmetic=frozenset({"<<", ">>"}),
)

_JAVASCRIPT = Grammar(
    skipped=frozenset({"string", "regex", "template_string", "comment", "import_statement", "export_specifier"})
    | {"formal_parameters", "object_pattern", "array_pattern", "throw_statement", "property_identifier", "ERROR"},
    skipped_fields=frozenset({("pair", "key"), ("field_definition", "property"), ("method_definition", "name")}),
    calls={"call_expression": "function"},
    shows=re.compile(r"console\.\w+|assert(?:\.\w+)?|alert|process\.std(?:out|err)\.write"),
    loops=frozenset({"while_statement", "for_statement", "for_in_statement", "do_statement"}),
    loop_conditions={"while_statement": "condition", "for_statement": "condition", "do_statement": "condition"},
    blocks=frozenset({"statement_block"}),
    lambdas=frozenset(),
    deleted=frozenset({"break_statement", "continue_statement"}),
    unary=frozenset({"unary_expression"}),
    constants={"true": "false", "false": "true"},
    nothing=";",
)

_GO = Grammar(
    skipped=frozenset({"const_declaration", "type_declaration", "import_declaration", "parameter_list", "comment"})
    | {"interpreted_string_literal", "raw_string_literal", "array_type", "slice_type", "map_type", "default_case"}
    | {"type_arguments", "type_instantiation_expression", "communication_case", "ERROR"},
    skipped_fields=frozenset({("expression_case", "value"), ("type_case", "type"), ("type_switch_statement", "value")}),
    calls={"call_expression": "function"},
    shows=re.compile(r"fmt\.(?:Print|Fprint)\w*|log\.\w+|panic|print|println|errors\.New|fmt\.Errorf"),
    loops=frozenset({"for_statement"}),
    loop_conditions={"for_clause": "condition"},
    blocks=frozenset({"block"}),
    lambdas=frozenset({"func_literal"}),
    deleted=frozenset({"break_statement", "continue_statement"}),
    unary=frozenset({"unary_expression"}),
    constants={"true": "false", "false": "true"},
)

_RUST = Grammar(
    skipped=frozenset({"const_item", "static_item", "attribute_item", "inner_attribute_item", "macro_invocation"})
    | {"macro_definition", "match_pattern", "parameters", "closure_parameters", "type_arguments", "line_comment"}
    | {"type_parameters", "block_comment", "string_literal", "raw_string_literal", "use_declaration", "array_type"}
    | {"where_clause", "const_block", "let_condition", "let_chain", "enum_variant", "tuple_pattern", "ERROR"},
    skipped_fields=frozenset({("array_expression", "length"), ("let_declaration", "pattern")})
    | {("for_expression", "pattern"), ("let_declaration", "type"), ("type_cast_expression", "type")},
    calls={"call_expression": "function"},
    shows=re.compile(r"(?!)"),
    loops=frozenset({"while_expression", "for_expression", "loop_expression"}),
    loop_conditions={"while_expression": "condition"},
    blocks=frozenset({"block"}),
    lambdas=frozenset({"closure_expression", "async_block"}),
    deleted=frozenset({"break_expression", "continue_expression"}),
    unary=frozenset({"unary_expression"}),
    constants={"true": "false", "false": "true"},
)

GRAMMARS: Mapping[str, Grammar] = {
    "python": _PYTHON,
    "java": _JAVA,
    "cpp": _CPP,
    "javascript": _JAVASCRIPT,
    "go": _GO,
    "rust": _RUST,
}

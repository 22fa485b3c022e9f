"""Shapes: what faults and mutants must know of a language, as tables of its grammar's node types.

The kinds of faults (``inject``) and the mutation operators (``mutation``) are written once. What a language names, binds and calls a function stands in its
own ``Syntax``; here is only what faults need beyond it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """Node types of one grammar; a place is (field name) or, where the grammar has none, the index of a named child."""

    operations: frozenset[str]
    """Nodes with an operator among their children: comparisons, arithmetic, logic, augmented assignments."""
    numbers: frozenset[str]
    booleans: Mapping[str, str]
    """Leaf → the other one."""
    strings: frozenset[str]
    """The text between the quotes."""
    indexes: Mapping[str, int]
    """Nodes that look something up by position → how many named children stand before the first position."""
    bounded: frozenset[str]
    """Calls whose arguments are positions."""
    arguments: frozenset[str]
    conditions: Mapping[str, str | int]
    """Nodes that ask something → where the condition is."""
    negation: tuple[str, str]
    """What makes the opposite of a condition, before and after it."""
    negations: frozenset[str]
    """Nodes that may be a negation themselves: their operator is dropped."""
    ifs: frozenset[str]
    alternatives: frozenset[str]
    """Children of an ``if`` that are another case of it; the word ``else`` where the grammar has no node for it."""
    cases: frozenset[str]
    """Branches of a ``switch`` or ``match``."""
    whiles: frozenset[str]
    for_updates: Mapping[str, str]
    """Loop heads with an update → its field."""
    updates: frozenset[str]
    """Nodes that change a variable: assignments and ``i++``."""
    assignments: frozenset[str]
    """Of these, those with ``left``, an operator, and ``right``."""
    statements: frozenset[str]
    """What an assignment's or call's node stands in when it is a statement of its own."""
    scopes: frozenset[str]
    """What a name is seen within."""
    holders: frozenset[str]
    """Nodes whose named children are statements."""
    declaration: str
    """A new variable with NAME and VALUE, without the statement's end."""
    as_text: str
    """VALUE turned into text."""
    new_name: str = "newNAME"
    """How a second variable for the same thing is called; NAME begins with a capital where nothing parts the words."""
    dropped_return: str = "keyword"
    """``keyword``: ``return x`` → ``x``; ``last``: the last statement goes; ``tail``: as ``keyword``, or ``x`` → ``x;``."""
    empty: str = ""
    """What must stand in a block without statements."""
    qualified: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Nodes of a qualified name → fields of the qualifier and of the rest."""
    qualifiers: re.Pattern[str] | None = None
    """Qualifiers that can be left out by mistake; ``None``: those that the program imports."""
    closers: frozenset[str] = frozenset({")", "]", "}"})
    """Tokens without which a program cannot be read."""
    colons: frozenset[str] = frozenset()
    """Statements with a colon before their block."""


_PYTHON = Shapes(
    operations=frozenset({"comparison_operator", "binary_operator", "boolean_operator", "augmented_assignment"}),
    numbers=frozenset({"integer", "float"}),
    booleans={"true": "False", "false": "True"},
    strings=frozenset({"string_content"}),
    indexes={"subscript": 1, "slice": 0},
    bounded=frozenset({"range"}),
    arguments=frozenset({"argument_list"}),
    conditions={
        "if_statement": "condition",
        "elif_clause": "condition",
        "while_statement": "condition",
        "conditional_expression": 1,
        "if_clause": 0,
    },
    negation=("not (", ")"),
    negations=frozenset({"not_operator"}),
    ifs=frozenset({"if_statement"}),
    alternatives=frozenset({"elif_clause", "else_clause"}),
    cases=frozenset({"case_clause"}),
    whiles=frozenset({"while_statement"}),
    for_updates={},
    updates=frozenset({"assignment", "augmented_assignment"}),
    assignments=frozenset({"assignment", "augmented_assignment"}),
    statements=frozenset({"expression_statement"}),
    scopes=frozenset({"function_definition", "lambda", "module", "list_comprehension", "generator_expression"})
    | {"set_comprehension", "dictionary_comprehension"},
    holders=frozenset({"block"}),
    declaration="NAME = VALUE",
    as_text="str(VALUE)",
    new_name="new_NAME",
    empty="pass",
    qualified={"attribute": ("object", "attribute")},
    colons=frozenset({"if_statement", "elif_clause", "else_clause", "for_statement", "while_statement"})
    | {"function_definition"},
)

_JAVA = Shapes(
    operations=frozenset({"binary_expression", "assignment_expression"}),
    numbers=frozenset({"decimal_integer_literal", "decimal_floating_point_literal"}),
    booleans={"true": "false", "false": "true"},
    strings=frozenset({"string_fragment"}),
    indexes={"array_access": 1},
    bounded=frozenset({"charAt", "substring", "subList"}),
    arguments=frozenset({"argument_list"}),
    conditions={"if_statement": "condition", "while_statement": "condition", "ternary_expression": "condition"},
    negation=("!(", ")"),
    negations=frozenset({"unary_expression"}),
    ifs=frozenset({"if_statement"}),
    alternatives=frozenset({"else"}),
    cases=frozenset({"switch_block_statement_group", "switch_rule"}),
    whiles=frozenset({"while_statement"}),
    for_updates={"for_statement": "update"},
    updates=frozenset({"assignment_expression", "update_expression"}),
    assignments=frozenset({"assignment_expression"}),
    statements=frozenset({"expression_statement"}),
    scopes=frozenset({"block", "for_statement", "enhanced_for_statement", "method_declaration", "lambda_expression"}),
    holders=frozenset({"block", "switch_block_statement_group"}),
    declaration="var NAME = VALUE",
    as_text="String.valueOf(VALUE)",
    dropped_return="last",
    qualified={"method_invocation": ("object", "name"), "field_access": ("object", "field")},
    qualifiers=re.compile(r"(?!Solution\b)[A-Z]\w*"),
    closers=frozenset({")", "]", "}", ";"}),
)

_CPP = Shapes(
    operations=frozenset({"binary_expression", "assignment_expression"}),
    numbers=frozenset({"number_literal"}),
    booleans={"true": "false", "false": "true"},
    strings=frozenset({"string_content"}),
    indexes={"subscript_argument_list": 0},
    bounded=frozenset({"substr", "at"}),
    arguments=frozenset({"argument_list"}),
    conditions={"if_statement": "condition", "while_statement": "condition", "conditional_expression": "condition"},
    negation=("!(", ")"),
    negations=frozenset({"unary_expression"}),
    ifs=frozenset({"if_statement"}),
    alternatives=frozenset({"else_clause"}),
    cases=frozenset({"case_statement"}),
    whiles=frozenset({"while_statement"}),
    for_updates={"for_statement": "update"},
    updates=frozenset({"assignment_expression", "update_expression"}),
    assignments=frozenset({"assignment_expression"}),
    statements=frozenset({"expression_statement"}),
    scopes=frozenset({"compound_statement", "for_statement", "for_range_loop", "function_definition"})
    | {"lambda_expression"},
    holders=frozenset({"compound_statement", "case_statement"}),
    declaration="auto NAME = VALUE",
    as_text="std::to_string(VALUE)",
    new_name="new_NAME",
    qualified={"qualified_identifier": ("scope", "name")},
    qualifiers=re.compile(r"std"),
    closers=frozenset({")", "]", "}", ";"}),
)

_JAVASCRIPT = Shapes(
    operations=frozenset({"binary_expression", "augmented_assignment_expression"}),
    numbers=frozenset({"number"}),
    booleans={"true": "false", "false": "true"},
    strings=frozenset({"string_fragment"}),
    indexes={"subscript_expression": 1},
    bounded=frozenset({"charAt", "charCodeAt", "slice", "substring", "substr"}),
    arguments=frozenset({"arguments"}),
    conditions={"if_statement": "condition", "while_statement": "condition", "ternary_expression": "condition"},
    negation=("!(", ")"),
    negations=frozenset({"unary_expression"}),
    ifs=frozenset({"if_statement"}),
    alternatives=frozenset({"else_clause"}),
    cases=frozenset({"switch_case"}),
    whiles=frozenset({"while_statement"}),
    for_updates={"for_statement": "increment"},
    updates=frozenset({"assignment_expression", "augmented_assignment_expression", "update_expression"}),
    assignments=frozenset({"assignment_expression", "augmented_assignment_expression"}),
    statements=frozenset({"expression_statement"}),
    scopes=frozenset({"statement_block", "for_statement", "for_in_statement", "arrow_function", "program"})
    | {"function_declaration", "function_expression"},
    holders=frozenset({"statement_block", "switch_case"}),
    declaration="const NAME = VALUE",
    as_text="String(VALUE)",
    qualified={"member_expression": ("object", "property")},
    qualifiers=re.compile(r"Math|Number|Object|Array|JSON|String"),
)

_GO = Shapes(
    operations=frozenset({"binary_expression", "assignment_statement"}),
    numbers=frozenset({"int_literal", "float_literal"}),
    booleans={"true": "false", "false": "true"},
    strings=frozenset({"interpreted_string_literal_content"}),
    indexes={"index_expression": 1, "slice_expression": 1},
    bounded=frozenset(),
    arguments=frozenset({"argument_list"}),
    conditions={"if_statement": "condition"},
    negation=("!(", ")"),
    negations=frozenset({"unary_expression"}),
    ifs=frozenset({"if_statement"}),
    alternatives=frozenset({"else"}),
    cases=frozenset({"expression_case"}),
    whiles=frozenset({"for_statement"}),
    for_updates={"for_clause": "update"},
    updates=frozenset({"assignment_statement", "inc_statement", "dec_statement"}),
    assignments=frozenset({"assignment_statement"}),
    statements=frozenset({"statement_list"}),
    scopes=frozenset({"block", "for_statement", "if_statement", "function_declaration", "func_literal"}),
    holders=frozenset({"statement_list"}),
    declaration="NAME := VALUE",
    as_text="string(VALUE)",
    dropped_return="last",
    qualified={"selector_expression": ("operand", "field")},
)

_RUST = Shapes(
    operations=frozenset({"binary_expression", "compound_assignment_expr"}),
    numbers=frozenset({"integer_literal", "float_literal"}),
    booleans={"true": "false", "false": "true"},
    strings=frozenset({"string_content"}),
    indexes={"index_expression": 1, "range_expression": 0},
    bounded=frozenset({"nth", "skip", "take"}),
    arguments=frozenset({"arguments"}),
    conditions={"if_expression": "condition", "while_expression": "condition"},
    negation=("!(", ")"),
    negations=frozenset({"unary_expression"}),
    ifs=frozenset({"if_expression"}),
    alternatives=frozenset({"else_clause"}),
    cases=frozenset({"match_arm"}),
    whiles=frozenset({"while_expression"}),
    for_updates={},
    updates=frozenset({"assignment_expression", "compound_assignment_expr"}),
    assignments=frozenset({"assignment_expression", "compound_assignment_expr"}),
    statements=frozenset({"expression_statement"}),
    scopes=frozenset({"block", "for_expression", "function_item", "closure_expression", "match_arm"}),
    holders=frozenset({"block"}),
    declaration="let NAME = VALUE",
    as_text="(VALUE).to_string()",
    new_name="new_NAME",
    dropped_return="tail",
    qualified={"scoped_identifier": ("path", "name")},
    qualifiers=re.compile(r"(?:std|core)(?:::\w+)*|(?!Self\b)[A-Z]\w*|[iuf]\d+|[iu]size|str|char"),
)

SHAPES: Mapping[str, Shapes] = {
    "python": _PYTHON,
    "java": _JAVA,
    "cpp": _CPP,
    "javascript": _JAVASCRIPT,
    "go": _GO,
    "rust": _RUST,
}

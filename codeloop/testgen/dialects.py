"""Dialects: how tests of each language are written, and which words a written test may use.

A written test is a model's text that will run where tests run. So it is a condition and nothing else: values, operators,
the function under test, and the few names below. What uses another name is no test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Claim(Enum):
    """What a call of an assertion claims of its arguments."""

    TRUE = 1
    FALSE = 2
    EQUAL = 3
    ITSELF = 5
    """What no operator says: it stays the assertion that it is."""
    LISTED = 4
    """Nothing: its arguments may be conditions, as in the suites' own lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One language's tests."""

    calls: frozenset[str]
    """Node types of calls."""
    conditions: frozenset[str]
    """Node types that can be a condition by themselves."""
    statements: frozenset[str]
    """Where a condition may stand by itself; an ``if`` is not there: it may say the opposite."""
    asserts: frozenset[str] = frozenset()
    """Node types of a statement that asserts its first child."""
    claims: Mapping[str, Claim]
    """Last name of an assertion's callee, and what it claims."""
    words: frozenset[str]
    """Names that a test may use beside the function under test."""
    equal: tuple[str, str]
    """How two values are compared where one is a plain scalar, and where it is none: ``{0}`` the answer, ``{1}`` expected."""
    truth: str = "{0}"
    falsehood: str = "!({0})"
    receiver: str = ""
    """What the entry point is a method of, in tests."""
    itself: str = ""
    """An assertion that stays one: ``{0}`` its name, ``{1}`` its arguments."""
    escapes: re.Pattern[str] | None = None
    """Matches what is read before anything else, so that one which means a quotation mark ends a string."""
    refused: re.Pattern[str] | None = None
    """Matches text that does more than say a value, where the grammar does not show it."""
    wrap: tuple[str, str] = ("", "")
    """What makes a statement a program that the grammar takes."""
    handles: frozenset[str] = frozenset()
    """Arguments that are no values, such as Go's ``t``."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TRUE = dict.fromkeys(
    ("assertTrue", "True", "ASSERT_TRUE", "EXPECT_TRUE", "CHECK", "REQUIRE", "ok", "truthy"), Claim.TRUE
)
_FALSE = dict.fromkeys(("assertFalse", "False", "ASSERT_FALSE", "EXPECT_FALSE", "CHECK_FALSE"), Claim.FALSE)
_EQUAL = dict.fromkeys(
    (
        "assertEquals", "assertEqual", "assertListEqual", "assertIterableEquals", "Equal", "EqualValues", "EXPECT_EQ", "ASSERT_EQ",
        "assert_eq", "toBe", "toEqual", "toStrictEqual", "strictEqual", "deepEqual", "deepStrictEqual", "equal",
    ),
    Claim.EQUAL,
)  # fmt: skip
_CLAIMS = {**_TRUE, **_FALSE, **_EQUAL}

DIALECTS: Mapping[str, Dialect] = {
    "python": Dialect(
        calls=frozenset({"call"}),
        conditions=frozenset({"comparison_operator", "boolean_operator", "not_operator"}),
        statements=frozenset({"expression_statement", "module", "ERROR"}),
        asserts=frozenset({"assert_statement"}),
        claims=_CLAIMS,
        words=_words(
            "abs len sorted set list tuple dict frozenset round sum min max any all str int float bool pow range isinstance type "
            "math isclose sqrt pi inf nan complex bytes append count index upper lower strip split join keys values items copy"
        ),
        equal=("{0} == {1}", "{0} == {1}"),
        falsehood="not ({0})",
    ),
    "java": Dialect(
        calls=frozenset({"method_invocation"}),
        conditions=frozenset({"binary_expression", "unary_expression", "method_invocation"}),
        statements=frozenset({"expression_statement", "argument_list", "program", "block", "ERROR"}),
        asserts=frozenset({"assert_statement"}),
        claims={**_CLAIMS, "asList": Claim.LISTED, "of": Claim.LISTED},
        words=_words(
            "s Math abs Arrays asList List of Set Map entry Entry ArrayList LinkedList HashMap HashSet LinkedHashMap TreeMap Optional "
            "empty get isPresent isEmpty Objects equals Integer Long Double Float String Boolean Character Object valueOf toString "
            "length size contains containsKey MAX_VALUE MIN_VALUE Collections emptyList emptyMap singletonList nCopies repeat "
            "NaN POSITIVE_INFINITY NEGATIVE_INFINITY ofNullable"
        ),
        equal=("{0} == {1}", "{0}.equals({1})"),
        receiver="s",
        escapes=re.compile(r"\\u"),
        wrap=("void m() { ", "; }"),
    ),
    "cpp": Dialect(
        calls=frozenset({"call_expression"}),
        conditions=frozenset({"binary_expression", "unary_expression"}),
        statements=frozenset({"expression_statement", "translation_unit", "compound_statement", "ERROR"}),
        claims={**_CLAIMS, "assert": Claim.TRUE},
        words=_words(
            "std vector string map set unordered_map pair make_pair tuple make_tuple abs fabs pow sqrt size empty length to_string "
            "INT_MAX INT_MIN LONG_MAX LLONG_MAX nullopt optional size_t int64_t uint64_t count at first second value has_value issame"
        ),
        equal=("{0} == {1}", "{0} == {1}"),
        escapes=re.compile(r"\?\?[=/'()!<>-]"),  # trigraphs, which C++ had before 2017
        wrap=("void m() { ", "; }"),
    ),
    "javascript": Dialect(
        calls=frozenset({"call_expression"}),
        conditions=frozenset({"binary_expression", "unary_expression"}),
        statements=frozenset({"expression_statement", "program", "statement_block", "ERROR"}),
        claims={**_CLAIMS, "assert": Claim.TRUE},
        words=_words(
            "JSON stringify Math abs Array isArray from length Number undefined NaN Infinity Set Map BigInt isNaN Object is String "
            "MAX_SAFE_INTEGER MIN_SAFE_INTEGER keys entries sort repeat join fill size has isInteger"
        ),
        equal=("{0} === {1}", "JSON.stringify({0}) === JSON.stringify({1})"),
    ),
    "go": Dialect(
        calls=frozenset({"call_expression"}),
        conditions=frozenset({"binary_expression", "unary_expression"}),
        statements=frozenset({"expression_statement", "statement_list", "block", "ERROR"}),
        claims={
            **_CLAIMS,
            **dict.fromkeys(("Empty", "NotEmpty", "Len", "Nil", "NotNil", "InDelta", "ElementsMatch"), Claim.ITSELF),
        },
        words=_words(
            "Empty NotEmpty Len Nil NotNil InDelta ElementsMatch assert t Equal True False math Abs MaxInt MinInt MaxInt64 Inf NaN IsNaN string int int64 int32 float64 rune byte bool any len "
            "reflect DeepEqual nil true false strings Repeat EqualValues uint uint64 interface"
        ),
        equal=("assert.Equal(t, {1}, {0})", "assert.Equal(t, {1}, {0})"),
        wrap=("package p\nfunc m() { ", " }"),
        truth="assert.True(t, {0})",
        falsehood="assert.False(t, {0})",
        itself="assert.{0}(t, {1})",
        handles=frozenset({"t"}),
    ),
    "rust": Dialect(
        calls=frozenset({"macro_invocation"}),
        conditions=frozenset({"binary_expression", "unary_expression"}),
        statements=frozenset({"expression_statement", "block", "source_file", "ERROR"}),
        claims={**_CLAIMS, "assert": Claim.TRUE},
        words=_words(
            "vec String from to_string to_owned to_vec Some None Ok Err abs is_empty len i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 "
            "bool char str MAX MIN INFINITY NAN as_str as_slice is_some is_none is_ok is_err unwrap into iter new HashMap HashSet BTreeMap "
            "assert assert_eq Vec clone contains powi sqrt EPSILON as_ref std collections"
        ),
        equal=("assert_eq!({0}, {1})", "assert_eq!({0}, {1})"),
        truth="assert!({0})",
        falsehood="assert!(!({0}))",
        refused=re.compile(
            r"[{};]|(?:^|[(,=])\s*(?:move\s*)?\|"
        ),  # blocks and closures: a macro's arguments are not parsed
        wrap=("fn m() { ", "; }"),
    ),
}
"""Language to dialect."""

"""From a C signature to the texts that let C and Rust be compared: Rust's side, the layer between, the fuzzer's driver."""

from codeloop.bridge.constraints import Alphabet, BadConstraint, Entry, Range, mapping_of, read_constraints, roles_of
from codeloop.bridge.contract import rust_head, skeleton
from codeloop.bridge.driver import calls_header, driver_source, shim_source
from codeloop.bridge.layer import layer_source
from codeloop.bridge.names import name_of_ours, rust_word
from codeloop.bridge.texts import texts_between

__all__ = [
    "Alphabet",
    "BadConstraint",
    "Entry",
    "Range",
    "calls_header",
    "driver_source",
    "layer_source",
    "mapping_of",
    "name_of_ours",
    "read_constraints",
    "roles_of",
    "rust_head",
    "rust_word",
    "shim_source",
    "skeleton",
    "texts_between",
]

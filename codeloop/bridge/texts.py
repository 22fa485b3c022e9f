"""The texts that stand between an original and any translation of it: the driver's, the layer's, the original's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codeloop.bridge.checked import checked_source
from codeloop.bridge.constraints import Entry
from codeloop.bridge.driver import calls_header, driver_source, shim_source
from codeloop.bridge.layer import layer_source
from codeloop.bridge.twin import twin_source
from codeloop.csource import Unit


def texts_between(unit: Unit, entries: Sequence[Entry]) -> Mapping[str, str]:
    """Write them all: name to text, as ``sandboxes/c-rust/build.py`` wants them.

    Beside ``solution.rs``, a translation can be compared; beside ``variant.c``, another original with the same signatures and
    variables can be.
    """
    checked = checked_source(unit.text)
    return {
        "original.c": unit.text,
        **({"checked.c": checked} if checked else {}),
        "calls.h": calls_header(unit, entries),
        "shim.c": shim_source(unit, entries, sanitized="checked.c" if checked else "original.c"),
        "driver.c": driver_source(unit, entries),
        "layer.rs": layer_source(unit, entries),
        "twin.c": twin_source(unit, entries),
    }

"""Growth: the tests of a program that has passed, grown until its mutants die.

Tests are written from the statement, then against mutants that survived; each is kept only if it compiles, ends alike in
two runs and passes on the program. Where a test and the program disagree, programs that were written independently are
asked (``testgen.agreement``), and a program that they show wrong is repaired. Properties are believed as a whole or not.
"""

from __future__ import annotations

from codeloop.budget import BudgetSpent
from codeloop.errors import ModelError, SandboxError
from codeloop.growth.generation import Coder, generate, take_visible
from codeloop.growth.ground import Ground, Write
from codeloop.growth.properties import generalise
from codeloop.growth.settings import GrowthSettings
from codeloop.growth.strengthening import strengthen
from codeloop.growth.trial import Bed
from codeloop.tasks import Task
from codeloop.testgen.results import Growth, Origin


async def grow(
    task: Task, draw: int, code: str, *, write: Write, coder: Coder, bed: Bed, settings: GrowthSettings
) -> Growth:
    """Grow the tests of ``code``, which passes the visible tests of ``task``; ``write`` asks the test-writer.

    Where the machine or a model fails, or a budget is spent, it ends with ``error``, and what was found before is kept.
    """
    ground = Ground(task=task, draw=draw, code=code, write=write, bed=bed, settings=settings)
    try:
        await take_visible(ground)
        await ground.mutate(Origin.VISIBLE)
        await generate(ground, coder)
        await generalise(ground)
        await ground.mutate(Origin.GENERATED)
        await strengthen(ground)
        await ground.mutate(Origin.MUTATION)
    except (ModelError, SandboxError, BudgetSpent) as error:
        return ground.growth(str(error))
    return ground.growth()


__all__ = ["Bed", "Coder", "Growth", "GrowthSettings", "Write", "grow"]

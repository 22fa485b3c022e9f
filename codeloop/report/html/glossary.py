"""Glossary: every label that the page shows, and what it means. The page has no other source of labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from codeloop.report.html import words


class Term(NamedTuple):
    """A label, and what it means in a sentence or two."""

    label: str
    text: str


def _terms(**entries: tuple[str, str]) -> dict[str, Term]:
    return {key: Term(*entry) for key, entry in entries.items()}


FIGURES = _terms(
    pass_at_k=(
        "pass@k",
        "Mean over tasks of the chance that at least one of k draws passes the hidden tests, estimated without bias from all "
        "draws (Chen et al. 2021). “By iteration t” judges what the loop would hand over if it stopped after t more attempts.",
    ),
    interval=(
        "95 % interval",
        "Wilson for one draw a task, else a bootstrap over whole problems: one problem is one cluster.",
    ),
    first_answer=("pass@1, first answer", "pass@1 of attempt 0 alone: the model without any loop."),
    last_answer=(
        "pass@1, with the loop",
        "pass@1 of what the loop hands over at its end, on hidden tests it never saw.",
    ),
    headline=("all tasks", "pass@k over all tasks with enough scored draws, errata included."),
    without_errata=("without errata", "pass@k without the tasks whose own data is known to be wrong."),
    hidden_only=(
        "hidden-only",
        "pass@k over the hidden cases that are not among the visible ones, so that no loop could have seen them.",
    ),
    oracle=(
        "oracle@t",
        "Any attempt up to t passes: a bound for every way to choose among the attempts, never a result of the loop.",
    ),
    n_tasks=("tasks in the mean", "Tasks that have at least k scored draws."),
    k=("k", "How many draws may be tried."),
    iteration=("iteration", "Index of an attempt in its trajectory; 0 is the first answer."),
    measure=("measure", "What the bars add up: time, tokens or cost."),
    step=("step", "From one attempt of a trajectory to the next one."),
    tasks=("tasks", "Tasks with at least one trajectory in this run."),
    draws=("trajectories", "One per task and draw: everything that the loop did for it."),
    attempts=("attempts", "Turns of the loop: a prompt, an answer, its program and the checks."),
    solved_visible=(
        "solved",
        "Trajectories whose last program passes the visible tests; the hidden ones decide pass@k.",
    ),
    errored=("errored", "Trajectories that the machine failed, or that were cancelled: in no estimate."),
    unscored=("unscored", "Trajectories without a hidden verdict of what they handed over: in no estimate."),
    tokens=(
        "tokens",
        "Prompt and answer tokens of all calls, as the provider counts them; “unknown” where it does not.",
    ),
    prompt_tokens=("prompt tokens", "Tokens sent to the model."),
    completion_tokens=("answer tokens", "Tokens that the model wrote."),
    cost_usd=("cost, $", "What the provider charges; “unknown” where no price is known."),
    model_s=("model time", "Seconds waiting for the model's answers, added up over calls (calls run side by side)."),
    check_s=("check time", "Seconds in the sandbox, added up over stages, on visible tests."),
    from_store=("from store", "Answers taken from a recording instead of the model."),
)
FUNNEL = _terms(
    funnel=("funnel", "How far attempts of an iteration got: each stage runs only on what passed those before it."),
    code=("code found", "Attempts whose answer held a program."),
    reached=("reached", "Attempts on which the stage ran."),
    passed=("passed", "Of those, attempts that passed; in lint and mutate, those with nothing found that matters."),
    transition=(
        "transition",
        "How often an attempt of one error class was followed by one of another, repairs and fresh draws alike.",
    ),
    before=("attempt", "Error class of an attempt."),
    after=("next attempt", "Error class of the attempt after it; “passes” where it passes the visible tests."),
)
RUN = _terms(
    run_id=("run", "The run's id in the store."),
    model=("model", "Identity under which answers are recorded: endpoint, or weights and engine."),
    model_details=("model details", "What the adapter says of the model: sizes, slots, versions, sums."),
    engine=("engine", "The program that computes the model, and its version."),
    host=("host", "The machine that ran the loop."),
    container_engine=("container engine", "The program that runs the cells, and its version."),
    isolation=("isolation", "How programs of the model are kept from the host and from each other."),
    images=("images", "Ids of the images in which the checks ran, by language."),
    suite=("suite", "The list of tasks and its version."),
    suite_sha256=("suite sum", "Hash of all tasks: two runs with different sums are not comparable."),
    policy=("policy", "How the loop goes on, by name and changed fields."),
    feedback_mode=("feedback mode", "How the model is told what was wrong, and when it is asked afresh."),
    gating=("stages", "Which checks run, and which must pass."),
    sampling=("sampling", "How many independent trajectories a task has, and the seed."),
    iterations=("iterations", "How many attempts may follow the first."),
    calls=("model calls", "What became of the run's calls, over all its sessions."),
    wall=("wall time", "Seconds that the run took, its sessions added up."),
    codeloop=("codeloop", "Version of this program."),
    started=("started", "When the run was made, UTC."),
    metadata=(
        "metadata",
        "What tells this run from others: git commit and whether files differed from it, user, prompt version, seed, and what "
        "whoever started it said of it.",
    ),
    errata=(
        "errata",
        "Tasks whose own data is known to be wrong; they stay in the headline and leave “without errata”.",
    ),
    reason=("reason", "What is wrong with the task's data."),
    gate=(
        "gate",
        "A bound that the project sets: met, not met, or the data do not decide it. A relative one compares with a baseline on "
        "the same tasks and draws by an exact test.",
    ),
    partial=("partial", "The run has not ended, or was cut."),
    contamination=("contamination", "Tasks that models have probably seen in training say less about new tasks."),
    known_limit=("known limit", "What a verdict of this sandbox cannot promise."),
    cut_texts=("cut", "Texts that are not shown whole in this file."),
    no_visible_tests=("no visible tests", "Tasks whose loop had compilers' findings only."),
)
TABLE = _terms(
    task=("task", "Id of the task; a link to the steps of the trajectory."),
    draw=("draw", "Index of the trajectory among those of its task."),
    language=("language", "Language that the task asks for."),
    ending=("ending", "Why the trajectory stopped."),
    hidden=("hidden tests", "Whether what was handed over passes the hidden tests, which the loop never sees."),
    path=("path", "The error class of each attempt in order; a filled mark passes the visible tests."),
    passing=("passing draws", "Trajectories of the task that pass the hidden tests, of those that have a verdict."),
    results=("draws", "A mark for each trajectory of the task, by its hidden tests; each leads to its steps."),
    row_per=("a row for each", "Whether the table has a row for each trajectory or for each task."),
    trajectory=("trajectory", "One task and draw."),
    error_class=("error class", "Of which kind a failure is, alike in every language."),
    n_attempts=("attempts", "How many attempts the trajectory has."),
    tags=("tags", "What the run noted about the task: its own tags, kinds of injected faults, errata."),
    only_with=("only with", "What the table was narrowed to: a step of error classes, or a task."),
    search=("search", "Words that the task's id, its tags or its error line must hold."),
)
STEPS = _terms(
    prompt=("prompt sent", "Every message that was sent for this attempt."),
    inquiry=("asked before", "A call before the attempt's own: a diagnosis."),
    answer=("answer", "The model's text as it came."),
    program=("program", "The code taken from the answer, with what was found at its lines."),
    diff=("changes", "Lines that are new (+) or gone (−) against the attempt named."),
    template=("template", "Name and hash of the template that made the prompt."),
    seed=("seed", "Of the model's sampling in this attempt; a provider may not keep to it."),
    answered_by=("answered by", "The version that the provider says gave this answer, with its system's fingerprint."),
    image=(
        "image",
        "Id of the image that the attempt was checked in: with it, the versions of compilers and analysers.",
    ),
    tools=("tools", "Analysers and compilers that found something in the attempt, with their versions."),
    temperature=("temperature", "How freely the model chose its words."),
    wording=("wording", "Which rewrite of the C the model was shown; the program is judged by the C as it stands."),
    finish_reason=("finish reason", "Why the answer ended: stop, length, or the provider's word."),
    repair_of=(
        "repair of",
        "The attempt whose program the model was asked to repair; otherwise a fresh, independent draw.",
    ),
    handed_over=("best so far", "What the loop would hand over if it stopped here, by visible evidence."),
    extraction=("extraction", "What was changed or lost when the program was taken from the answer."),
    mended=(
        "mended",
        "What tools suggested and vouch for, made in the answer's program without a call of the model, and kept because its "
        "check came out better.",
    ),
    visible=(
        "visible checks",
        "What the loop saw: compile, visible tests, and static analysis or mutants where the policy asks.",
    ),
    hidden_checks=("hidden checks", "Scored after the trajectory had ended; never told to the model."),
    compared=(
        "compared with the original",
        "On how many inputs both did the same, and which regions and lines of the original no input reached: of those nothing is known.",
    ),
    outcome=("outcome", "The short word that says why a stage ended as it did."),
    findings=("findings", "What compilers, tests and analysers found; those with a line stand in the program."),
    changed=("findings changed", "Against the program repaired: gone, still there, new."),
    broken=("regression", "Cases that passed in the program repaired and do not now."),
    output=("output", "What the program printed, cut."),
    case=("case", "One assertion of the tests."),
    status=("status", "Outcome of a case or a stage."),
    expected=("expected", "The value that the test wants."),
    actual=("actual", "The value that the program gave, or what it raised."),
    vacuous=("vacuous", "The case holds whatever the program returns: passing it is evidence of nothing."),
    opaque=("opaque", "The case could not be taken apart, so its values are not known."),
    why_stopped=("why it stopped", "What ended the trajectory, and what was handed over."),
)

GROUPS: tuple[tuple[str, Mapping[str, Term]], ...] = (
    ("Figures", FIGURES),
    ("Funnel and transitions", FUNNEL),
    ("The run", RUN),
    ("Trajectories", TABLE),
    ("Steps", STEPS),
    *((title, {key: Term(*entry) for key, entry in entries.items()}) for title, entries in words.GROUPS),
)
TERMS: Mapping[str, Term] = {key: term for _, group in GROUPS for key, term in group.items()}

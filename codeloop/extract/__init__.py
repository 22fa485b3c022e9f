"""Extract: take the candidate out of an answer. "No code" is data, never an exception.

One way for a model's answer in the loop and for a given sample, which may be a whole program, a completion of the prompt,
or an answer with prose and code blocks. What a language is like stands in its own file; here is only what all share.
"""

from __future__ import annotations

from codeloop.attempts import Candidate, Completion, Note
from codeloop.extract.fences import split
from codeloop.extract.reading import Piece, Shape, declares, entry_nodes, looks_like_body, read
from codeloop.extract.trim import Ending, trimmed
from codeloop.languages import Language, get_language
from codeloop.languages.syntax import free_names, parse, text_of
from codeloop.tasks import Task


def extract(task: Task, completion: Completion) -> Candidate:
    """Choose the code that defines the entry point, make it a whole program, and note what was changed or lost.

    Of several blocks the best counts (``Shape``), and of equally good ones the last, because a model that writes two
    gives the corrected one last. Definitions and imports that it needs from the other blocks are put in front.
    """
    language = get_language(task.language)
    pieces = _pieces(language, task.entry_point, _normalised(completion.text))
    chosen = _chosen(pieces)
    if chosen is None:
        return Candidate(code="", notes=(Note.NO_CODE,))
    is_cut = chosen.is_open and (completion.finish_reason == "length" or chosen.is_fenced)
    notes = _notes_of_form(chosen)
    code, more = _program(language, task, chosen, is_cut)
    notes += more
    code, more = _joined(language, task.entry_point, code, chosen, pieces)
    notes += more
    if is_cut and Note.CUT not in notes:
        is_whole = completion.finish_reason != "length" and not parse(language.syntax, code).has_error
        notes.append(Note.OPEN_FENCE if is_whole else Note.CUT)
    code, added = language.completed(task, code)
    return Candidate(code=code, notes=tuple(dict.fromkeys([*notes, *added])))


def _normalised(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _pieces(language: Language, entry_point: str, text: str) -> list[Piece]:
    """Read every block and the text before the first; blocks of other languages only count where there is no other."""
    head, blocks = split(text)
    pieces = []
    for order, block in enumerate(blocks):
        code, shape, is_unescaped = read(language, entry_point, block.text)
        is_ours = not block.info or block.info in language.fences
        if block.info in language.fences and shape is Shape.NOTHING:
            shape = Shape.CODE  # the model says so
        is_open = not block.is_closed
        pieces.append(
            Piece(code=code, shape=shape, order=order, is_ours=is_ours, is_open=is_open, is_unescaped=is_unescaped)
        )
    return [*_unfenced(language, entry_point, head, is_all="```" not in text and "~~~" not in text), *pieces]


def _unfenced(language: Language, entry_point: str, text: str, *, is_all: bool) -> list[Piece]:
    """Read running text: as it is, and from the first line on that begins a program."""
    if not text.strip():
        return []
    code, shape, is_unescaped = read(language, entry_point, text)
    if not looks_like_body(language, code):
        start = language.syntax.starts.search(code)
        later, better = (code[start.start() :], Shape.NOTHING) if start else ("", Shape.NOTHING)
        if start:
            later, better, unescaped = read(language, entry_point, later)
            if better >= shape:
                code, shape, is_unescaped = later, better, is_unescaped or unescaped
    if shape <= Shape.CODE:  # words may hold what parses: "import the file" is a statement and a fault
        is_code = is_all and (_defines_something(language, code) or language.syntax.starts.match(code.lstrip()))
        shape = Shape.CODE if is_code else Shape.NOTHING
    piece = Piece(code=code, shape=shape, order=-1, is_fenced=False, is_open=is_all, is_unescaped=is_unescaped)
    return [piece]


def _defines_something(language: Language, code: str) -> bool:
    syntax = language.syntax
    nodes = parse(syntax, code).children
    return any(node.type in syntax.functions | syntax.types and not node.has_error for node in nodes)


def _chosen(pieces: list[Piece]) -> Piece | None:
    ours = [piece for piece in pieces if piece.is_ours and piece.shape > Shape.NOTHING]
    if not any(piece.shape > Shape.CODE for piece in ours):
        ours = [piece for piece in pieces if piece.shape > Shape.NOTHING]
    best = max((piece.shape for piece in ours), default=Shape.NOTHING)
    equal = [piece for piece in ours if piece.shape is best]
    if best is Shape.CODE:
        return max(equal, key=lambda piece: len(piece.code))
    return max(equal, key=lambda piece: piece.order, default=None)


def _notes_of_form(chosen: Piece) -> list[Note]:
    notes = []
    if not chosen.is_fenced and chosen.shape is not Shape.BODY:
        notes.append(Note.NO_FENCE)
    if chosen.is_unescaped:
        notes.append(Note.UNESCAPED)
    return notes


def _program(language: Language, task: Task, chosen: Piece, is_cut: bool) -> tuple[str, list[Note]]:
    """Make one program of the piece and trim it; where its end is broken, try again without that end."""
    notes: list[Note] = []
    code, is_continued = chosen.code.strip("\n") + "\n", False
    if chosen.shape is Shape.BODY:
        code, is_continued = language.with_body(task, chosen.code), True
        notes.append(Note.BODY_ONLY)
    ending = Ending.CUT if is_cut else Ending.CLOSED if chosen.is_fenced else Ending.OPEN

    def trim(text: str) -> str:
        kept, dropped = trimmed(language, task.entry_point, text, is_continued=is_continued, ending=ending)
        notes.extend(dropped)
        return kept

    code = trim(code)
    if ending is not Ending.CLOSED and parse(language.syntax, code).has_error:
        saved = language.salvage(code)
        if saved != code and _is_sound(language, task.entry_point, saved):
            notes.append(Note.CUT)
            code = trim(saved)
    return code, notes


def _is_sound(language: Language, entry_point: str, code: str) -> bool:
    return any(not node.has_error for node in entry_nodes(language, parse(language.syntax, code), entry_point))


def _joined(
    language: Language, entry_point: str, code: str, chosen: Piece, pieces: list[Piece]
) -> tuple[str, list[Note]]:
    """Put in front what the program uses and other blocks define, and note the blocks that were of no use."""
    others = [piece for piece in pieces if piece is not chosen and piece.is_ours and piece.shape > Shape.NOTHING]
    parts, n_used = _needed(language, entry_point, code, others)
    if parts:
        code = language.joined(code, parts)
    notes = [Note.JOINED_BLOCKS] if parts else []
    return code, [*notes, *([Note.DROPPED_BLOCK] if n_used < len(others) else [])]


def _needed(language: Language, entry_point: str, code: str, others: list[Piece]) -> tuple[tuple[str, ...], int]:
    """Give the definitions and imports, in the order of the answer, and the number of blocks that they come from."""
    syntax = language.syntax
    root = parse(syntax, code)
    wanted, bound = free_names(syntax, root), _bound_within(language, code)
    offered = [
        (index, node, language.bound(node))
        for index, piece in enumerate(others)
        for node in parse(syntax, piece.code).children
        if not node.has_error and not declares(language, entry_point, text_of(node))
    ]
    taken: dict[int, tuple[int, str]] = {}
    changed = True
    while changed:
        changed = False
        for place, (index, node, names) in enumerate(offered):
            is_wildcard = node.type in syntax.imports and "*" in text_of(node) and text_of(node) not in code
            if place not in taken and (names & (wanted - bound) or is_wildcard):
                taken[place] = (index, text_of(node))
                wanted |= free_names(syntax, node)
                bound |= names
                changed = True
    parts = tuple(text for _, (_, text) in sorted(taken.items()))
    return parts, len({index for index, _ in taken.values()})


def _bound_within(language: Language, code: str) -> set[str]:
    """Name what the program defines: at the top, and in the type that holds the entry point."""
    bound: set[str] = set()
    for node in parse(language.syntax, code).children:
        bound |= language.bound(node)
        body = node.child_by_field_name("body")
        if node.type in language.syntax.types and language.syntax.holder and body is not None:
            bound |= {name for inner in body.named_children for name in language.bound(inner)}
    return bound


__all__ = ["extract"]

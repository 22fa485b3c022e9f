"""Fuzzes the program that build.py made, and says as JSON what came of it. Runs as the candidate's user.
A user's own tests come first: a translation that fails any is not fuzzed.

`fuzz.py FOLDER SETTINGS`: the folder with the programs, and a file with a JSON object: seed, runs, seconds, max_len, corpus (hex),
functions (of the original: whose lines are counted; none: all), entry_points (which are called: those of which no input was
compared are told). An input on which C dies all the same is noted as undefined, and fuzzing goes on; one on which Rust dies is a finding.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import struct
import subprocess
import sys
import time

CORPUS, EVENTS, SHARED, TRIAL, LISTING = "corpus", "events.jsonl", "shared.bin", "trial.bin", "listing.txt"
N_SEEDS = 96
RESTARTS = 24
"""Deaths of C that are borne; the runtime leaves nearly all that is undefined without one."""
LISTING_S = 10
"""A side that does not end on most inputs costs seconds for each: the rest of the corpus is then left out."""
DIFFERENT, ENDLESS = 77, 71
IN_C, IN_RUST = 1, 2
COUNTERS = ("executions", "compared", "rejected", "undefined", "endless", "different")
KEPT, KEPT_BYTES = 400, 400_000


def put(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def get(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def clear(settings: str) -> None:
    """Leave nothing of an earlier comparison in this cell: its inputs, findings and counts are not this one's."""
    for name in os.listdir("."):
        if os.path.isdir(name):
            shutil.rmtree(name)
        elif name != settings:
            os.unlink(name)


def seed_corpus(settings: dict) -> None:
    """The corpus of earlier checks first, then inputs of many lengths."""
    os.makedirs(CORPUS, exist_ok=True)
    for at, text in enumerate(settings.get("corpus", [])):
        put(f"{CORPUS}/kept{at:04}", bytes.fromhex(text))
    rng = random.Random(settings["seed"])
    for at in range(N_SEEDS):
        n = rng.randrange(1, max(2, min(settings["max_len"], 4 << at % 8)))
        small = at % 3 == 0
        put(f"{CORPUS}/seed{at:04}", bytes(rng.randrange(8 if small else 256) for _ in range(n)))


class Shared:
    """What the fuzzer leaves behind, dead or alive."""

    def __init__(self, path: str = SHARED) -> None:
        data = get(path) if os.path.exists(path) else b""
        n = len(COUNTERS)
        words = struct.unpack_from(f"<{n + 2}Q", data) if len(data) >= 8 * (n + 2) else (0,) * (n + 2)
        self.phase, self.counters = words[0], dict(zip(COUNTERS, words[1:-1], strict=True))
        self.input = data[8 * (n + 2) :][: words[-1]]


def fuzz(
    folder: str, settings: dict, seed: int, runs: int, seconds: float, inputs: tuple = (CORPUS,)
) -> tuple[int, str]:
    """Exit status (negative: a signal), and the end of what it said. ``inputs``: a folder, or files that are run once."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "CODELOOP_SHARED": SHARED if inputs == (CORPUS,) else TRIAL,
        "CODELOOP_EVENTS": EVENTS if inputs == (CORPUS,) else "/dev/null",
        "ASAN_OPTIONS": "detect_leaks=0:symbolize=0:allocator_may_return_null=1:abort_on_error=0:exitcode=1:print_legend=0",
        "RUST_BACKTRACE": "0",
    } | ({"CODELOOP_LIST": os.environ["CODELOOP_LIST"]} if "CODELOOP_LIST" in os.environ else {})
    argv = [
        f"{folder}/fuzz", *inputs, f"-seed={seed}", f"-runs={runs}", f"-max_total_time={max(1, round(seconds))}",
        f"-max_len={settings['max_len']}", "-len_control=0", "-use_value_profile=1", "-timeout=60", "-rss_limit_mb=0",
        "-reload=0", "-error_exitcode=79", "-detect_leaks=0", "-verbosity=0", "-artifact_prefix=./",
    ]  # fmt: skip
    with open("said.txt", "wb") as said:
        status = subprocess.run(
            argv, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False
        ).returncode
    text = get("said.txt").decode("utf-8", "replace")
    return status, text if len(text) < 12000 else f"{text[:6000]}\n...\n{text[-6000:]}"


def events() -> list[dict]:
    found = []
    if os.path.exists(EVENTS):
        for line in get(EVENTS).splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue  # the fuzzer died while it wrote
    return found


def sanitizer_says(text: str) -> str:
    match = re.search(r"ERROR: AddressSanitizer: ([\w-]+)", text) or re.search(r"ERROR: libFuzzer: ([\w -]+)", text)
    return match[1].strip() if match else "died"


def smaller(folder: str, settings: dict, data: bytes, status: int) -> bytes:
    """Take parts out of an input on which Rust dies, as long as it still does."""
    until, part = time.monotonic() + 5, len(data)
    while part and time.monotonic() < until:
        at = 0
        while at + part <= len(data) and time.monotonic() < until:
            trial = data[:at] + data[at + part :]
            put("trial", trial)
            again = fuzz(folder, settings, 1, 1, 10, ("trial",))[0]
            if again == status and Shared(TRIAL).phase == IN_RUST:
                data = trial
            else:
                at += part
        part //= 2
    return data


def once(undefined: list[dict]) -> list[dict]:
    """Each place once: a fuzzer that was started again notes them anew."""
    return list({(each["kind"], each["line"], each["pc"]): each for each in reversed(undefined)}.values())[::-1]


def shown(folder: str, data: bytes, what: str) -> dict:
    """The calls of an input, and what C makes of them where that is wanted."""
    put("one", data)
    done = subprocess.run([f"{folder}/reach", "one"], env={"CODELOOP_SHOW": what}, capture_output=True, check=False)
    try:
        said = json.loads(done.stderr)
    except ValueError:
        return {}
    said.pop("event")
    return said


def shown_call(folder: str, data: bytes) -> dict:
    return {"call": "; ".join(shown(folder, data, "calls").get("calls", ()))}


def search(folder: str, settings: dict) -> tuple[list[dict], list[dict], str, int]:
    """Findings, what C died of, trouble that is nobody's, and how often C died."""
    began, deaths, died = time.monotonic(), 0, []
    while True:
        left = settings["seconds"] - (time.monotonic() - began)
        runs = settings["runs"] - Shared().counters["executions"]
        status, text = fuzz(folder, settings, settings["seed"] + deaths, max(1, runs), left)
        shared = Shared()
        found = [each for each in events() if each["event"] in ("different", "panicked", "unstable")]
        if status in (0, DIFFERENT) and shared.phase != IN_RUST:
            return found, died, "" if found or status == 0 else "a difference was not written down", deaths
        if shared.phase == IN_RUST:
            how = "does not end in time" if status == ENDLESS else f"the process died: {sanitizer_says(text)}"
            how = f"it ended the process with status {status}" if status in (0, DIFFERENT) else how
            data = shared.input if status == ENDLESS else smaller(folder, settings, shared.input, status)
            return (
                [*found, {"event": "died", "input": data.hex(), "how": how} | shown(folder, data, "result")],
                died,
                "",
                deaths,
            )
        if shared.phase != IN_C:
            return found, died, f"the driver ended with status {status}: {text[-2000:]}", deaths
        deaths += 1
        died.append(
            {"event": "undefined", "kind": sanitizer_says(text), "line": 0, "pc": 0, "input": shared.input.hex()}
        )
        if deaths >= RESTARTS or left <= 1 or runs <= 1:
            return found, died, "", deaths


def keep_defined(folder: str) -> dict[str, int]:
    """Take out of the corpus what was not compared: C may be undefined on it, and must then not be run without care.

    Says on how many of the inputs that were there before the search both sides agree: the same ones for every translation.
    """
    paths = sorted(os.path.join(CORPUS, name) for name in os.listdir(CORPUS))
    at, until, share = 0, time.monotonic() + LISTING_S, {"agreed": 0, "all": 0}
    while at < len(paths) and time.monotonic() < until:
        os.environ["CODELOOP_LIST"] = LISTING
        put(LISTING, b"")
        fuzz(folder, {"max_len": 4096}, 1, 1, 60, tuple(paths[at : at + 500]))
        letters = get(LISTING).decode("ascii", "replace")
        asked = min(500, len(paths) - at)
        if len(letters) < asked:
            letters += "?"  # the process died of this one
        for path, letter in zip(paths[at:], letters[:asked], strict=False):
            if letter not in "ru" and os.path.basename(path).startswith(("kept", "seed")):
                share["all"] += 1
                share["agreed"] += letter == "s"
            if letter != "s":
                os.unlink(path)
        at += min(asked, len(letters))
    for path in paths[at:]:
        share["all"] += os.path.basename(path).startswith(("kept", "seed"))
        os.unlink(path)
    return share


def uses_unwritten(folder: str, data: bytes) -> bool:
    """Whether C alone, on this input, decides by what it never wrote."""
    put("one", data)
    options = {"MSAN_OPTIONS": "symbolize=0:exitcode=42", "CODELOOP_EVENTS": "/dev/null"}
    done = subprocess.run([f"{folder}/memory", "one"], env=options, capture_output=True, check=False)
    return done.returncode == 42


def lines_of(folder: str, found: list[dict]) -> None:
    """Turn places in the program into lines of the original."""
    for each in found:
        pc = each.pop("pc", 0)
        if pc:
            argv = ["llvm-symbolizer-19", f"--obj={folder}/fuzz", "--output-style=JSON", hex(pc - 1)]
            done = subprocess.run(argv, capture_output=True, text=True, check=False)
            try:
                frames = json.loads(done.stdout)[0]["Symbol"]
            except (ValueError, LookupError, TypeError):
                continue
            each["line"] = next((f["Line"] for f in frames if f.get("FileName", "").endswith("original.c")), 0)


def span(region: list[int], text: list[str]) -> range:
    """The lines of a region without those on which only its bracket stands: a block's first line is mostly its condition's."""
    first, column, last, end = region[:4]
    opening, closing = text[first - 1].encode()[column - 1 :].strip(), text[last - 1].encode()[: end - 1].strip()
    if first < last and opening == b"{":
        first += 1
    if first < last and closing == b"}":
        last -= 1
    return range(first, last + 1)


def reached(folder: str, wanted: list[str]) -> dict:
    """What of the original the corpus reaches: by function, covered and all regions, lines that were not reached."""
    names = sorted(os.path.join(CORPUS, name) for name in os.listdir(CORPUS))
    environment = {"LLVM_PROFILE_FILE": "reach-%p.profraw", "CODELOOP_EVENTS": "/dev/null"}
    subprocess.run([f"{folder}/reach", *names], env=environment, capture_output=True, check=False, timeout=60)
    raw = [name for name in os.listdir(".") if name.endswith(".profraw")]
    merge = subprocess.run(
        ["llvm-profdata-19", "merge", "-sparse", *raw, "-o", "reach.profdata"], capture_output=True, check=False
    )
    if not raw or merge.returncode:
        return {}
    argv = [
        "llvm-cov-19",
        "export",
        f"{folder}/reach",
        "-instr-profile=reach.profdata",
        "-format=text",
        "-skip-expansions",
    ]
    try:
        data = json.loads(subprocess.run(argv, capture_output=True, check=False).stdout)["data"][0]
    except (ValueError, LookupError):
        return {}
    with open(f"{folder}/original.c", encoding="utf-8", errors="replace") as file:
        text = file.read().split("\n")
    functions = {}
    for each in data["functions"]:
        if each["filenames"][0].endswith("original.c"):
            regions = [r for r in each["regions"] if r[7] == 0]  # code, not gaps or expansions
            missed = sorted({line for r in regions if not r[4] for line in span(r, text)})
            covered = sum(1 for r in regions if r[4])
            functions[each["name"].split(":")[-1]] = {"covered": covered, "all": len(regions), "missed_lines": missed}
    return {name: found for name, found in functions.items() if not wanted or name in wanted}


def kept() -> list[str]:
    """The corpus as it is now, shorter inputs first, as far as it goes."""
    paths = sorted(
        (os.path.join(CORPUS, name) for name in os.listdir(CORPUS)), key=lambda path: (os.path.getsize(path), path)
    )
    texts, n = [], 0
    for path in paths:
        data = get(path)
        n += len(data)
        if len(texts) == KEPT or n > KEPT_BYTES:
            break
        texts.append(data.hex())
    return texts


def user_tests(folder: str) -> list[dict]:
    """What became of each of the user's tests, where there are any."""
    if not os.path.exists(f"{folder}/user_tests"):
        return []
    argv = [
        sys.executable,
        "-I",
        "-B",
        os.path.join(os.path.dirname(os.path.abspath(__file__)), "user_tests.py"),
        folder,
    ]
    return json.loads(subprocess.run(argv, stdout=subprocess.PIPE, check=True).stdout)


def main() -> None:
    folder, settings = sys.argv[1], json.loads(get(sys.argv[2]))
    clear(sys.argv[2])
    tested = user_tests(folder)
    if any(each["how"] for each in tested):
        print(json.dumps({"user_tests": tested}))
        return
    began = time.monotonic()
    seed_corpus(settings)
    found, died, trouble, deaths = search(folder, settings)
    seconds, used = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    undefined = once([each for each in events() if each["event"] == "undefined"] + died)
    real = []
    for each in found:
        if uses_unwritten(folder, bytes.fromhex(each["input"])):
            undefined.append(
                {"event": "undefined", "kind": "uses memory that was never written", "line": 0, "input": each["input"]}
            )
        else:
            real.append(each)
    counters = Shared().counters
    share = keep_defined(folder)
    measure = reached(folder, settings.get("functions", []))
    for each in real:
        put(os.path.join(CORPUS, "0" + each["input"][:32]), bytes.fromhex(each["input"]))
    lines_of(folder, undefined)
    print(
        json.dumps(
            {
                "user_tests": tested,
                "counters": counters | {"deaths": deaths},
                "seconds": round(seconds, 3),
                "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
                "findings": sorted(real, key=lambda each: (len(each["input"]), each["input"]))[:8],
                "undefined": undefined[:32],
                "reached": measure,
                "uncompared": [
                    name for name in settings.get("entry_points", []) if measure.get(name, {}).get("covered") == 0
                ],
                "trouble": trouble,
                "corpus": kept(),
                "agreement": share,
            }
        )
    )


if __name__ == "__main__":
    main()

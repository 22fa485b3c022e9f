# Two commands for a stranger: `make bench` and `make test`. Each sets up what it needs.
LANGS ?= python,java
LIMIT ?= 8
MODEL ?= local
DRAWS ?= 1
ITERATIONS ?= 3

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.codeloop-installed

.PHONY: setup bench demo bench-grade test check clean
setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@sh .ci/venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(STAMP)

bench: setup
	$(BIN)/codeloop bench --lang $(LANGS) $(if $(LIMIT),--limit $(LIMIT)) --model $(MODEL) --draws $(DRAWS) --max-iterations $(ITERATIONS)

# Recorded answers of the local 1.5B model, in real sandboxes: three of twelve are repaired.
DEMO := benchmarks/demo/cassette.jsonl
demo: setup
	$(BIN)/codeloop setup --lang python,java --no-model
	$(BIN)/codeloop bench basics --lang python,java --tasks Python/b13,Python/b18,Java/b15 --policy repair --draws 4 --seed 3 --model replay:$(DEMO)
	$(BIN)/codeloop report --task Python/b18

# How fast verdicts come, beside the reference evaluator's commands; wants the machine for itself, about an hour.
bench-grade: setup
	$(BIN)/codeloop setup --lang python,java,cpp,javascript,go,rust --no-model
	$(BIN)/python benchmarks/grade_speed.py

test: setup
	@sh .ci/postgres
	@sh .ci/bubblewrap
	@sh .ci/chromium
	@sh .ci/checkers
	$(BIN)/codeloop setup --lang python,java,cpp,javascript,go,rust,c-rust --no-model --runners
	$(BIN)/python -m pytest -m "not model" -n 2 --dist loadfile --durations 40

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) .codeloop

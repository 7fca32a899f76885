# make demo: set everything up and show the main job. make test: set everything up and pass the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Not compiled: a fifth of what is installed is ever imported, and Python compiles that itself, and keeps it, also where it was
# told not to: tests start hundreds of processes, each of which would compile for seconds what it imports.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --quiet
DATA ?= demo-data
# The package is installed as a link tree, so a new file needs a new install.
SOURCES := $(shell find dashboard panels pipelines queries sample_data/*.py schemas sources src topics transforms -name '*.py' -o -name '*.sql' -o -name '*.yaml' | grep -v -e __pycache__ -e egg-info)

.PHONY: demo dashboard screenshots test lint bench proofs flink-up flink-down clean

demo: $(VENV)/installed
	$(BIN)/vigie demo --data $(DATA)

dashboard: $(VENV)/installed
	[ -d $(DATA) ] || $(BIN)/vigie demo --data $(DATA) >/dev/null
	$(BIN)/vigie dashboard --data $(DATA)

# Pictures for the README, taken in a real Chromium.
screenshots: $(VENV)/installed-dev
	$(BIN)/python docs/make_screenshots.py

test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p vigie

bench: $(VENV)/installed-bench
	$(BIN)/python benchmarks/speed.py --out benchmarks/RESULTS.md

# What takes minutes: kills, full disks, hostile documents, freshness; prints one table and writes docs/proofs.md.
proofs: $(VENV)/installed-dev
	PYTHONPATH=tests:benchmarks $(BIN)/python -m proofs

# A Flink cluster on this machine, for `vigie stream` and the proofs: see docs/deploy.md.
flink-up flink-down: $(VENV)/installed-dev
	$(BIN)/python deploy/flink_cluster.py $(@:flink-%=%)

clean:
	rm -rf $(VENV) build dist *.egg-info demo-data

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) install --no-compile --constraint constraints.txt --editable .
	touch $@

$(VENV)/installed-dev: $(BIN)/python pyproject.toml constraints.txt $(SOURCES)
	$(PIP) install --no-compile --constraint constraints.txt --config-settings editable_mode=strict --editable '.[dev]'
	touch $@ $(VENV)/installed

$(VENV)/installed-bench: $(VENV)/installed-dev
	$(PIP) install --no-compile --constraint constraints.txt reader sgmllib3k
	touch $@

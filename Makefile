# Two commands on a fresh machine with Python 3.11 or newer: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
AS_OF := 2026-11-22

.PHONY: demo test check thorough mutate bench bench-quick specimen samples clean

demo: $(READY)  ## Audit the samples and say where the report lies.
	$(BIN)/auditor run data_samples --out runs

test: $(READY)  ## Every test but the long ones.
	$(BIN)/python -m pytest -m "not thorough" -n auto --dist loadfile

check: $(READY)  ## Style, types, and the policy.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/auditor policy check --as-of $(AS_OF)

thorough: $(READY)  ## The long tests: mutations, many random members, Spark (with a Java), a wheel in an empty environment.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[spark]"
	AUDITOR_DRAWS=many $(BIN)/python -m pytest -m "thorough or random" -n auto --dist load

mutate: $(READY)  ## Every mutant of the policy, and those that no vignette notices.
	$(BIN)/auditor policy mutate

bench: $(READY)  ## Speed and memory, as ratios to a bare scan of the same columns and to what an analyst would write.
	$(BIN)/python -m benchmarks.bench --table
	$(BIN)/python -m benchmarks.x12
	$(BIN)/python -m benchmarks.fhir
	$(BIN)/python -m benchmarks.warehouse
	$(BIN)/python -m benchmarks.report

bench-quick: $(READY)  ## The first of these at one million lines: under two minutes on two cores.
	$(BIN)/python -m benchmarks.bench --quick

specimen: $(READY)  ## Rebuild the specimen report.
	$(BIN)/python -m tests.specimen

samples: $(READY)  ## Rebuild the synthetic members.
	$(BIN)/python -m auditor.samples --out data_samples

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $(READY)

clean:
	rm -rf $(VENV) runs dist

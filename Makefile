# Two commands do everything on a machine with only Python: `make run` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
SOURCES = $(shell find model data/national data/policy data/reference scenarios -type f ! -path '*/__pycache__/*') cli.py pyproject.toml

.PHONY: run test lint types wheel-check bench lock national-rates clean

run: $(VENV)/installed
	$(BIN)/hn-forecast run scenarios/north_somerset_2023.yaml

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n 2 -m "not wheel"

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev
	$(BIN)/mypy

wheel-check: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m wheel tests/e2e/test_wheel.py

bench: $(VENV)/installed-dev
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/commands.py

# Hashes and a local directory do not go together in pip, so the install has two steps.
$(VENV)/requirements: requirements/run.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	touch $@

$(VENV)/installed: $(VENV)/requirements $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall .
	touch $@

$(VENV)/installed-dev: requirements/dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --extra build-backend pyproject.toml -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --extra dev pyproject.toml -c requirements/run.txt -o requirements/dev.txt

national-rates: $(VENV)/installed-dev
	$(BIN)/python data/build/national_rates.py --source ../shared/data

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache

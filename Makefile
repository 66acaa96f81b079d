# What a person does here, one word each. `make` lists them.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
READY := .venv/ready
UV := uv==0.13.9

.PHONY: help demo test fuzz faults races lint bench soak profile explorer wheel lock clean

help: ## List these words.
	@awk -F ': .*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

demo: $(READY) explorer ## Serve the demo world on 127.0.0.1:8000, or PORT=9000 make demo.
	@exec $(BIN)/clientela demo --port $(PORT)

test: $(READY) explorer ## Run the whole suite; what PostgreSQL or Chromium is missing for is skipped loudly.
	@$(BIN)/pytest --numprocesses auto --dist loadfile

MINUTES ?= 10
fuzz: $(READY) ## Generated operations by plan and by the executor, and long histories, round after round, until ten minutes have passed, or MINUTES=30 make fuzz.
	@end=$$(( $$(date +%s) + 60 * $(MINUTES) )); while [ $$(date +%s) -lt $$end ]; do \
		$(BIN)/pytest $(FUZZED) -q --hypothesis-profile=fuzz --timeout=0 || exit 1; done
FUZZED := tests/api/test_generated_operations.py tests/api/test_generated_mutations.py \
	tests/access/test_relationship_machine.py tests/access/test_purchase_machine.py tests/storage/test_concurrent_writes.py

ROUNDS ?= 1000
races: $(READY) ## Have decisions race on PostgreSQL a thousand times each, or ROUNDS=5000 make races.
	@CLIENTELA_TEST_ROUNDS=$(ROUNDS) $(BIN)/pytest tests/processes/test_paired_races.py \
		tests/processes/test_races_of_buying.py -k "postgresql and (paired or permission_went)" -s -q --timeout=0 --durations=8

ROUNDS ?= 20
faults: $(READY) ## Kill servers, databases and connections under load twenty times, or ROUNDS=100 make faults.
	@CLIENTELA_FAULT_ROUNDS=$(ROUNDS) $(BIN)/pytest tests/faults -s -q --timeout=0

lint: $(READY) ## Check style, types and the direction of imports.
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(READY) ## Measure the server next to its peers, twenty minutes; ARGS=--help lists what can be chosen.
	@$(BIN)/python -m benchmarks $(ARGS)

soak: $(READY) ## Send a million mixed requests and see whether memory stays flat.
	@$(BIN)/python -m benchmarks.soak $(ARGS)

profile: $(READY) ## See where the time of a request goes, e.g. ARGS="--operation nested".
	@$(BIN)/python -m benchmarks.profile_server $(ARGS)

explorer: $(READY) ## Build the explorer, where its sources changed since the last time.
	@$(BIN)/python graphiql/build.py

wheel: $(READY) explorer ## Build dist/clientela-….whl, the explorer in it.
	@$(BIN)/python -m hatchling build -t wheel

# Only this target needs uv: it alone writes one lock for all platforms. UPGRADE=1 takes the newest versions.
COMPILE := $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

lock: $(READY) ## Write the lock files anew from pyproject.toml and benchmarks/requirements.in.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)
	@$(COMPILE) pyproject.toml --all-extras --output-file requirements.lock
	@$(COMPILE) pyproject.toml --all-extras --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@$(COMPILE) benchmarks/requirements.in --constraint requirements.lock --output-file benchmarks/requirements.lock

clean: ## Remove what was made here, the demo world included; the next start makes it again.
	@rm -rf .venv .clientela dist clientela/static/graphiql graphiql/node_modules
	@rm -rf benchmarks/.work benchmarks/.venv benchmarks/peers/node_modules tests/frontends/node_modules
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The environment: made once, and again when what it is made from changes.
$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Clientela needs Python 3.11 or later. Name one: PYTHON=python3.12 make …' >&2; exit 1; }
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo 'Installing the locked packages; the first time takes about a minute.'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

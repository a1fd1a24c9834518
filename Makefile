# Klarna Shop. Needs Python 3.11 or newer and make; everything else comes from the package registries.
# Settings: see docs/going-live.md; the port is APP_PORT (8000). PYTHON names the Python to set up with.

SHELL := /bin/sh
PYTHON ?=
N ?= 1000
SEED ?=
VISITORS ?= 20000
EXAMPLES ?= 2000
IN_ENVIRONMENT := .venv/bin/python -E -X utf8 -m klarna_shop.operations

# The first Python that is new enough makes the environment.
define set-up
@for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		exec "$$candidate" -m klarna_shop.operations.environment $(1); \
	fi; \
done; \
echo "Python 3.11 or newer was not found. Install one, or name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; \
exit 1
endef

.DEFAULT_GOAL := help
.PHONY: help run dev test lint unit browser doctor conformance coverage-table reconcile withdrawals reset pictures accessibility \
	lighthouse screenshots simulate simulate-remove statistics uncertainty kill-matrix chaos bench-client bench-first-run bench-flows bench-funnel bench-load attack-surface fuzz sbom audit clean lock environment test-environment

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: environment ## Set up, build and serve the shop on http://localhost:8000 (APP_PORT)
	@exec $(IN_ENVIRONMENT).serve

dev: environment ## The same, rebuilt whenever the code changes
	@exec $(IN_ENVIRONMENT).develop

test: test-environment ## Style, types, import contracts and all tests
	@exec $(IN_ENVIRONMENT).check

lint: test-environment ## Style, types and import contracts only
	@exec $(IN_ENVIRONMENT).check lint

unit: test-environment ## Tests that need no browser
	@exec $(IN_ENVIRONMENT).check unit

browser: test-environment ## Tests in a real Chromium
	@exec $(IN_ENVIRONMENT).check browser

doctor: environment ## Show the settings and try every outside part once
	@exec $(IN_ENVIRONMENT).doctor

conformance: environment ## Hold the sandbox against the Payway of the settings: docs/conformance.md
	@exec $(IN_ENVIRONMENT).conformance

coverage-table: test-environment ## Write docs/payway-coverage.md anew
	@exec $(IN_ENVIRONMENT).coverage --write

reconcile: environment ## Ask Payway about every unfinished purchase, now
	@exec $(IN_ENVIRONMENT).reconcile

withdrawals: environment ## List the declarations of withdrawal that have come in
	@exec $(IN_ENVIRONMENT).withdrawals

reset: environment ## Sandbox and shop database back to the start
	@exec $(IN_ENVIRONMENT).reset

simulate: environment ## Send VISITORS (20000) synthetic readers through the shop's events, as SEED (1) has them
	@exec $(IN_ENVIRONMENT).simulate --visitors $(VISITORS) $(if $(SEED),--seed $(SEED)) $(OPTIONS)

simulate-remove: environment ## Take the synthetic readers' events away
	@exec $(IN_ENVIRONMENT).simulate --remove

statistics: test-environment ## Prove that division and intervals keep their promises: docs/experiments-proof.md
	@exec .venv/bin/python -m tests.statistics --write

kill-matrix: test-environment ## Kill the shop at every point of a purchase; the table goes into docs/reliability.md
	@exec .venv/bin/python -m tests.reliability.kill_matrix --write

chaos: test-environment ## Buy N times (1000) while everything fails, and then check the books; SEED= repeats a run
	@exec .venv/bin/python -m tests.chaos --purchases $(N) $(if $(SEED),--seed $(SEED))

lighthouse: test-environment ## Lighthouse on the readers' pages beside bare ones: docs/quality.md
	@exec $(IN_ENVIRONMENT).build
	@exec .venv/bin/python -m bench.lighthouse --write

accessibility: test-environment ## Every page and state before axe-core: docs/quality.md
	@exec $(IN_ENVIRONMENT).build
	@exec .venv/bin/python -m tests.accessibility --write

screenshots: test-environment ## A sheet of each readers' page, all languages, themes and widths: docs/pictures/pages
	@exec $(IN_ENVIRONMENT).build
	@exec .venv/bin/python -m tests.screenshots

pictures: test-environment ## Take the documents' pictures from the running shop
	@exec $(IN_ENVIRONMENT).pictures

uncertainty: test-environment ## Buy in a browser with 30 seeds of uncertain answers from Payway (SEEDS=1-30)
	@exec $(IN_ENVIRONMENT).uncertainty $(SEEDS)

fuzz: test-environment ## Send EXAMPLES (2000) sequences of arbitrary events to a running shop
	@FUZZ_EXAMPLES=$(EXAMPLES) exec .venv/bin/python -m pytest -n0 -q tests/hostile/test_fuzz.py

sbom: test-environment ## Software bill of materials (CycloneDX) into var/sbom, licences into docs/licences.md
	@exec $(IN_ENVIRONMENT).supply_chain.bill_of_materials

audit: environment ## Ask an advisory service (OSV_URL) about every locked package
	@exec $(IN_ENVIRONMENT).supply_chain.audit

attack-surface: environment ## Write docs/attack-surface.md anew from the app and its entries
	@exec .venv/bin/python -m klarna_shop.operations.attack_surface

bench-client: environment ## Measure the Payway client beside bare httpx
	@exec .venv/bin/python -m bench.payway_client

bench-first-run: test-environment ## Measure make run in a fresh clone beside a bare Reflex app: docs/quality.md
	@exec .venv/bin/python -m bench.first_run --write

bench-flows: environment ## Measure what recording flows costs a purchase
	@exec .venv/bin/python -m bench.flows

bench-funnel: test-environment ## Measure funnels of 200 000 events beside plain SQL, and what measuring costs a page
	@exec .venv/bin/python -m bench.funnel $(OPTIONS)

bench-load: test-environment ## Whole purchases by up to 500 shoppers at once: docs/capacity.md (OPTIONS="events memory")
	@exec $(IN_ENVIRONMENT).build
	@exec .venv/bin/python -m bench.load $(OPTIONS)

clean: ## Remove what was installed and built; the data in var/ stays
	@rm -rf .venv .web .states assets/external .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: test-environment ## Renew the lock files of Python and npm packages
	@exec $(IN_ENVIRONMENT).lock

environment:
	$(call set-up)

test-environment:
	$(call set-up,--test)

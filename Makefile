# Handraise: everything a newcomer or a contributor runs. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help audit sbom up test test-all faults abuse soak picture check bootstrap format clean
HANDRAISE := .venv/bin/handraise

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

bootstrap:
	@sh scripts/bootstrap

up: bootstrap  ## Prepare what is missing, train when the bot's files changed, start everything
	@$(HANDRAISE) up

PYTEST := .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: bootstrap  ## Run the tests, but for those that take long
	@$(HANDRAISE) prepare --for tests
	@$(PYTEST) -m "not long"
	@$(HANDRAISE) npm run test

test-all: bootstrap  ## Run every test, also those that take long, with all examples (some twenty minutes)
	@$(HANDRAISE) prepare --for tests
	@$(PYTEST) --hypothesis-profile thorough
	@$(HANDRAISE) npm run test

faults: bootstrap  ## Break everything on purpose and measure; makes docs/reliability.md (about half an hour)
	@$(HANDRAISE) prepare --for tests
	@ended=0; .venv/bin/python -m pytest tests/faults tests/handraise/test_bench.py --full-faults -m alone -v -s --no-header || ended=$$?; \
	.venv/bin/python -m pytest tests/faults --full-faults -m "not alone" -n 3 --dist worksteal -v --no-header || ended=$$?; \
	.venv/bin/python -m tests.faults.report; exit $$ended

abuse: bootstrap  ## Attack everything and count what gets through; makes the table of docs/security.md
	@$(HANDRAISE) prepare --for tests
	@.venv/bin/python -m pytest tests/abuse --full-abuse -v -s --no-header; ended=$$?; .venv/bin/python -m tests.abuse.report; exit $$ended

picture: bootstrap  ## Make docs/scene.png, the picture in README.md, from the product as it is; look at it before it is committed
	@$(HANDRAISE) prepare --for tests
	@.venv/bin/python -m tests.e2e.picture

soak: bootstrap  ## Run a hub at base load for an hour and see what grows
	@.venv/bin/python -m pytest tests/faults/test_soak.py --full-faults --soak 60 -v -s --no-header; ended=$$?; .venv/bin/python -m tests.faults.report; exit $$ended

audit: bootstrap  ## Ask for known holes in every package; each must be accepted with a reason in scripts/accepted-findings.toml
	@.venv/bin/python scripts/audit.py

sbom: bootstrap  ## List everything that is shipped in CycloneDX, to var/sbom/
	@.venv/bin/python scripts/sbom.py var/sbom

check: bootstrap  ## Lint, types, formatting, bot files, folders
	@$(HANDRAISE) prepare --for tests
	.venv/bin/ruff check --no-cache .
	.venv/bin/ruff format --no-cache --check .
	.venv/bin/mypy
	@.venv/bin/python -m pytest -q tests/test_layout.py tests/deploy --ignore=tests/deploy/test_machine.py
	@$(HANDRAISE) npm run check
	@$(HANDRAISE) check

format: bootstrap  ## Put Python and TypeScript into shape
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	@$(HANDRAISE) npm run format

clean:  ## Remove environments and builds (not the data folder)
	rm -rf .venv .tools bot/.venv widget/node_modules widget/*/dist

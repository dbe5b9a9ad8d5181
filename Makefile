# Each target gets all that it needs by itself, see deploy/prepare. ARGS goes to the command: make test ARGS="tests/api -x"
.DEFAULT_GOAL := help
.PHONY: help demo test check format bench world mutants docs deb lock clean
BIN := .venv/bin

help: ## Show this
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 14

demo: ## Play a treadmill that is kept off the flat; prints the page to open
	@deploy/prepare demo
	@$(BIN)/inclined demo $(ARGS)

test: ## Run every test, with the real broker, browser and Bluetooth stack
	@deploy/prepare test
	@$(BIN)/pytest -n 3 --dist loadgroup -q -m "not alone" $(ARGS) || [ $$? = 5 ] # 5: no test of this kind
	@$(BIN)/pytest -q -m alone $(ARGS) || [ $$? = 5 ]

check: ## Check format, lint, types and imports
	@deploy/prepare check
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo

format: ## Format the code, and mend what the linter can
	@deploy/prepare check
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

bench: ## Measure, each figure beside its comparison
	@deploy/prepare check
	@$(BIN)/python -m benchmarks.run $(ARGS)

world: ## Visit every state of the large small worlds (ARGS="assist stop": those only)
	@deploy/prepare check
	@$(BIN)/python -m tests.policy.smallworld $(ARGS)

mutants: ## Break the policy in every small way, and see that its tests notice (ARGS="guard core": those files only)
	@deploy/prepare check
	@$(BIN)/python -m tests.mutants $(ARGS)

docs: ## Write anew what docs/ takes from the code
	@deploy/prepare check
	@set -e; for page in docs/*.py; do $(BIN)/python $$page; done

deb: ## Build the Debian packages for arm64 and amd64 into dist/
	@deploy/prepare deb
	@$(BIN)/python -m deploy.makedeb $(ARGS)

lock: ## Write uv.lock anew from pyproject.toml (ARGS=--upgrade: with the newest versions)
	@deploy/prepare uv
	@.tools/uv lock $(ARGS)

clean: ## Remove all that was built or fetched here
	@rm -rf .venv .tools api/static/kept build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find daemon drivers api deploy tests docs benchmarks -name __pycache__ -prune -exec rm -rf {} +

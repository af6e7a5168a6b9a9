# Two commands do everything on a fresh machine: `make demo` and `make test`.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python -m

.PHONY: help setup demo demo/full test check lint types generate generate/code generate/trace \
	verify verify/code verify/trace migrate bench trace clean

help: ## show this list
	@printf 'Strongroom: a PostgreSQL data layer for apps that hold personal data\n\n'
	@awk -F ':.*## ' '/^[a-z\/]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/ready ## make the environment in .venv (the other targets do it when needed)

.venv/ready: pyproject.toml .ci/venv
	@PYTHON='$(PYTHON)' .ci/venv

demo: .venv/ready ## a day in every app that the server can run, on a PostgreSQL of its own
	@$(BIN)/python examples/play.py

demo/full: .venv/ready ## the same on PostgreSQL 17 with PostGIS, which can hold every app; wants root
	@$(BIN)/python examples/play.py --full

test: .venv/ready ## every test, on every PostgreSQL that this machine can run
	@$(RUN) pytest -n 2

check: lint types verify test ## what CI runs: lint, types, everything generated, every test

lint: .venv/ready ## style of Python and of migrations, plans of queries
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/squawk --config .squawk.toml $$(find migrations -name '*.sql' ! -name '*.rollback.sql')
	@env -u DATABASE_URL $(BIN)/strongroom lint queries

types: .venv/ready ## mypy --strict over hand-written and generated code, pyright over the latter
	@$(BIN)/mypy
	@$(BIN)/basedpyright

generate: generate/code generate/trace ## write everything that is generated

generate/code: .venv/ready ## typed Python from queries/
	@$(BIN)/strongroom generate
	@cd examples/bike_rental && ../../$(BIN)/strongroom generate

generate/trace: .venv/ready ## docs/requirements.md from the tests
	@$(RUN) strongroom.trace

verify: verify/code verify/trace ## prove that everything generated is current

verify/code: .venv/ready
	@$(BIN)/strongroom generate --check

verify/trace: .venv/ready
	@$(RUN) strongroom.trace --check

migrate: .venv/ready ## bring the database (DATABASE_URL, else the embedded one) forward
	@$(BIN)/strongroom migrate apply --yes

bench: .venv/ready ## performance as ratios, side by side in one run
	@$(RUN) pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@$(BIN)/python benchmarks/run.py

trace: generate/trace ## which test proves which requirement (the same as generate/trace)

clean: ## stop this folder's servers and remove what was built (never a source)
	@if [ -x $(BIN)/strongroom ]; then $(BIN)/strongroom server stop --all; fi
	@for link in .strongroom/*-test; do if [ -L "$$link" ]; then rm -rf "$$(readlink "$$link")"; fi; done
	@rm -rf .venv .strongroom .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build

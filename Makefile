# SPDX-License-Identifier: MIT
#
# The front door. Every target makes ready what it needs (tools/setup.py) and then works in
# .venv and build/; nothing outside this directory is touched but Debian's packages.

PYTHON ?= python3
VENV := .venv/bin/python

.PHONY: help run test test-cluster bench check conformance format clean

help:
	@echo "make run          Meson builds this project, every process started through forkexec"
	@echo "make test         all tests (ARGS='tests/c -k NAME' for some)"
	@echo "make test-cluster the same commands on many machines: a Slurm and a Dask of this machine's own"
	@echo "make bench        measures starts beside other engines (ARGS=--quick for a first look)"
	@echo "make check        format, lint, types, the child's code, both compilers, other systems"
	@echo "make conformance  CPython's own tests on every CPython found; writes doc/conformance.md"
	@echo "make format       rewrite the sources in the project's format"
	@echo "make clean        remove build/ and .venv"

run:
	@$(PYTHON) tools/setup.py run
	@$(VENV) -m tools.build package
	@$(VENV) -m forkexec --stats -m tools.self_build

test:
	@$(PYTHON) tools/setup.py test
	@$(VENV) -m tools.test $(ARGS)

test-cluster:
	@$(PYTHON) tools/setup.py cluster
	@$(VENV) -m tools.test --cluster $(ARGS)

bench:
	@$(PYTHON) tools/setup.py bench
	@$(VENV) -m tools.build package
	@$(VENV) -m bench.run $(ARGS)

check:
	@$(PYTHON) tools/setup.py check
	@$(VENV) -m tools.check

conformance:
	@$(PYTHON) tools/setup.py conformance
	@$(VENV) -m tools.build package
	@$(VENV) -m tests.conformance --all --write doc/conformance.md $(ARGS)

format:
	@$(PYTHON) tools/setup.py check
	@$(VENV) -m tools.check --fix

clean:
	rm -rf build .venv

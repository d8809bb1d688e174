# The door to the project. `make help` tells what each name does.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CORE_FLAGS := -c release -Xswiftc -enable-testing --scratch-path .build-core
FORMATTED := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

.PHONY: help setup build core oracle test check fmt demo bench docs api-coverage clean

help: ## what each name does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1|/' | column -t -s '|'

setup: ## install the Debian packages that building and testing need
	scripts/setup --all

build: ## build everything, debug
	swift build --build-tests

core: ## build and test the pure modules: seconds, without Ceph or NIO
	HOLDFAST_CORE=1 swift test $(CORE_FLAGS)

oracle: ## 2,000 random CRUSH maps and OSDMaps against crushtool and osdmaptool, line for line
	HOLDFAST_CORE=1 HOLDFAST_REQUIRE_LAB=1 HOLDFAST_CRUSH_MAPS=$${HOLDFAST_CRUSH_MAPS:-2000} \
	    swift test $(CORE_FLAGS) --filter 'DifferentialTests'

test: ## core, unit, integration and end-to-end tests, on a real Ceph and a real kube-apiserver
	scripts/test

check: ## format, lint, imports, API coverage, docs: run before each commit
	swift format lint --strict --recursive $(FORMATTED)
	scripts/check-imports
	scripts/api-coverage
	scripts/check-docs
	scripts/check-alerts

fmt: ## format the Swift sources in place
	swift format --in-place --recursive $(FORMATTED)

demo: ## claims answered before your eyes: builds, starts Ceph and an API, provisions, deletes, stops
	deploy/dev/demo

bench: ## the benchmarks, as ratios against a peer in the same run
	Benchmarks/run

docs: ## check the documentation's links and tables
	scripts/check-docs

api-coverage: ## which functions of librados and librbd are wrapped
	scripts/api-coverage --missing

clean: ## remove what building left behind
	rm -rf .build .build-* Benchmarks/.build Benchmarks/.build-*

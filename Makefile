# SPDX-License-Identifier: Apache-2.0
#
# The front door. CMake does the work; `make help` says what there is.

PREFIX ?= /usr/local
BUILD  ?= build
TYPE   ?= RelWithDebInfo
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
TESTS  ?= .

# A compiler is passed on only when somebody chose one; CMake finds its own otherwise.
ifneq ($(origin CC),default)
COMPILER := -DCMAKE_C_COMPILER=$(CC)
endif
GENERATOR := $(if $(shell command -v ninja 2>/dev/null),-G Ninja,)

CONFIGURE := cmake -S . $(GENERATOR)
COMPILE   := cmake --build
# Half of those that run at once wait for servers.
RUN_TESTS := ctest --output-on-failure -j$(shell echo $$((2 * $(JOBS)))) -R '$(TESTS)'
SANITIZED := -DCORM_SANITIZE=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo

# The macro headers are laid out by hand, and so are the tables of the tests.
MACROS    := include/cormorant/expr.h include/cormorant/list.h include/cormorant/model.h include/cormorant/query.h
SOURCES    = $(sort $(filter-out $(MACROS),$(shell find include src tools bench examples -name '*.[ch]')))

.PHONY: build demo test test-long check check-format check-tidy check-includes bench install help clean format

build: ## build the library and the tool (default)
	@scripts/dependencies --check build
	@mkdir -p $(BUILD)
	@$(CONFIGURE) -B $(BUILD) -DCMAKE_BUILD_TYPE=$(TYPE) -DCORM_TESTS=OFF $(COMPILER) >$(BUILD)/configure.log 2>&1 \
		|| { cat $(BUILD)/configure.log; exit 1; }
	@$(COMPILE) $(BUILD) -j$(JOBS)

demo: ## install what is needed, build, and run examples/library on a SQLite file
	@scripts/dependencies build
	@$(MAKE) --no-print-directory build
	@mkdir -p $(BUILD)/demo && rm -f $(BUILD)/demo/library.db*
	cd $(BUILD)/demo && ../example_library

test: ## install what is needed; all tests with gcc and with clang, under the sanitizers
	@scripts/dependencies test
	@$(MAKE) --no-print-directory run-tests EXCLUDE='-LE long' CLANG_EXCLUDE="-LE 'long|server'"

test-long: ## the same, and the tests that take minutes
	@scripts/dependencies test
	@CORM_TEST_LONG=1 $(MAKE) --no-print-directory run-tests CLANG_EXCLUDE='-LE server'

.PHONY: run-tests
run-tests:
	$(CONFIGURE) -B $(BUILD)/sanitize -DCMAKE_C_COMPILER=gcc $(SANITIZED) >/dev/null
	$(COMPILE) $(BUILD)/sanitize -j$(JOBS)
	$(CONFIGURE) -B $(BUILD)/clang -DCMAKE_C_COMPILER=clang $(SANITIZED) >/dev/null
	$(COMPILE) $(BUILD)/clang -j$(JOBS)
	$(CONFIGURE) -B $(BUILD)/threads -DCMAKE_C_COMPILER=gcc -DCORM_SANITIZE_THREAD=ON \
		-DCORM_GENERATOR=$(abspath $(BUILD))/sanitize/bin/corm >/dev/null
	$(COMPILE) $(BUILD)/threads -j$(JOBS) --target thread_tests
	@tests/servers/run $(MAKE) --no-print-directory run-built

# Beside the servers that tests/servers/run has started. On those, one compiler's tests are enough: what differs between
# compilers shows on SQLite.
.PHONY: run-built
run-built:
	@status=0; echo "Tests of $(BUILD)/sanitize"; (cd $(BUILD)/sanitize && $(RUN_TESTS) $(EXCLUDE)) || status=1; \
		echo "Tests of $(BUILD)/clang"; (cd $(BUILD)/clang && $(RUN_TESTS) $(CLANG_EXCLUDE)) || status=1; \
		echo "Tests of $(BUILD)/threads"; (cd $(BUILD)/threads && $(RUN_TESTS) -L threads) || status=1; \
	exit $$status

check: ## formatting, clang-tidy, include directions, then all tests
	@scripts/dependencies check
	@$(MAKE) --no-print-directory check-format check-includes check-tidy test

check-format:
	@clang-format --dry-run --Werror $(SOURCES)

check-includes:
	@scripts/check-includes

check-tidy: build
	@run-clang-tidy -quiet -p $(BUILD) -j$(JOBS) '$(CURDIR)/(src|tools)/' >$(BUILD)/tidy.log 2>/dev/null \
		|| { sed 's/\x1b\[[0-9;]*m//g' $(BUILD)/tidy.log | grep -E ': (error|warning): ' | sort -u; exit 1; }

format: ## format the sources as `make check` wants them
	@clang-format -i $(SOURCES)

bench: ## Cormorant beside code written by hand on the client libraries: time, allocations, instructions
	@scripts/dependencies bench
	@$(MAKE) --no-print-directory build TYPE=Release BUILD=$(BUILD)/release
	@$(COMPILE) $(BUILD)/release -j$(JOBS) --target bench
	@bench/run $(BUILD)/release

install: build ## install below PREFIX (and DESTDIR)
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## remove everything that was built
	rm -rf $(BUILD)

help: ## this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PREFIX=$(PREFIX)  where to install       CC=clang        the compiler"
	@echo "  BUILD=$(BUILD)         where to build         TYPE=Release    CMake's build type ($(TYPE))"
	@echo "  JOBS=$(JOBS)              at once                TESTS=session   only tests whose name matches"

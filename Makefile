# SPDX-License-Identifier: Apache-2.0
# Tabella.  `make help` lists the targets.  Sources are found by wildcard: adding a module, a test or a
# man page never changes this file (CONTRIBUTING.md says what goes where).  All output is below $(BUILD).

VERSION := 0.1.0
BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
AR ?= ar
PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
Q := $(if $(V),,@)
say = @printf '  %-5s %s\n' $(1) '$@'

# ---- flags ----
WARN := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Wformat=2 -Wcast-qual -Werror
OPT ?= -O2 -g
SAN ?=
# glibc's own checks would hide from AddressSanitizer what they catch first, and need optimisation.
FORTIFY := $(if $(SAN)$(filter -O0,$(OPT)),,-D_FORTIFY_SOURCE=2)
ALL_CPPFLAGS := -I. -D_GNU_SOURCE $(FORTIFY) -DTB_VERSION=\"$(VERSION)\" -isystem /usr/include/decaf $(CPPFLAGS)
ALL_CFLAGS := -std=c11 $(OPT) $(WARN) -fstack-protector-strong -fPIE -pthread $(SAN) $(CFLAGS)
ALL_LDFLAGS := -pie -pthread -Wl,-z,relro,-z,now -Wl,--as-needed $(SAN) $(LDFLAGS)

CRYPTO_LIBS := -ldecaf -lgmp -lcrypto
CORE_LIBS := -ljansson -lunistring
NET_LIBS := -lcurl
SERVER_LIBS := -lmicrohttpd -lsqlite3 -lgnutls -lseccomp -lz
TEST_LIBS := -lcmocka -lsodium

# ---- sources ----
crypto_src := $(sort $(wildcard crypto/*.c))
core_src := $(sort $(wildcard core/*/*.c))
net_src := $(sort $(wildcard net/*.c))
server_src := $(sort $(filter-out server/main.c,$(wildcard server/*.c)))
verifier_src := $(sort $(filter-out verifier/main.c,$(wildcard verifier/*.c)))
cli_src := $(sort $(wildcard cli/common_*.c))
tabella_src := cli/main.c $(sort $(wildcard cli/cmd_*.c))
trustee_src := $(sort $(wildcard cli/trustee_*.c))
witness_src := $(sort $(wildcard witness/*.c))
support_src := $(sort $(wildcard tests/support/*.c))

TEST_KINDS := unit vectors exhaustive attacks faults
test_src := $(sort $(foreach kind,$(TEST_KINDS),$(wildcard tests/$(kind)/test_*.c)))
ct_src := $(sort $(wildcard tests/ct/*.c))
fuzz_src := $(sort $(wildcard tests/fuzz/fuzz_*.c))
tool_src := $(sort $(wildcard tests/*/tool_*.c))
preload_src := $(sort $(wildcard tests/*/preload_*.c))
bench_src := $(sort $(wildcard tests/bench/bench_*.c))
scripts := $(sort $(wildcard tests/*.sh tests/e2e/*.sh tests/tools/test_*.sh))
js_tests := $(sort $(wildcard specs/*/run.mjs) $(shell find client-js tests -name '*.test.js' -not -path '*/node_modules/*' 2>/dev/null))
bench_scripts := $(sort $(wildcard tests/bench/bench_*.sh))
units := $(notdir $(sort $(wildcard packaging/*.service packaging/*.timer)))
man_pages := $(sort $(wildcard docs/man/*.[1-8]))

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
bin = $(patsubst %.c,$(BUILD)/%,$(1))

lib_crypto := $(BUILD)/libtb_crypto.a
lib_core := $(BUILD)/libtb_core.a
lib_net := $(BUILD)/libtb_net.a
lib_cli := $(BUILD)/libtb_cli.a
lib_server := $(BUILD)/libtb_server.a
lib_verifier := $(BUILD)/libtb_verifier.a
lib_support := $(BUILD)/libtb_support.a
all_libs := $(lib_support) $(lib_server) $(lib_verifier) $(lib_cli) $(lib_net) $(lib_core) $(lib_crypto)
ALL_LIBS := $(SERVER_LIBS) $(NET_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS) -lm

binaries := $(addprefix $(BUILD)/,tabella-server tabella-verify tabella tabella-trustee tabella-witness)
test_bins := $(call bin,$(test_src))
unit_bins := $(filter $(BUILD)/tests/unit/%,$(test_bins))
ct_bins := $(call bin,$(ct_src))
fuzz_bins := $(call bin,$(fuzz_src))
tool_bins := $(call bin,$(tool_src)) $(patsubst %.c,$(BUILD)/%.so,$(preload_src))
bench_bins := $(call bin,$(bench_src))

# The web client, which tabella-server carries: `yes` builds it and installs npm's packages for that, `auto` builds it
# where they are there already, `no` leaves it out.
CLIENT ?= yes
client_auto = $(if $(shell cmp -s package-lock.json node_modules/.tabella-lock && command -v node),yes,no)
client_mode := $(if $(filter auto,$(CLIENT)),$(client_auto),$(CLIENT))
client_src := $(sort $(shell find client-js package.json package-lock.json -type f -not -name '*.test.js' -not -path '*/node_modules/*' -not -path 'client-js/tools/vectors/*' 2>/dev/null))
client_obj := $(if $(wildcard server/client.h),$(BUILD)/client.o)

# A second build of the same sources under AddressSanitizer and UBSan, and one with clang.  Warnings are the
# first build's affair (-w): gcc guesses ranges wrongly in instrumented code.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -w
san_build := BUILD=$(BUILD)/san OPT='-O1 -g' SAN='$(SANITIZE)'
# (valgrind 3.19 cannot read the DWARF 5 of clang 14)
clang_build := BUILD=$(BUILD)/clang CC=clang OPT='-O2 -g -gdwarf-4'
fuzz_build := BUILD=$(BUILD)/fuzz CC=clang OPT='-O1 -g' SAN='$(SANITIZE) -fsanitize=fuzzer-no-link' LIBFUZZER=1
again = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
wanted = $(if $(T),$(foreach path,$(1),$(if $(findstring $(T),$(path)),$(path))),$(1))
run_tests = tools/run-tests -j $(JOBS) -b '$(BUILD)' $(if $(T),-f '$(T)')

$(foreach name,KEEP GROUP BIG FUZZ_TIME,$(if $($(name)),$(eval export $(name))))

# ---- targets for people ----
.PHONY: help all demo test unit bench screenshots install uninstall check-all format fuzz clean
help: ## list the targets
	@awk -F':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@printf '%s\n' '' 'Variables: T=word (only the tests whose name has it), V=1 (show commands), JOBS=2, CC=clang,' \
		'  PREFIX=/usr/local DESTDIR= (install), KEEP=1 GROUP=modp4096 (demo), BIG=1 (bench), FUZZ_TIME=60,' \
		'  CLIENT=no (leave the web client out of the server; it needs Node.js and npm)'

all: $(binaries) ## build the programs into build/

demo: ## run a whole election on this machine and verify it
	@tools/setup build
	+@$(again) all CLIENT=$(if $(filter environment command,$(firstword $(origin CLIENT))),$(CLIENT),auto)
	@tools/demo

test: ## run every test; the last line counts them
	@tools/setup build test
	+@$(again) test-programs
	+@$(again) $(san_build) san-programs
	@$(run_tests) $(scripts) $(ct_bins) $(js_tests) $(test_bins) $(fuzz_bins) \
		$(unit_bins:$(BUILD)/%=$(BUILD)/san/%) $(fuzz_bins:$(BUILD)/%=$(BUILD)/san/%)

unit: ## build and run the unit tests only, without sanitizers (quick)
	+@$(again) unit-programs
	@$(run_tests) $(unit_bins)

bench: ## measure against the targets and against peers
	@tools/setup build bench
	+@$(again) bench-programs
	@tools/run-bench '$(BUILD)' $(bench_bins) $(bench_scripts)

screenshots: ## picture every page in every state into build/screenshots (index.html shows them)
	@tools/setup build test
	+@$(again) all $(BUILD)/tests/e2e/preload_clock.so
	@TB_BUILD='$(abspath $(BUILD))' SCREENSHOTS='$(abspath $(BUILD))/screenshots' node --test-reporter=spec tests/e2e/pages_looks.test.js
	@echo '$(BUILD)/screenshots/index.html'

install: all ## install programs, man pages and the systemd unit below $(DESTDIR)$(PREFIX)
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 $(binaries) '$(DESTDIR)$(PREFIX)/bin'
	install -d '$(DESTDIR)$(PREFIX)/lib/systemd/system' '$(DESTDIR)$(PREFIX)/share/doc/tabella'
	@for unit in $(units); do sed 's|@bin@|$(PREFIX)/bin|' "packaging/$$unit" \
		>'$(DESTDIR)$(PREFIX)/lib/systemd/system'/"$$unit" || exit 1; done
	install -m 644 packaging/server.conf packaging/nginx.conf '$(DESTDIR)$(PREFIX)/share/doc/tabella'
	@for page in $(man_pages); do install -v -D -m 644 "$$page" \
		'$(DESTDIR)$(PREFIX)'/share/man/man"$${page##*.}/$${page##*/}" || exit 1; done

uninstall: ## remove what install put there
	@for file in $(notdir $(binaries)); do rm -fv '$(DESTDIR)$(PREFIX)/bin'/"$$file"; done
	@for unit in $(units); do rm -fv '$(DESTDIR)$(PREFIX)/lib/systemd/system'/"$$unit"; done
	@rm -fv '$(DESTDIR)$(PREFIX)/share/doc/tabella/server.conf' '$(DESTDIR)$(PREFIX)/share/doc/tabella/nginx.conf'
	@for page in $(man_pages); do rm -fv '$(DESTDIR)$(PREFIX)'/share/man/man"$${page##*.}/$${page##*/}"; done

check-all: ## everything: checks of the source, both compilers, sanitizers, all long tests
	@tools/setup build test check
	@MAKE='$(MAKE)' JOBS='$(JOBS)' TB_CPPFLAGS='$(subst \",",$(ALL_CPPFLAGS))' tools/check-all '$(BUILD)'

format: ## lay out the C sources with clang-format
	@tools/setup check
	@tools/check-format --fix

fuzz: ## fuzz every parser for FUZZ_TIME seconds each (clang, libFuzzer)
	@tools/setup build check
	+@$(again) $(fuzz_build) fuzz-programs
	@tools/run-fuzz '$(BUILD)/fuzz' $(fuzz_bins:$(BUILD)/%=$(BUILD)/fuzz/%)

clean: ## remove everything that was built
	rm -rf '$(BUILD)'

# ---- targets for the other targets and for tools/check-all ----
.PHONY: FORCE unit-programs test-programs san-programs all-san-programs bench-programs fuzz-programs san clang-test long-test
unit-programs: $(call wanted,$(unit_bins))
test-programs: $(binaries) $(call wanted,$(test_bins) $(ct_bins) $(fuzz_bins)) $(tool_bins)
san-programs: $(call wanted,$(unit_bins) $(fuzz_bins))
all-san-programs: $(binaries) $(test_bins) $(fuzz_bins) $(tool_bins)
bench-programs: $(binaries) $(bench_bins) $(tool_bins)
fuzz-programs: $(fuzz_bins)
san: # everything that can run under the sanitizers, the scripts too
	+@$(again) $(san_build) all-san-programs
	@tools/run-tests -j $(JOBS) -b '$(BUILD)/san' $(scripts) $(test_bins:$(BUILD)/%=$(BUILD)/san/%) $(fuzz_bins:$(BUILD)/%=$(BUILD)/san/%)
clang-test:
	+@$(again) $(clang_build) test-programs bench-programs
	@tools/run-tests -j $(JOBS) -b '$(BUILD)/clang' $(test_bins:$(BUILD)/%=$(BUILD)/clang/%) $(ct_bins:$(BUILD)/%=$(BUILD)/clang/%)
long-test:
	+@$(again) test-programs
	@TB_LONG=1 $(run_tests) $(scripts) $(ct_bins) $(js_tests) $(test_bins) $(fuzz_bins)

# ---- rules ----
# Rewritten only when it changes, so that other flags, another compiler, or a source file that was added,
# renamed or removed rebuild exactly what they concern.
flags_text := $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)
sources_text := $(crypto_src) $(core_src) $(net_src) $(cli_src) $(server_src) $(verifier_src) $(support_src) $(tabella_src) $(trustee_src) $(ALL_LDFLAGS)
note = @mkdir -p $(@D); printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' >$@
$(BUILD)/flags: FORCE
	$(call note,$(flags_text))
$(BUILD)/sources: FORCE
	$(call note,$(sources_text))
$(BUILD)/client.mode: FORCE
	$(call note,$(client_mode) $(client_src))

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

define library
$(1): $$(call obj,$$($(2))) $$(BUILD)/sources
	@mkdir -p $$(@D)
	$$(call say,AR)
	@rm -f $$@
	$$(Q)$$(AR) rcs $$@ $$(filter %.o,$$^)
endef
$(foreach name,crypto core net cli server verifier support,$(eval $(call library,$(lib_$(name)),$(name)_src)))

link = $(CC) $(ALL_LDFLAGS) $(addprefix @,$(wildcard $(1))) $(filter %.o %.a,$^) -o $@
$(BUILD)/client.c: $(client_src) tools/build-client $(BUILD)/client.mode
	$(call say,WEB)
	$(Q)tools/build-client '$(client_mode)' '$(BUILD)'
$(BUILD)/client.o: $(BUILD)/client.c server/client.h $(BUILD)/flags
	$(call say,CC)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c $< -o $@
$(BUILD)/tabella-server: $(call obj,server/main.c) $(client_obj) $(lib_server) $(lib_core) $(lib_crypto) $(BUILD)/sources
	$(call say,LINK)
	$(Q)$(link) $(SERVER_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS)
$(BUILD)/tabella-verify: $(call obj,verifier/main.c) $(lib_verifier) $(lib_net) $(lib_core) $(lib_crypto) $(BUILD)/sources
	$(call say,LINK)
	$(Q)$(link) $(NET_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS)
$(BUILD)/tabella: $(call obj,$(tabella_src)) $(lib_cli) $(lib_net) $(lib_core) $(lib_crypto) $(BUILD)/sources
	$(call say,LINK)
	$(Q)$(link) $(NET_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS)
$(BUILD)/tabella-witness: $(call obj,$(witness_src)) $(lib_server) $(lib_core) $(lib_crypto) $(BUILD)/sources
	$(call say,LINK)
	$(Q)$(link) $(SERVER_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS)
$(BUILD)/tabella-trustee: $(call obj,$(trustee_src)) $(lib_cli) $(lib_net) $(lib_core) $(lib_crypto) $(BUILD)/sources
	$(call say,LINK)
	$(Q)$(link) $(NET_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS)

# Loaded into programs with LD_PRELOAD; without sanitizers, which the programs may not have.
$(BUILD)/tests/%.so: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(filter-out $(SAN) -fPIE,$(ALL_CPPFLAGS) $(ALL_CFLAGS)) -fPIC -shared $< -o $@ -ldl

# A test may use every library but no program's main(); linker options of its own are in test_x.ldflags.
$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(all_libs) $(BUILD)/sources
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(call link,tests/$*.ldflags) $(TEST_LIBS) $(ALL_LIBS)
$(BUILD)/tests/bench/%: $(BUILD)/obj/tests/bench/%.o $(all_libs) $(BUILD)/sources
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(call link,tests/bench/$*.ldflags) $(ALL_LIBS)
$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(if $(LIBFUZZER),,$(BUILD)/obj/tests/fuzz/replay.o) $(all_libs) $(BUILD)/sources
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(link) $(if $(LIBFUZZER),-fsanitize=fuzzer) $(TEST_LIBS) $(ALL_LIBS)

.SECONDARY:
-include $(shell find '$(BUILD)/obj' -name '*.d' 2>/dev/null)

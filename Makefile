# SPDX-License-Identifier: Apache-2.0
# Tabella.  `make help` lists the targets.  Everything is built below $(BUILD).

BUILD ?= build
CC ?= gcc
AR ?= ar
GROUP ?= ristretto255
PREFIX ?= /usr/local

WARN := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Wformat=2 -Wcast-qual -Werror
OPT ?= -O2 -g
SAN ?=
ALL_CPPFLAGS := -I. -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 -isystem /usr/include/decaf $(CPPFLAGS)
ALL_CFLAGS := -std=c11 $(OPT) $(WARN) -fstack-protector-strong -fPIE -pthread $(SAN) $(CFLAGS)
ALL_LDFLAGS := -pie -pthread -Wl,-z,relro,-z,now $(SAN) $(LDFLAGS)

CRYPTO_LIBS := -ldecaf -lgmp -lcrypto
CORE_LIBS := -ljansson -lunistring
NET_LIBS := -lcurl
SERVER_LIBS := -lmicrohttpd -lsqlite3

crypto_src := $(sort $(wildcard crypto/*.c))
core_src := $(sort $(wildcard core/*/*.c))
net_src := $(sort $(wildcard net/*.c))
server_src := $(sort $(wildcard server/*.c))
verifier_src := $(sort $(wildcard verifier/*.c))
cli_common_src := $(sort $(wildcard cli/common_*.c))
tabella_src := cli/main.c $(sort $(wildcard cli/cmd_*.c))
trustee_src := $(sort $(wildcard cli/trustee_*.c))
support_src := $(sort $(wildcard tests/support/*.c))
unit_src := $(sort $(wildcard tests/unit/test_*.c))

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
lib_crypto := $(BUILD)/libtb_crypto.a
lib_core := $(BUILD)/libtb_core.a
lib_net := $(BUILD)/libtb_net.a
lib_cli := $(BUILD)/libtb_cli.a
lib_server := $(BUILD)/libtb_server.a
lib_support := $(BUILD)/libtb_support.a

binaries := $(BUILD)/tabella-server $(BUILD)/tabella-verify $(BUILD)/tabella $(BUILD)/tabella-trustee
unit_bins := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(unit_src))

.PHONY: help all unit clean
help: ## list the targets
	@awk -F':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

all: $(binaries) ## build the four programs

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

define library
$(1): $$(call obj,$$($(2)))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(AR) rcs $$@ $$^
endef
$(eval $(call library,$(lib_crypto),crypto_src))
$(eval $(call library,$(lib_core),core_src))
$(eval $(call library,$(lib_net),net_src))
$(eval $(call library,$(lib_cli),cli_common_src))
$(eval $(call library,$(lib_support),support_src))
server_lib_src := $(filter-out server/main.c,$(server_src))
$(eval $(call library,$(lib_server),server_lib_src))

$(BUILD)/tabella-server: $(call obj,server/main.c) $(lib_server) $(lib_core) $(lib_crypto)
	$(CC) $(ALL_LDFLAGS) $^ -o $@ $(SERVER_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS)
$(BUILD)/tabella-verify: $(call obj,$(verifier_src)) $(lib_net) $(lib_core) $(lib_crypto)
	$(CC) $(ALL_LDFLAGS) $^ -o $@ $(NET_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS)
$(BUILD)/tabella: $(call obj,$(tabella_src)) $(lib_cli) $(lib_net) $(lib_core) $(lib_crypto)
	$(CC) $(ALL_LDFLAGS) $^ -o $@ $(NET_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS)
$(BUILD)/tabella-trustee: $(call obj,$(trustee_src)) $(lib_cli) $(lib_net) $(lib_core) $(lib_crypto)
	$(CC) $(ALL_LDFLAGS) $^ -o $@ $(NET_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS)

# A unit test links everything but the programs' main files; it includes only what it tests.
$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(lib_support) $(lib_server) $(lib_cli) $(lib_net) $(lib_core) $(lib_crypto)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) $^ -o $@ -lcmocka -lsodium $(SERVER_LIBS) $(NET_LIBS) $(CORE_LIBS) $(CRYPTO_LIBS) -lm

unit: $(unit_bins) ## build and run the unit tests
	@set -e; for t in $(unit_bins); do echo "== $$t"; $$t; done

clean: ## remove what was built
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

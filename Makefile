# SPDX-License-Identifier: Apache-2.0
# The only makefile. `make help` lists the targets; config.mk (untracked, see
# config.mk.example) overrides the variables below.
-include config.mk

CC ?= cc
AR ?= ar
PKG_CONFIG ?= pkg-config
PREFIX ?= /usr/local
LIBEXECDIR ?= $(PREFIX)/libexec
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share
DOCDIR ?= $(DATADIR)/doc/cosign
CFLAGS ?= -O2 -g
SANITIZE ?=
VERSION := $(shell cat VERSION)
COMMIT := $(or $(COMMIT),$(shell git rev-parse HEAD 2>/dev/null || echo unknown))
TREE_STATE := $(or $(TREE_STATE),$(if $(filter unknown,$(COMMIT)),unknown,$(shell git diff-index --quiet HEAD 2>/dev/null && echo clean || echo dirty)))
# The day of the commit, not of the build: the same source gives the same bytes.
BUILD_EPOCH := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null))
BUILD_DATE := $(if $(BUILD_EPOCH),$(shell date -u -d @$(BUILD_EPOCH) +%Y-%m-%dT%H:%M:%SZ),unknown)

ifneq ($(V),1)
Q := @
say = @printf '%-8s %s\n' '$(1)' '$(2)';
endif

comma := ,
# `make fuzz` builds with FUZZ=1, `make STATIC=1` links the static archives of
# libcrypto and libsodium, and libc's where neither libcurl nor libjq is needed.
ifdef FUZZ
SANITIZE := fuzzer-no-link,address,undefined
endif
flavour := $(if $(FUZZ),-fuzz,$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE))))$(if $(STATIC),-static)
B := build$(flavour)
BIN := $(if $(flavour),$(B)/bin,bin)

# A flag the compiler does not know is left out.
probe = $(shell printf 'int main(void){return 0;}' | $(CC) -Werror $(1) -x c - -o /dev/null 2>/dev/null && echo '$(1)')
pc_cflags = $(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null)
pc_libs = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null || echo $(2))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wvla -Wformat=2 -Wundef -Wimplicit-fallthrough -Wdate-time $(if $(WERROR),-Werror)
ifeq ($(origin HARDEN),undefined)
ifeq ($(SANITIZE),)
HARDEN := $(call probe,-D_FORTIFY_SOURCE=3 -O2) $(call probe,-fstack-protector-strong) \
	$(call probe,-fstack-clash-protection) $(call probe,-fcf-protection) \
	$(call probe,-ftrivial-auto-var-init=zero) -fno-common
HARDEN := $(filter-out -O2,$(HARDEN))
endif
endif
SAN := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)

ALL_CFLAGS := -std=gnu11 -D_GNU_SOURCE -Ilib -fPIE -fvisibility=hidden -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables \
	'-ffile-prefix-map=$(CURDIR)=.' $(WARN) $(HARDEN) $(CPPFLAGS) $(CFLAGS) $(SAN)
# Tables of flags are full of pointers: packed, their relocations are a tenth.
RELR := $(call probe,-Wl$(comma)-z$(comma)pack-relative-relocs)
ALL_LDFLAGS := -pie -Wl,--as-needed -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noexecstack $(RELR) $(LDFLAGS) $(SAN)

CRYPTO_LIBS ?= $(call pc_libs,libcrypto,-lcrypto)
SODIUM_LIBS ?= $(call pc_libs,libsodium,-lsodium)
CURL_LIBS ?= $(call pc_libs,libcurl,-lcurl)
PCRE2_LIBS ?= $(call pc_libs,libpcre2-8,-lpcre2-8)
YAML_LIBS ?= $(call pc_libs,yaml-0.1,-lyaml)
LIBJQ_LIBS ?= $(call pc_libs,libjq,-ljq)
MHD_LIBS ?= $(call pc_libs,libmicrohttpd,-lmicrohttpd)
# --as-needed keeps of these only what a program uses. Debian has no static
# libjq, and libcurl is better kept up by the system: programs that need them
# link the rest statically.
LIBS := $(LIBJQ_LIBS) $(CURL_LIBS) $(MHD_LIBS) $(SODIUM_LIBS) $(CRYPTO_LIBS) $(PCRE2_LIBS)
ifdef STATIC
DYNAMIC := remote-http run-jq oidc-listen
LIBS := $(SODIUM_LIBS) $(CRYPTO_LIBS) $(PCRE2_LIBS)
$(DYNAMIC:%=$(BIN)/cosign-%): LIBS := -Wl,-Bstatic $(SODIUM_LIBS) $(CRYPTO_LIBS) $(PCRE2_LIBS) -Wl,-Bdynamic $(LIBJQ_LIBS) $(CURL_LIBS) $(MHD_LIBS)
# The linker warns of resolver functions in libcrypto, which nothing calls.
STATIC_PIE = $(if $(filter $(DYNAMIC:%=$(BIN)/cosign-%),$@),,-static-pie $(QUIET_LD))
QUIET_LD := $(call probe,-Wl$(comma)--no-warnings)
endif

# But for what reads and counts in bulk, code is there once for each of some
# thirty programs: small beats fast.
FAST := lib/base/buf% lib/base/pool% lib/base/span% lib/codec/b64% lib/codec/hex% lib/codec/utf8% \
	lib/json/node% lib/json/scan% lib/json/shape% lib/json/unescape% lib/oci/desc% lib/oci/manifest% lib/oci/media% lib/oci/ref%
SMALL = $(if $(filter -O2,$(CFLAGS)),$(if $(filter $(FAST),$<),,-Os))

LIB_SRC := $(sort $(wildcard lib/*/*.c))
CMD_SRC := $(sort $(wildcard cmd/*.c))
UNIT_SRC := $(filter-out test/unit/tap.c,$(sort $(wildcard test/unit/*.c)))
FUZZ_SRC := $(filter-out test/fuzz/driver.c,$(sort $(wildcard test/fuzz/*.c)))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
PROGRAMS := $(patsubst cmd/%.c,cosign-%,$(filter-out cmd/cosign.c,$(CMD_SRC)))
# What verifies shares nearly all of its code, and so do what signs and what looks: each
# kind is one file under several names, which takes a third of the room.
KINDS := verify sign download get-trust
KIN_get-trust := initialize
KIN_verify := check-bundle verify-attestation verify-blob verify-blob-attestation
KIN_download := ls-signatures resolve tree
KIN_sign := attach attest attest-blob clean put-bundle sign-blob sign-payload witness
LINKED := $(foreach k,$(KINDS),$(KIN_$(k):%=cosign-%))
COMMANDS := $(PROGRAMS:%=$(BIN)/%) $(if $(wildcard cmd/cosign.c),$(BIN)/cosign)
UNITS := $(UNIT_SRC:test/unit/%.c=$(B)/unit/%)
FUZZERS := $(FUZZ_SRC:test/fuzz/%.c=$(B)/fuzz/%)
FAKES := $(B)/fake/registry $(B)/fake/delayproxy $(B)/fake/sigstore $(B)/tuf-client
MEASURE := $(B)/bench/measure
# Faults from below; sanitizers want to be first themselves.
INJECT := $(if $(SANITIZE),,$(B)/inject/inject.so $(B)/inject/clock.so)
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all tuf-client generate check check-fast check-unit check-fuzz check-source check-bats test-programs faults crash stress interop bench fuzz fuzzers \
	install install-strip uninstall dist reproducible clean help FORCE

all: $(COMMANDS) ## every program, in bin/

# Objects are rebuilt when the flags change.
FLAGS := $(CC) $(ALL_CFLAGS) $(FAST) $(VERSION)
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(FLAGS)' | cmp -s - $@ || printf '%s\n' '$(FLAGS)' > $@

# And programs when those of the linker do.
LINK := $(CC) $(ALL_LDFLAGS) $(LIBS) $(STATIC)
$(B)/link: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(LINK)' | cmp -s - $@ || printf '%s\n' '$(LINK)' > $@

$(B)/%.o: %.c $(B)/flags
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(SMALL) $(DEFS) -MMD -MP -c -o $@ $<

$(B)/lib/base/proc.o: DEFS := -DLIBEXEC='"$(LIBEXECDIR)/cosign"'
$(B)/lib/base/version.o: DEFS := -DVERSION='"$(VERSION)"' -DCOMMIT='"$(COMMIT)"' \
	-DTREE_STATE='"$(TREE_STATE)"' -DBUILD_DATE='"$(BUILD_DATE)"'
$(B)/lib/base/version.o: $(B)/commit
$(B)/commit: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(COMMIT) $(TREE_STATE) $(BUILD_DATE)' | cmp -s - $@ || \
		printf '%s\n' '$(COMMIT) $(TREE_STATE) $(BUILD_DATE)' > $@
# Its assembler includes them.
$(B)/lib/client/tufhome.o: lib/client/roots/public.json lib/client/roots/staging.json
$(B)/cmd/completion.o: completions/cosign.bash completions/_cosign completions/cosign.fish

$(B)/libcosign.a: $(LIB_OBJ)
	$(call say,AR,$@)rm -f $@ && $(AR) rcsD $@ $^

$(BIN)/cosign: $(B)/cmd/cosign.o $(B)/libcosign.a $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) $(STATIC_PIE) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

# The other names of a program are links to it.
$(foreach k,$(KINDS),$(eval $(BIN)/cosign-$(k): $(KIN_$(k):%=$(B)/cmd/%.o)))
$(foreach k,$(KINDS),$(foreach n,$(KIN_$(k)),$(eval $(BIN)/cosign-$(n): KIN := $(k))$(eval $(BIN)/cosign-$(n): $(BIN)/cosign-$(k))))
$(LINKED:%=$(BIN)/%):
	$(call say,LINK,$@)ln -sf cosign-$(KIN) $@

$(BIN)/cosign-%: $(B)/cmd/%.o $(B)/libcosign.a $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) $(STATIC_PIE) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

$(B)/unit/%: $(B)/test/unit/%.o $(B)/test/unit/tap.o $(B)/libcosign.a $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

# A fuzz target is one function, LLVMFuzzerTestOneInput; driver.c replays a
# corpus through it with any compiler, libFuzzer invents one.
$(B)/fuzz/%: $(B)/test/fuzz/%.o $(if $(FUZZ),,$(B)/test/fuzz/driver.o) $(B)/libcosign.a $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) $(if $(FUZZ),-fsanitize=fuzzer) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

# Servers of the tests.
$(B)/fake/registry: $(addprefix $(B)/test/fake/,registry.o exchange.o access.o store.o) $(B)/libcosign.a $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(MHD_LIBS) $(LIBJQ_LIBS) $(CRYPTO_LIBS) -lpthread

SIGSTORE := sigstore exchange door deed wire seal tree fulcio ctlog rekor rekor1 rekor2 rekorbody tsa token issuer trustfile
$(B)/fake/sigstore: $(SIGSTORE:%=$(B)/test/fake/%.o) $(B)/libcosign.a $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o %.a,$^) $(MHD_LIBS) $(SODIUM_LIBS) $(CRYPTO_LIBS) -lpthread

$(B)/fake/delayproxy: $(B)/test/fake/delayproxy.o $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lpthread

# What tuf-conformance drives.
$(B)/test/fake/tufclient.o: DEFS := -DHELPER='"$(if $(flavour),bin,../bin)/cosign-remote-http"'
$(B)/tuf-client: $(B)/test/fake/tufclient.o $(B)/libcosign.a $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LIBS)

tuf-client: $(B)/tuf-client $(BIN)/cosign-remote-http ## build/tuf-client, for the suite tuf-conformance

# The floor under a verifier: see scripts/bench.
BARE := $(B)/bench/bare $(B)/bench/checks
$(B)/bench/bare: $(B)/test/bench/bare.o $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(CRYPTO_LIBS)

$(B)/bench/checks: $(B)/test/bench/checks.o $(B)/libcosign.a $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

$(MEASURE): $(B)/test/bench/measure.o $(B)/link
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^)

$(B)/inject/%.so: test/inject/%.c $(B)/flags
	$(call say,LD,$@)mkdir -p $(@D) && $(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $<

# Tests. Each part keeps its TAP in $(TAP); scripts/tap-sum adds it up.
TAP := $(B)/tap
JOBS ?= $(shell nproc)
test_env = BIN='$(abspath $(BIN))' BUILD='$(abspath $(B))' JOBS='$(JOBS)' CC='$(CC)' MAKE_ARGS='$(MAKEOVERRIDES)' \
	ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 LSAN_OPTIONS=exitcode=99
bad_ref := reference
bad_scan := json
bad_tufmeta := tufset
samples = $(wildcard test/fuzz/seeds/$(1)) $(wildcard test/vectors/bad/$(or $(bad_$(1)),$(1)))

test-programs: $(UNITS) $(FUZZERS) $(FAKES) $(INJECT)

check: all test-programs ## every test that needs nothing but this machine
	@rm -rf $(TAP)
	@failed=0; for part in unit fuzz source bats; do $(MAKE) --no-print-directory check-$$part || failed=1; done; \
		scripts/tap-sum $(TAP)/*.tap && [ $$failed = 0 ]

check-fast: all test-programs ## the same without the bats files
	@$(MAKE) --no-print-directory check-unit check-fuzz check-source

check-unit: $(UNITS)
	@$(test_env) scripts/run-tap $(TAP)/unit.tap $(UNITS)

check-fuzz: $(FUZZERS)
	@$(test_env) scripts/run-tap $(TAP)/fuzz.tap $(foreach f,$(FUZZERS),'$(f) $(call samples,$(notdir $(f)))')

check-source: all
	@$(test_env) scripts/run-tap $(TAP)/source.tap $(sort $(wildcard scripts/check-*))

check-bats: all $(FAKES) $(INJECT)
	@$(test_env) scripts/run-bats $(TAP)/bats.tap $(or $(TESTS),$(sort $(wildcard test/*.bats)))

faults: all $(FAKES) ## every request of sign, verify and a TUF refresh broken in every way, in minutes
	@FAULTS=--full $(test_env) scripts/run-bats $(TAP)/faults.tap test/faults.bats test/trust-faults.bats

crash: all $(FAKES) $(INJECT) ## commands killed and failed from below hundreds of times
	@CRASH=300 $(test_env) scripts/run-bats $(TAP)/crash.tap test/crash.bats

interop: all $(FAKES) ## against the real cosign, crane and oras (fetched on first use)
	@$(test_env) scripts/run-interop $(TAP)/interop.tap

fuzz: ## libFuzzer (clang): FUZZ_SECONDS (30) for each target, or for FUZZ_TARGETS alone
	@$(MAKE) --no-print-directory FUZZ=1 CC=clang fuzzers
	@scripts/fuzz build-fuzz/fuzz $(FUZZ_TARGETS)

fuzzers: $(FUZZERS)

stress: all $(FAKES) $(INJECT) ## many signers of one image, and commands killed: long versions of what check does
	@ROUNDS=$(or $(ROUNDS),20) CRASH=300 $(test_env) BATS_TEST_TIMEOUT=3600 \
		scripts/run-bats $(TAP)/stress.tap $(or $(TESTS),test/stress.bats test/crash.bats)

bench: all $(FAKES) $(MEASURE) $(BARE) ## time, memory and size, beside the real cosign when it is on PATH
	@$(test_env) scripts/bench

# Installation.
man_dir = $(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(1)))
DOCS := README.md INSTALL NEWS SECURITY.md LICENSE
PAGES := $(sort $(wildcard man/*.[1-9]))

install: all ## into PREFIX (/usr/local), below DESTDIR
	$(Q)install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(LIBEXECDIR)/cosign' '$(DESTDIR)$(DOCDIR)'
	$(Q)install $(INSTALL_FLAGS) -m 755 $(BIN)/cosign '$(DESTDIR)$(PREFIX)/bin/cosign'
	$(Q)install $(INSTALL_FLAGS) -m 755 $(addprefix $(BIN)/,$(filter-out $(LINKED),$(PROGRAMS))) '$(DESTDIR)$(LIBEXECDIR)/cosign'
	$(Q)cp -P $(LINKED:%=$(BIN)/%) '$(DESTDIR)$(LIBEXECDIR)/cosign'
	$(Q)$(foreach p,$(PAGES),install -D -m 644 $(p) '$(call man_dir,$(p))/$(notdir $(p))' &&) true
	$(Q)install -D -m 644 completions/cosign.bash '$(DESTDIR)$(DATADIR)/bash-completion/completions/cosign'
	$(Q)install -D -m 644 completions/_cosign '$(DESTDIR)$(DATADIR)/zsh/site-functions/_cosign'
	$(Q)install -D -m 644 completions/cosign.fish '$(DESTDIR)$(DATADIR)/fish/vendor_completions.d/cosign.fish'
	$(Q)install -m 644 $(DOCS) '$(DESTDIR)$(DOCDIR)'

install-strip: ## the same without symbols for debuggers
	@$(MAKE) --no-print-directory install INSTALL_FLAGS=-s

reproducible: ## builds all twice, in two directories, and compares
	@scripts/reproducible $(MAKEOVERRIDES)

uninstall: ## removes what install put there
	$(Q)rm -f '$(DESTDIR)$(PREFIX)/bin/cosign' $(foreach p,$(PAGES),'$(call man_dir,$(p))/$(notdir $(p))') \
		'$(DESTDIR)$(DATADIR)/bash-completion/completions/cosign' '$(DESTDIR)$(DATADIR)/zsh/site-functions/_cosign' \
		'$(DESTDIR)$(DATADIR)/fish/vendor_completions.d/cosign.fish'
	$(Q)rm -f $(PROGRAMS:%='$(DESTDIR)$(LIBEXECDIR)/cosign/%') $(DOCS:%='$(DESTDIR)$(DOCDIR)/%')
	$(Q)-rmdir '$(DESTDIR)$(LIBEXECDIR)/cosign' '$(DESTDIR)$(DOCDIR)' 2>/dev/null

dist: ## dist/cosign-VERSION.tar.gz of the last commit: the same bytes each time
	$(Q)scripts/dist $(VERSION)

generate: all ## rewrites completions, command list and parts of the pages (needs jq)
	$(Q)scripts/generate $(BIN) .
	$(Q)$(MAKE) --no-print-directory all

clean: ## removes what was built
	rm -rf build build-* bin

help: ## lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

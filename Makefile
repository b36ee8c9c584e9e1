# What people type is here; what is done is in Scripts and Package.swift.

PORT ?= 1027
PREFIX ?= /usr/local
SWIFT ?= swift

# Flags of the compiler's own front end, which no release of it promises to
# keep: Scripts/accepted-flags tries each and drops what this compiler refuses.
# `make build FAST=0` builds without them.
#
# Without the first, each generic type is looked up by its mangled name when it
# is first used, which searches all conformances of the program for each of its
# requirements: a fifth of what a short `chatserve history` does.
# The second counts references without locking the bus, a fifth of a message's
# cost: no process of ours ever has a second thread (docs/architecture.md).
FAST ?= 1
HIDDEN = -disable-concrete-type-metadata-mangled-name-accessors -assume-single-threaded
# Tried once, where they are first wanted.
ACCEPTED = $(eval ACCEPTED := $(shell Scripts/accepted-flags $(SWIFT) $(HIDDEN)))$(ACCEPTED)

# What is built here is what `make test` runs and what is installed.
RELEASE = -c release --static-swift-stdlib $(if $(filter-out 0,$(FAST)),$(ACCEPTED))

# What a distribution wants: its own SQLite and OpenSSL, which it mends for all
# programs at once (Package.swift).
SHARED = .build/shared

.PHONY: build serve test test-shared lint install uninstall deb dist try-packages release-check bench torture sanitize clean

build: ## both programs, optimized, without a Swift runtime to install
	@Scripts/install-missing libsqlite3-dev libssl-dev
	$(SWIFT) build $(RELEASE) --product chatserve
	$(SWIFT) build $(RELEASE) --product chatclient

serve: build ## listen on PORT
	@exec .build/release/chatserve $(PORT)

test: ## everything that is proved, on the programs that `make build` builds
	@Scripts/install-missing libsqlite3-dev libssl-dev tmux python3 binutils
	@Scripts/install-missing openssl
	@Scripts/install-missing ncat socat || echo 'Their talks in TLS are skipped.' >&2
	@mkdir -p .build; Scripts/install-replication 2>.build/replication.log || echo 'Replication is skipped.' >&2
	@Scripts/install-missing zsh fish || echo 'Their completions are skipped.' >&2
	@SWIFT="$(SWIFT)" Scripts/test $(RELEASE)

test-shared: ## the same, on the programs that `make deb` packages
	@Scripts/install-missing libsqlite3-dev libssl-dev
	CHAT_SHARED_SQLITE=1 CHAT_SHARED_OPENSSL=1 \
	  $(SWIFT) build $(RELEASE) --scratch-path $(SHARED)
	@CHAT_PROGRAMS="$(CURDIR)/$(SHARED)/release" $(MAKE) test

lint: ## format, warnings, layers
	@Scripts/install-missing libsqlite3-dev libssl-dev
	@SWIFT="$(SWIFT)" Scripts/lint

install: build ## programs, manual pages, completions and licenses, below PREFIX
	@Scripts/install-missing binutils
	Scripts/install .build/release "$(DESTDIR)$(PREFIX)" "$(PREFIX)"

uninstall: ## what install put there
	Scripts/install --remove "$(DESTDIR)$(PREFIX)"

deb: ## Debian packages, with the system's SQLite and OpenSSL, in .build/packages
	@Scripts/install-missing libsqlite3-dev libssl-dev debhelper lintian
	CHAT_SHARED_SQLITE=1 CHAT_SHARED_OPENSSL=1 \
	  $(SWIFT) build $(RELEASE) --scratch-path $(SHARED) --product chatserve
	CHAT_SHARED_SQLITE=1 CHAT_SHARED_OPENSSL=1 \
	  $(SWIFT) build $(RELEASE) --scratch-path $(SHARED) --product chatclient
	Scripts/deb $(SHARED)/release .build/packages

dist: build ## a tarball of the programs, with all but the C library inside, in .build/packages
	@Scripts/install-missing binutils
	Scripts/dist .build/release .build/packages

try-packages: deb dist ## install them in clean Debians, talk, and run them by systemd; as root
	@Scripts/install-missing debootstrap tmux
	Scripts/deb $(SHARED)/release .build/later $(shell Scripts/version)+later
	Tests/Packages/try.py .build/packages .build/later $(ROOT)
	Tests/Packages/service.py .build/packages $(ROOT)

release-check: ## do all that a release needs, and say what could not be done; LONG=1 for the rest
	@Scripts/release-check

torture: build ## attack the programs at length; Tests/Fuzz/run and torture take --seed
	@Scripts/install-missing tmux
	$(SWIFT) build $(RELEASE) --product torture
	.build/release/torture
	Tests/Fuzz/run

sanitize: ## the unit suites, then the programs end to end, with sanitizers
	@Scripts/install-missing libsqlite3-dev libssl-dev
	Scripts/sanitize address
	Scripts/sanitize address '^EndToEndTests\.'
	Scripts/sanitize thread

bench: build ## every figure beside its floor; BENCH=quick takes 2 minutes
	@Benchmarks/run

clean:
	$(SWIFT) package clean

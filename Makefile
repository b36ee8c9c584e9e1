# What people type is here; what is done stands in Scripts and Package.swift.

PORT ?= 1027
PREFIX ?= /usr/local
SWIFT ?= swift

# Without the first, each generic type is looked up by its mangled name when it
# is first used, which searches all conformances of the program for each of its
# requirements: a fifth of what a short `chatserve history` does.
# The second counts references without locking the bus, a fifth of a message's
# cost: no process of ours ever has a second thread (docs/architecture.md).
OPTIMIZED = -c release --static-swift-stdlib \
	-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors \
	-Xswiftc -Xfrontend -Xswiftc -assume-single-threaded

.PHONY: build serve test lint install uninstall bench torture sanitize clean

build: ## both programs, optimized, without a Swift runtime to install
	@Scripts/install-missing libsqlite3-dev
	$(SWIFT) build $(OPTIMIZED) --product chatserve
	$(SWIFT) build $(OPTIMIZED) --product chatclient

serve: build ## listen on PORT
	@exec .build/release/chatserve $(PORT)

test: ## everything that is proved
	@Scripts/install-missing libsqlite3-dev tmux
	@Scripts/install-missing zsh fish || echo 'Their completions are skipped.' >&2
	@Scripts/test

lint: ## format, warnings, layers
	@Scripts/install-missing libsqlite3-dev
	@Scripts/lint

install: build ## programs, manual pages and completions, below PREFIX
	Scripts/install .build/release "$(DESTDIR)$(PREFIX)"

uninstall: ## what install put there
	Scripts/install --remove "$(DESTDIR)$(PREFIX)"

torture: ## attack the programs at length; Tests/Fuzz/run and torture take --seed
	@Scripts/install-missing libsqlite3-dev tmux
	$(SWIFT) build
	.build/debug/torture
	Tests/Fuzz/run

sanitize: ## the unit suites, then the programs end to end, with sanitizers
	@Scripts/install-missing libsqlite3-dev
	Scripts/sanitize address
	Scripts/sanitize address '^EndToEndTests\.'
	Scripts/sanitize thread

bench: build ## every figure beside its floor; BENCH=quick takes 2 minutes
	@Benchmarks/run

clean:
	$(SWIFT) package clean

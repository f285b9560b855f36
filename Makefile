# make run    build, then rehearse on http://127.0.0.1:3000
# make test   everything that CI runs
# make build  leave one self-contained file: target/release/deploy-console
# make bench  print the table of numbers to reach, measured now
# make pictures   draw every state of every component: target/pictures/index.html
# make workflows-enterprise ACTIONS=owner/repo@commit   the workflows for a GitHub Enterprise server, in target
# make audit  advisories, licences and sources of what is depended on
#
# Each target does the set-up that it needs: compiler target, tools, browser, database server. Caches go to
# CARGO_TARGET_DIR, or target/ here.

SHELL := /bin/bash -euo pipefail
.DEFAULT_GOAL := help

CACHE := $(abspath $(or $(CARGO_TARGET_DIR),target))
export CARGO_TARGET_DIR := $(CACHE)
TOOLS := $(CACHE)/tools
SITE := $(CACHE)/site
STATES := $(CACHE)/states
export CONSOLE_SITE := $(SITE)
BINARY := target/release/deploy-console

# The server's half of the workspace. Always all of it with these features: asked for otherwise, what it depends on would
# have other features, and be compiled again.
SERVER := -p actions-identity -p app -p github -p github-fake -p runtime -p server -p sign-in -p store -p webhook --features app/ssr

CHECK_JSONSCHEMA_VERSION := 0.39.0
ZIZMOR_VERSION := 1.32.0
SCHEMATHESIS_VERSION := 4.32.5
CARGO_DENY_VERSION := 0.20.2
DENY := $(TOOLS)/cargo-deny-$(CARGO_DENY_VERSION)
API_CHECK := $(TOOLS)/schemathesis-$(SCHEMATHESIS_VERSION)
LINTERS := $(TOOLS)/workflow-linters-$(CHECK_JSONSCHEMA_VERSION)-$(ZIZMOR_VERSION)

.PHONY: help
help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

# --- what people run ---------------------------------------------------------------------------------------

# Without the optimiser, which is for `make build`: pages of a rehearsal take some milliseconds longer, but it starts
# sooner. What the browser downloads is the same. Server and site are built in parallel.
.PHONY: run
run:
	$(MAKE) --jobs=2 site server
	@echo 'With sign-in, and a button for each role: CONSOLE_SIGN_IN=rehearsal make run'
	"$(CACHE)/debug/deploy-console" rehearse

.PHONY: build
build: site
	cargo build --release $(SERVER) --bin deploy-console
	@mkdir -p target/release
	@[ "$(CACHE)/release/deploy-console" -ef $(BINARY) ] || cp "$(CACHE)/release/deploy-console" $(BINARY)
	@ls -l $(BINARY)

.PHONY: bench
bench: build browser end2end/node_modules/.package-lock.json
	cargo bench $(SERVER) --bench table
	cd end2end && DEPLOY_CONSOLE_BIN="$(abspath $(BINARY))" npm run bench

.PHONY: test
test: check-format check-workflows lint test-sqlite test-postgres test-browser build check-api test-end2end

# The binary has to be there: `make build`.
.PHONY: pictures
pictures: PICTURES := target/pictures
pictures: states end2end/node_modules/.package-lock.json browser
	rm -rf "$(PICTURES)"
	cd end2end && $(IN_CONSOLE) npx playwright test --project=console specs/states
	@echo "$(PICTURES)/index.html"

# ACTIONS says where that server has the actions of .github/actions: docs/operating/workflow-files.md.
.PHONY: workflows-enterprise
workflows-enterprise:
	.github/for-enterprise.sh "$(ACTIONS)" target/workflows-enterprise
	@ls target/workflows-enterprise/*

.PHONY: audit
audit: $(DENY)
	$(DENY)/bin/cargo-deny check licenses bans sources
	$(DENY)/bin/cargo-deny check advisories

# --- the parts of `make test` ------------------------------------------------------------------------------

.PHONY: check-format
check-format: toolchain
	cargo fmt --all --check

# Twice, as the two artefacts are built: the features ssr and hydrate never meet. CLIPPY takes more options, such as
# those by which an editor reads what was found.
.PHONY: lint lint-server lint-frontend
lint: lint-server lint-frontend
lint-server: toolchain
	cargo clippy $(SERVER) -p bundle --all-targets $(CLIPPY) -- -D warnings
lint-frontend: toolchain
	cargo clippy -p frontend --target wasm32-unknown-unknown --all-targets $(CLIPPY) -- -D warnings

# On one database, with what needs none and what runs on both; then on the other. GitHub's description of its API is in
# packages of end2end. Most of a test is waiting, for a disk or for a process: two for each core.
.PHONY: test-sqlite test-postgres
test-sqlite test-postgres: export RUST_TEST_THREADS ?= $(shell expr 2 '*' "$$(nproc)")
test-sqlite: toolchain postgres end2end/node_modules/.package-lock.json
	cargo test $(SERVER)
test-postgres: toolchain postgres end2end/node_modules/.package-lock.json
	CONSOLE_TEST_DATABASE=postgres \
	  cargo test $(SERVER) --test it -- --skip on_sqlite --skip on_postgres

.PHONY: test-browser
test-browser: toolchain browser
	cargo build -p bundle --features test-runner
	CHROMEDRIVER="$$(command -v chromedriver)" WASM_BINDGEN_TEST_TIMEOUT=120 \
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER="$(CACHE)/debug/wasm-bindgen-test-runner" \
	  cargo test -p frontend --target wasm32-unknown-unknown

.PHONY: check-workflows
check-workflows: VARIANTS := $(CACHE)/checked-workflows
check-workflows: $(LINTERS)/ready
	$(LINTERS)/bin/check-jsonschema --builtin-schema vendor.github-workflows \
	  .github/workflows/*.yml end2end/workflow/files/*.yml
	$(LINTERS)/bin/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	$(LINTERS)/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(LINTERS)/bin/zizmor --offline .github end2end/workflow/files/*.yml
	rm -rf "$(VARIANTS)"
	.github/for-enterprise.sh example/actions@0000000000000000000000000000000000000000 "$(VARIANTS)"
	$(LINTERS)/bin/check-jsonschema --builtin-schema vendor.github-workflows "$(VARIANTS)"/*.yml
	$(LINTERS)/bin/zizmor --offline "$(VARIANTS)"/*.yml

# The binary has to be there: `make build`.
.PHONY: check-api
check-api: $(API_CHECK)/ready
	end2end/api/run.sh "$(abspath $(BINARY))" "$(API_CHECK)/bin/schemathesis"

# The binary has to be there: `make build`.
.PHONY: test-end2end
test-end2end: states end2end/node_modules/.package-lock.json browser
	cd end2end && npm run check && npm run test:workflow && $(IN_CONSOLE) npm test

# --- what they need ----------------------------------------------------------------------------------------

.PHONY: site
site: bundle frontend/node_modules/.package-lock.json
	BUNDLE="$(CACHE)/debug/bundle" frontend/build.sh "$(SITE)"

# Compiled as its tests are, so that neither has to be compiled for the other. It reads the site where it is built.
.PHONY: server
server: bundle
	@mkdir -p "$(SITE)/pkg"
	cargo build $(SERVER) --bin deploy-console

# What cuts the WebAssembly and makes it loadable. First: it would wait for the server, and the site for it.
.PHONY: bundle
bundle: toolchain
	cargo build -p bundle

# What the specs look at, and where the pictures of it go, if PICTURES says so.
IN_CONSOLE = DEPLOY_CONSOLE_BIN="$(abspath $(BINARY))" STATES_PAGE="$(STATES)/states.html" \
  PICTURES="$(abspath $(PICTURES))"

# Every state of every component on one page, beside its style. Built with the server, as the tests are: nothing is
# compiled twice.
.PHONY: states
states: toolchain frontend/node_modules/.package-lock.json
	@mkdir -p "$(STATES)"
	frontend/node_modules/.bin/lightningcss --bundle --minify --targets defaults style/main.css -o "$(STATES)/main.css"
	cargo build -q $(SERVER) --example states
	"$(CACHE)/debug/examples/states" main.css > "$(STATES)/states.html"

# rust-toolchain.toml names the compiler; where rustup does not fetch it by itself, this does.
.PHONY: toolchain
toolchain:
	@rustup show active-toolchain >/dev/null 2>&1 || rustup toolchain install
	@rustup target add wasm32-unknown-unknown

$(DENY): | toolchain
	cargo install cargo-deny --version $(CARGO_DENY_VERSION) --locked --root $@.part
	mv $@.part $@

%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund
	@touch $@

$(LINTERS)/ready: PACKAGES := check-jsonschema==$(CHECK_JSONSCHEMA_VERSION) zizmor==$(ZIZMOR_VERSION)
$(API_CHECK)/ready: PACKAGES := schemathesis==$(SCHEMATHESIS_VERSION)
$(LINTERS)/ready $(API_CHECK)/ready:
	@python3 -c 'import ensurepip, venv' 2>/dev/null || $(call apt-install,python3-venv)
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet $(PACKAGES)
	@touch $@

# Chromium and its driver: there already, or from the system's packages.
.PHONY: browser
browser:
	@{ command -v chromium && command -v chromedriver; } >/dev/null || $(call apt-install,chromium chromium-driver)

# A Postgres server, of which the tests start one of their own: there already, or from the system's packages.
.PHONY: postgres
postgres:
	@{ command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 || $(call apt-install,postgresql)

# $(call apt-install,packages): as root, or by sudo; elsewhere it says what is missing.
apt-install = { \
  command -v apt-get >/dev/null || { echo "Install $(1), then try again." >&2; exit 1; }; \
  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
  $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(1); \
}

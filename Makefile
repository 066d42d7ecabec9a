.PHONY: run test bench fmt schema sqlx graphiql

# Optimised, although that builds longer: the first start loads 75,000 sample workers, and every query is faster.
# Options go through ARGS: make run ARGS="--listen 127.0.0.1:9000".
run:
	@.ci/packages cc postgres
	@.ci/tools cargo
	@.ci/graphiql --if-easy
	cargo run --release --locked -- dev $(ARGS)

# Everything a change must pass. Postgres and Redis are the checks' own, on free ports; no network is needed
# once the dependencies are here.
test:
	@.ci/packages cc postgres redis-server
	@.ci/tools
	@.ci/step "formatting" cargo fmt --check
	@.ci/step "clippy, .sqlx" .ci/sqlx --check
	@.ci/step "schema.graphql" .ci/schema --check
	@.ci/step "tests are built" cargo nextest run --locked --no-run --cargo-quiet
	@tests/services.sh cargo nextest run --locked --cargo-quiet

# Measures Kada beside the least that its answers can cost, and writes benches/RESULTS.md. The data is built the first
# time and kept in target/bench-data. A short form that writes nothing: make bench QUICK=1. Single rows: make bench
# ARGS="'name search'".
bench:
	@.ci/packages cc postgres redis-server
	cargo bench --locked --bench bench -- $(if $(QUICK),--quick) $(ARGS)

fmt:
	cargo fmt

# schema.graphql, from the code.
schema:
	@.ci/schema

# .sqlx, from the migrations and the statements in the code.
sqlx:
	@.ci/packages cc postgres redis-server
	@.ci/sqlx

# GraphiQL, from npm; without it the page at /graphiql is a plain console.
graphiql:
	@.ci/graphiql

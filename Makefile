# Two commands do all of the set-up, system packages included: `make demo` and `make test`.
# Both say what they install before they install it (scripts/setup --list prints the same list).

.PHONY: help demo test check bench bench-bill bench-elb bench-messaging bench-lambda build release setup fmt

help:
	@echo 'make demo    install what is missing, build, and walk through a region of your own'
	@echo 'make test    install what is missing, build, run the unit, driver and black-box tests'
	@echo 'make check   formatting, lints, layering, generated code, licences'
	@echo 'make bench   one table: start, memory, requests and launches, beside a peer'
	@echo 'make bench-elb  one table: balancers, beside nginx and HAProxy'
	@echo 'make bench-messaging  one table: queues and topics, beside every peer that a registry carries'
	@echo 'make bench-lambda  one table: functions, beside MiniStack'
	@echo 'make bench-bill  how long a year takes to bill'
	@echo 'make build   the binary, quickly built, in target/debug'
	@echo 'make release the binary, small and fast, in target/release'

demo:
	@scripts/setup demo
	@scripts/build release
	@target/release/freehold demo

test:
	@scripts/test

check:
	@scripts/check

bench:
	@scripts/setup bench
	@scripts/build release
	@bench/run

bench-elb:
	@scripts/setup bench-elb
	@scripts/build release
	@bench/elb/run

bench-messaging:
	@scripts/setup bench-messaging
	@scripts/build release
	@bench/messaging/run

bench-lambda:
	@scripts/setup bench-lambda
	@scripts/build release
	@bench/lambda/run

bench-bill:
	@scripts/setup demo
	@cargo run --quiet --package freehold-bench --release -- bill

build:
	@scripts/build debug

release:
	@scripts/build release

setup:
	@scripts/setup test

fmt:
	@cargo fmt --all

# SPDX-License-Identifier: Apache-2.0
# The system-call tests and their runner: static programs, the same binaries on Linux and on Lstar.
# Included by the root Makefile. `make sys-tests` builds them, `make test-sys` runs them.

B ?= build

SYS_TEST_CFLAGS := -std=gnu11 -O1 -static -pthread -Wall -Wextra -Werror -Wno-nonnull \
	-Wno-unknown-warning-option -Wno-stringop-overflow -Wno-stringop-overread \
	-Wno-stringop-truncation -Wno-deprecated-declarations -Itests/sys
SYS_TEST_SRCS := $(sort $(wildcard tests/sys/*/*.c))
BAD_TEST_SRCS := $(sort $(wildcard tests/bad/*.c))
BAD_TESTS := $(BAD_TEST_SRCS:tests/bad/%.c=$(B)/tests/bad/%)
ABI_TEST_SRCS := $(sort $(wildcard tests/abi/x86_64/*.c))
ABI_TESTS := $(ABI_TEST_SRCS:tests/abi/%.c=$(B)/tests/sys/abi/%)
SYS_TESTS := $(SYS_TEST_SRCS:tests/sys/%.c=$(B)/tests/sys/%)

.PHONY: sys-tests test-sys test-sys-native
sys-tests: $(SYS_TESTS) $(ABI_TESTS) $(BAD_TESTS) $(B)/tests/runner

$(B)/tests/obj/test.o: tests/sys/test.c tests/sys/test.h
	@mkdir -p $(@D)
	$(CC) $(SYS_TEST_CFLAGS) -c -o $@ $<

SYS_TEST_HEADERS := $(wildcard tests/sys/*.h tests/sys/*/*.h)

$(SYS_TESTS): $(B)/tests/sys/%: tests/sys/%.c $(SYS_TEST_HEADERS) $(B)/tests/obj/test.o
	@mkdir -p $(@D)
	$(CC) $(SYS_TEST_CFLAGS) -o $@ $< $(B)/tests/obj/test.o

$(ABI_TESTS): $(B)/tests/sys/abi/%: tests/abi/%.c $(SYS_TEST_HEADERS) \
		$(wildcard tests/abi/x86_64/*.h) $(B)/tests/obj/test.o
	@mkdir -p $(@D)
	$(CC) $(SYS_TEST_CFLAGS) -o $@ $< $(B)/tests/obj/test.o

$(BAD_TESTS): $(B)/tests/bad/%: tests/bad/%.c $(wildcard tests/bad/*.h)
	@mkdir -p $(@D)
	$(CC) $(SYS_TEST_CFLAGS) -o $@ $<

$(B)/tests/runner: tests/runner.c
	@mkdir -p $(@D)
	$(CC) $(SYS_TEST_CFLAGS) -o $@ $<

test-sys-native: sys-tests
	B=$(B) tests/run-sys.sh --native-only

test-sys: sys-tests
	B=$(B) tests/run-sys.sh

# SPDX-License-Identifier: Apache-2.0
# Lstar: one Makefile. `make help` lists the targets.

# ---- settings ----
ARCH     := x86_64
CC       := gcc
PYTHON   := python3
PREFIX   := /usr/local
DEBUG    := 0
ifeq ($(DEBUG),1)
B        := build-debug
else
B        := build
endif

MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

WARN     := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter
COMMON   := -std=gnu11 -O2 -g $(WARN) -MMD -MP -fno-strict-aliasing -fno-common
ifeq ($(DEBUG),1)
COMMON   += -DDEBUG
endif

# Only the kernel's own ABI headers of linux-libc-dev, never the C library's.
UAPI     := $(B)/uapi
MULTIARCH := $(shell gcc -print-multiarch 2>/dev/null || echo x86_64-linux-gnu)
FREESTANDING = -ffreestanding -nostdinc -isystem $(COMPILER_INCLUDE) -isystem $(UAPI)
COMPILER_INCLUDE := $(shell $(CC) -print-file-name=include 2>/dev/null)

$(UAPI)/.ready:
	@mkdir -p $(UAPI)
	@ln -sfn /usr/include/linux $(UAPI)/linux
	@ln -sfn /usr/include/asm-generic $(UAPI)/asm-generic
	@ln -sfn /usr/include/$(MULTIARCH)/asm $(UAPI)/asm
	@touch $@

# ---- what you type ----
.PHONY: all help deps run check test gdb bench install debug clean
all: $(B)/lstar $(B)/lstar-kernel.lst $(B)/lstar-kernel.sym

help:
	@echo 'make            build $(B)/lstar, the command with the kernel inside'
	@echo 'make run        install what is missing, build, and run: lstar run cat /proc/self/maps'
	@echo 'make check      every check that needs no virtual machine; under a minute'
	@echo 'make test       everything: the checks, then the tests on Linux and on Lstar, 1 and 4 CPUs'
	@echo 'make gdb        start a program on Lstar under gdb; CMD="PROGRAM ARG..."'
	@echo 'make bench      the figures of docs/performance.md'
	@echo 'make debug      a build with lock-rank and other run-time checks, in build-debug'
	@echo 'make install    into PREFIX (default /usr/local), below DESTDIR'
	@echo 'make deps       install by name, from Debian, what building and running need'
	@echo 'make clean      remove $(B)'
	@echo 'Variables: CC=gcc|clang-14  B=build  DEBUG=0|1  PREFIX=/usr/local  ARCH=x86_64|none'

deps:
	tools/install-deps.sh run

# A second make: what this one knows of the compiler may date from before the installation.
run:
	@tools/install-deps.sh run
	@$(MAKE) --no-print-directory all
	$(B)/lstar run cat /proc/self/maps

check:
	@tools/install-deps.sh test
	@$(MAKE) --no-print-directory for-check
	@B=$(B) tests/run.py check

test:
	@tools/install-deps.sh test
	@$(MAKE) --no-print-directory for-check for-test
	@B=$(B) tests/run.py test

gdb: all
	B=$(B) tools/gdb/run.sh $(CMD)

bench: all $(B)/tests/bench/bench
	B=$(B) tests/bench/run.py

debug:
	$(MAKE) DEBUG=1 all

install: install-host

clean:
	rm -rf $(B)

# ---- parts: each adds its rules ----
-include abi/build.mk
-include libsys/build.mk
-include user/build.mk
-include host/build.mk
-include vdso/build.mk
-include tests/build.mk

# ---- the kernel ----
KFLAGS   = $(COMMON) $(FREESTANDING) -I. -Ikernel -Ikernel/arch/$(ARCH) -I$(B) -fno-pic -fno-pie \
           -fno-stack-protector -fno-omit-frame-pointer -fno-asynchronous-unwind-tables $(KFLAGS_$(ARCH))
KFLAGS_x86_64 := -mcmodel=kernel -mno-red-zone -mgeneral-regs-only -march=x86-64

KSRC_C := $(wildcard lib/*.c kernel/*.c kernel/core/*.c kernel/mm/*.c kernel/vfs/*.c kernel/proc/*.c kernel/fs/*.c \
            kernel/fs/*/*.c kernel/net/*.c kernel/dev/*.c kernel/sys/*.c kernel/arch/$(ARCH)/*.c)
KSRC_S := $(wildcard kernel/arch/$(ARCH)/*.S)
# The stub port has no numbers of its own: it takes x86-64's.
KTABLE := $(if $(filter none,$(ARCH)),x86_64,$(ARCH))
KGEN_C := $(B)/gen/syscall_table_$(KTABLE).c $(B)/gen/syscall_desc.c
KOBJ   := $(KSRC_C:%.c=$(B)/k/%.o) $(KSRC_S:%.S=$(B)/k/%.S.o) $(KGEN_C:$(B)/%.c=$(B)/k/%.o)

$(B)/k/%.o: %.c $(UAPI)/.ready $(B)/gen/.ready
	@mkdir -p $(@D)
	$(CC) $(KFLAGS) -c $< -o $@
$(B)/k/%.o: $(B)/%.c $(UAPI)/.ready
	@mkdir -p $(@D)
	$(CC) $(KFLAGS) -c $< -o $@
$(B)/k/%.S.o: %.S $(UAPI)/.ready $(B)/gen/.ready
	@mkdir -p $(@D)
	$(CC) $(KFLAGS) -D__ASSEMBLY__ -c $< -o $@

KLDS := kernel/arch/$(ARCH)/kernel.lds
$(B)/lstar-kernel.elf: $(KOBJ) $(KLDS) $(B)/initramfs.o
	$(CC) -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-T,$(KLDS) \
	  -o $@.tmp $(KOBJ) $(B)/initramfs.o
	mv $@.tmp $@

$(B)/lstar-kernel.lst: $(B)/lstar-kernel.elf
	objdump -d --no-show-raw-insn $< > $@
$(B)/lstar-kernel.sym: $(B)/lstar-kernel.elf
	nm -n $< > $@

.PHONY: kernel kobj
kernel: $(B)/lstar-kernel.elf
kobj: $(KOBJ)

-include $(KOBJ:.o=.d)

# SPDX-License-Identifier: Apache-2.0
# Lstar: one Makefile. `make help` lists the targets.
#
#	settings | what you type | the table | libsys | init and the embedded root | the vDSO
#	the kernel | the command | tests

# ---- settings ----
ARCH     := x86_64
CC       := gcc
PYTHON   := python3
BUSYBOX  := /bin/busybox
PREFIX   := /usr/local
DEBUG    := 0
INET     := 1
ifeq ($(DEBUG),1)
B        := build-debug
else
B        := build
endif

# `make V=1` prints every command, else one short line each.
V        := 0
Q        := $(if $(filter 1,$(V)),,@)
say       = @printf '  %-8s%s\n' $(1) $(2)

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
UAPI_READY := $(UAPI)/.ready
MULTIARCH := $(shell gcc -print-multiarch 2>/dev/null || echo x86_64-linux-gnu)
COMPILER_INCLUDE := $(shell $(CC) -print-file-name=include 2>/dev/null)
FREESTANDING := -ffreestanding -nostdinc -isystem $(COMPILER_INCLUDE) -isystem $(UAPI)

# clang knows it from -static.
NO_PIE    := $(if $(findstring clang,$(CC)),,-no-pie)

$(UAPI_READY):
	@mkdir -p $(UAPI)
	@ln -sfn /usr/include/linux $(UAPI)/linux
	@ln -sfn /usr/include/asm-generic $(UAPI)/asm-generic
	@ln -sfn /usr/include/$(MULTIARCH)/asm $(UAPI)/asm
	@touch $@

# ---- what you type ----
.PHONY: test-programs-all soak
.PHONY: all help deps run check test gdb bench bench-check bench-accept install install-libsys debug update-docs clean
all: $(B)/lstar $(B)/lstar-kernel.lst $(B)/lstar-kernel.sym

help:
	@echo 'make            build $(B)/lstar, the command with the kernel inside'
	@echo 'make run        install what is missing, build, and run: lstar run cat /proc/self/maps'
	@echo 'make check      every check that needs no virtual machine; under a minute'
	@echo 'make test       everything: the checks, then the tests on Linux and on Lstar, 1 and 4 CPUs'
	@echo 'make test-programs-all  also the programs that take minutes: node, java, go, a build of zlib'
	@echo 'make soak       long runs that look for what short ones do not find; SOAK_SECONDS for each part'
	@echo 'make gdb        start a program on Lstar under gdb; CMD="PROGRAM ARG..."'
	@echo 'make bench      Lstar beside Debian'\''s kernel, in instructions; writes docs/performance.md'
	@echo 'make bench-check  fails where a call executes 3 %% more than tests/bench/bars.tbl says'
	@echo 'make debug      a build with lock-rank and other run-time checks, in build-debug'
	@echo 'make install    into PREFIX (default /usr/local), below DESTDIR'
	@echo 'make deps       install by name, from Debian, what building and running need'
	@echo 'make update-docs  docs/syscalls.md from the table'
	@echo 'make clean      remove $(B)'
	@echo 'Variables: CC=gcc|clang-14  B=build  V=0|1  DEBUG=0|1  PREFIX=/usr/local  ARCH=x86_64|none'

deps:
	@tools/install-deps.sh run

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
	@$(MAKE) --no-print-directory DEBUG=1 B=$(B)-debug all
	@B=$(B) tests/run.py test

# Programs that take minutes: node, java, go, rust, servers, a build of zlib.
test-programs-all: all
	@tools/install-deps.sh test
	@LSTAR=$(B)/lstar PROGRAMS_DIR=$(B)/tests/programs tests/programs/run.sh --class "fast slow heavy"

# What takes long: SOAK_SECONDS for each part.
soak: all sys-tests
	@tools/install-deps.sh soak
	@B=$(B) tests/soak/run.sh

gdb: all
	@B=$(B) tools/gdb/run.sh $(CMD)

# The whole table, beside Debian's kernel; the counts of the bars alone; what was measured as the new counts.
BENCH := $(B)/tests/bench/bench $(B)/tests/bench/door32
bench: all $(BENCH)
	@tools/install-deps.sh bench
	@B=$(B) tests/bench/run.py all
bench-check: all $(BENCH)
	@B=$(B) tests/bench/run.py check
bench-accept: all $(BENCH)
	@B=$(B) tests/bench/run.py accept

debug:
	@$(MAKE) --no-print-directory DEBUG=1 all

install: $(B)/lstar install-libsys
	install -D -m 755 $(B)/lstar $(DESTDIR)$(PREFIX)/bin/lstar
	install -D -m 644 docs/lstar.1 $(DESTDIR)$(PREFIX)/share/man/man1/lstar.1

# The C library: headers in a folder of their own, beside the kernel's, which they include.
LIBSYS_INCLUDE := $(DESTDIR)$(PREFIX)/include/libsys
LIBSYS_LIB := $(DESTDIR)$(PREFIX)/lib
install-libsys: $(LIBSYS) $(LIBSYS_i386)
	install -d $(LIBSYS_INCLUDE)/sys $(LIBSYS_INCLUDE)/abi/linux $(LIBSYS_INCLUDE)/i386/sys \
		$(LIBSYS_INCLUDE)/i386/asm $(LIBSYS_INCLUDE)/i386/linux
	install -m 644 libsys/include/*.h $(GEN)/sysnr_$(LIBSYS_ARCH).h $(GEN)/sysnr_i386.h $(LIBSYS_INCLUDE)
	install -m 644 libsys/include/sys/*.h $(GEN)/libsys/sys/calls.h $(LIBSYS_INCLUDE)/sys
	install -m 644 abi/linux/missing.h $(LIBSYS_INCLUDE)/abi/linux
	install -m 644 libsys/i386/include/asm/*.h $(LIBSYS_INCLUDE)/i386/asm
	install -m 644 libsys/i386/include/linux/*.h $(LIBSYS_INCLUDE)/i386/linux
	install -m 644 $(GEN)/libsys-i386/sys/calls.h $(LIBSYS_INCLUDE)/i386/sys
	ln -sfn /usr/include/linux $(LIBSYS_INCLUDE)/linux
	ln -sfn /usr/include/asm-generic $(LIBSYS_INCLUDE)/asm-generic
	ln -sfn /usr/include/$(MULTIARCH)/asm $(LIBSYS_INCLUDE)/asm
	install -D -m 644 $(LIBSYS) $(LIBSYS_LIB)/libsys.a
	install -D -m 644 $(B)/libsys/$(LIBSYS_ARCH)/crt0.o $(LIBSYS_LIB)/libsys/crt0.o
	install -D -m 644 $(LIBSYS_i386) $(LIBSYS_LIB)/libsys/i386/libsys.a
	install -D -m 644 $(B)/libsys-i386/i386/crt0.o $(LIBSYS_LIB)/libsys/i386/crt0.o
	install -d $(LIBSYS_LIB)/pkgconfig
	for name in libsys libsys-i386; do \
		sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@COMPILER_INCLUDE@|$(COMPILER_INCLUDE)|' libsys/$$name.pc.in \
			> $(LIBSYS_LIB)/pkgconfig/$$name.pc || exit 1; \
	done
	install -D -m 644 docs/libsys.7 $(DESTDIR)$(PREFIX)/share/man/man7/libsys.7

update-docs:
	abi/gen.py docs > docs/syscalls.md

clean:
	rm -rf $(B)

# ---- the table: everything made from abi/syscalls.tbl ----
GEN       := $(B)/gen
GEN_STAMP := $(GEN)/.ready
GEN_SOURCES := abi/gen.py abi/tables.py abi/emit.py abi/syscalls.tbl abi/argkinds.tbl abi/flags.tbl abi/errno.tbl \
	abi/i386.tbl

# Files whose text did not change keep their time, so the stamp alone does not rebuild the world.
$(GEN_STAMP): $(GEN_SOURCES)
	$(call say,GEN,$(GEN))
	$(Q)abi/gen.py all $(GEN)
	@touch $@

$(GEN)/syscalls.h $(GEN)/syscalls_i386.h $(GEN)/syscall_table_i386.c \
$(GEN)/syscall_table_$(ARCH).c $(GEN)/syscall_desc.c $(GEN)/syscall_desc.h $(GEN)/sysnr_x86_64.h \
$(GEN)/libsys_errno.c $(GEN)/libsys/sys/calls.h $(GEN)/libsys_wrappers_x86_64.h: $(GEN_STAMP) ;

.PHONY: gen
gen: $(GEN_STAMP)

# ---- libsys: the C library of init and of our own small programs ----
# A program of it is built with $(CC) $(LIBSYS_CFLAGS) ... $(LIBSYS_LDFLAGS) -o PROGRAM PROGRAM.c $(LIBSYS); a 32-bit
# one with what is called LIBSYS_..._i386.
LIBSYS_ARCH := x86_64
LIBSYS := $(B)/libsys.a
LIBSYS_i386 := $(B)/libsys-i386.a
LIBSYS_COMMON = -std=gnu11 -O2 -g -Wall -Wextra -Werror $(FREESTANDING) -fno-stack-protector -fno-pie \
	-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
LIBSYS_CFLAGS = $(LIBSYS_COMMON) -Ilibsys/include -I$(GEN)/libsys -I$(GEN) -I.
LIBSYS_CFLAGS_i386 = -m32 $(LIBSYS_COMMON) -Ilibsys/i386/include -Ilibsys/include -I$(GEN)/libsys-i386 -I$(GEN) -I.
LIBSYS_LDFLAGS := -static -nostdlib -Wl,--gc-sections -Wl,-z,noexecstack
LIBSYS_LDFLAGS_i386 := -m32 $(LIBSYS_LDFLAGS) $(NO_PIE)
LIBSYS_HEADERS := $(wildcard libsys/*.h libsys/include/*.h libsys/include/sys/*.h libsys/$(LIBSYS_ARCH)/*.h)
LIBSYS_HEADERS_i386 := $(LIBSYS_HEADERS) $(wildcard libsys/i386/*.h libsys/i386/include/*/*.h)
LIBSYS_OBJECTS := $(patsubst libsys/%,$(B)/libsys/%.o,$(basename $(wildcard libsys/*.c libsys/lp64/*.c \
	libsys/$(LIBSYS_ARCH)/*.S))) $(B)/libsys/errno_messages.o
LIBSYS_OBJECTS_i386 := $(patsubst libsys/%,$(B)/libsys-i386/%.o,$(basename $(wildcard libsys/*.c libsys/i386/*.c \
	libsys/i386/*.S))) $(B)/libsys-i386/errno_messages.o

# string.c must not become calls to itself.
NO_LOOP_CALLS := -fno-builtin $(if $(findstring clang,$(CC)),,-fno-tree-loop-distribute-patterns)
$(B)/libsys/string.o: private LIBSYS_CFLAGS += $(NO_LOOP_CALLS)
$(B)/libsys-i386/string.o: private LIBSYS_CFLAGS_i386 += $(NO_LOOP_CALLS)

$(B)/libsys/%.o: libsys/%.c $(GEN_STAMP) $(UAPI_READY) $(LIBSYS_HEADERS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(LIBSYS_CFLAGS) -Ilibsys -Ilibsys/$(LIBSYS_ARCH) -c -o $@ $<
$(B)/libsys-i386/%.o: libsys/%.c $(GEN_STAMP) $(UAPI_READY) $(LIBSYS_HEADERS_i386)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(LIBSYS_CFLAGS_i386) -Ilibsys -Ilibsys/i386 -c -o $@ $<

$(B)/libsys/%.o: libsys/%.S $(GEN_STAMP) $(UAPI_READY)
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(LIBSYS_CFLAGS) -c -o $@ $<
$(B)/libsys-i386/%.o: libsys/%.S $(GEN_STAMP) $(UAPI_READY) libsys/i386/load.inc
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(LIBSYS_CFLAGS_i386) -Ilibsys/i386 -c -o $@ $<

$(B)/libsys/errno_messages.o: $(GEN)/libsys_errno.c $(UAPI_READY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LIBSYS_CFLAGS) -c -o $@ $<
$(B)/libsys-i386/errno_messages.o: $(GEN)/libsys_errno.c $(UAPI_READY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LIBSYS_CFLAGS_i386) -c -o $@ $<

$(LIBSYS): $(LIBSYS_OBJECTS)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
$(LIBSYS_i386): $(LIBSYS_OBJECTS_i386)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

.PHONY: libsys
libsys: $(LIBSYS) $(LIBSYS_i386)

# ---- init and the embedded root: initramfs.cpio inside the kernel ----
INIT_OBJECTS := $(patsubst user/init/%.c,$(B)/user/init/%.o,$(wildcard user/init/*.c))

$(B)/user/init/%.o: user/init/%.c user/init/init.h user/init/calls.h $(LIBSYS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(LIBSYS_CFLAGS) -Os -c -o $@ $<

$(B)/init: $(INIT_OBJECTS) $(LIBSYS)
	$(Q)$(CC) $(NO_PIE) $(LIBSYS_LDFLAGS) -o $@.debug $^
	$(Q)strip -o $@ $@.debug

# The guest's half of `lstar anatomy`.
ANATOMY_OBJECTS := $(B)/user/anatomy/main.o $(B)/user/anatomy/capture.o
$(B)/user/anatomy/main.o: user/anatomy/main.c abi/linux/anatomy.h $(LIBSYS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(LIBSYS_CFLAGS) -Os -c -o $@ $<
$(B)/user/anatomy/capture.o: user/anatomy/capture.S $(LIBSYS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LIBSYS_CFLAGS) -c -o $@ $<
$(B)/anatomy: $(ANATOMY_OBJECTS) $(LIBSYS)
	$(Q)$(CC) $(NO_PIE) $(LIBSYS_LDFLAGS) -o $@.debug $^
	$(Q)strip -o $@ $@.debug

# BUSYBOX is Debian's busybox-static; only its applets get links.
$(B)/initramfs.list: user/initramfs.list $(B)/init $(B)/anatomy
	@command -v $(BUSYBOX) > /dev/null || \
		{ echo "$(BUSYBOX) is missing: apt-get install busybox-static" >&2; exit 1; }
	$(Q)sed -e 's|@INIT@|$(B)/init|' -e 's|@ANATOMY@|$(B)/anatomy|' \
		-e 's|@BUSYBOX@|$(BUSYBOX)|' user/initramfs.list > $@
	$(Q)$(BUSYBOX) --list-full | LC_ALL=C sort | grep -vx -e bin/busybox -e sbin/init -e linuxrc | \
		sed 's|\(.*\)|link /\1 /bin/busybox|' >> $@

$(B)/initramfs.cpio: $(B)/initramfs.list $(B)/init $(B)/anatomy tools/mkcpio.py
	$(call say,CPIO,$@)
	$(Q)$(PYTHON) tools/mkcpio.py $< $@

$(B)/initramfs.o: user/initramfs.S $(B)/initramfs.cpio
	$(Q)$(CC) -c -DINITRAMFS='"$(B)/initramfs.cpio"' -o $@ $<

# ---- the vDSO, once per ABI; it runs in user mode: no kernel code model ----
VDSO_FLAGS = $(COMMON) $(FREESTANDING) -I. -Ikernel -fPIC -fvisibility=default -fno-stack-protector \
	-fasynchronous-unwind-tables -mgeneral-regs-only -march=x86-64 -fcf-protection=none
VDSO_LDFLAGS := -shared -nostdlib -Wl,-soname,linux-vdso.so.1 -Wl,--hash-style=both -Wl,-Bsymbolic -Wl,--eh-frame-hdr \
	-Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -Wl,-T,vdso/x86_64/vdso.lds
VDSO_OBJECTS := $(addprefix $(B)/vdso/,vdso.o vgetrandom.o chacha.o note.o)

$(B)/vdso/%.o: vdso/x86_64/%.c $(UAPI_READY)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(VDSO_FLAGS) -c $< -o $@
$(B)/vdso/%.o: vdso/x86_64/%.S
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) -c $< -o $@

$(B)/vdso/vdso64.so: $(VDSO_OBJECTS) vdso/x86_64/vdso.lds tools/check-vdso.sh
	$(call say,VDSO,$@)
	$(Q)$(CC) $(VDSO_LDFLAGS) -o $@.tmp $(VDSO_OBJECTS)
	$(Q)tools/check-vdso.sh $@.tmp
	$(Q)strip -S $@.tmp
	$(Q)mv $@.tmp $@

VDSO32_OBJECTS := $(B)/vdso32/entry.o $(B)/vdso32/vdso.o $(B)/vdso32/note.o
VDSO32_FLAGS = $(filter-out -march=x86-64,$(VDSO_FLAGS)) -m32 -march=i686 -Os

$(B)/vdso32/%.o: vdso/i386/%.S
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) -m32 -c $< -o $@

$(B)/vdso32/%.o: vdso/i386/%.c $(UAPI_READY)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(VDSO32_FLAGS) -c $< -o $@

$(B)/vdso/vdso32.so: $(VDSO32_OBJECTS) vdso/i386/vdso.lds tools/check-vdso.sh
	@mkdir -p $(@D)
	$(call say,VDSO,$@)
	$(Q)$(LD) -m elf_i386 -shared -soname linux-gate.so.1 --hash-style=both -Bsymbolic --eh-frame-hdr \
		--build-id=none -z max-page-size=4096 -z noexecstack -T vdso/i386/vdso.lds -o $@.tmp $(VDSO32_OBJECTS)
	$(Q)tools/check-vdso.sh $@.tmp
	$(Q)strip -s $@.tmp
	$(Q)mv $@.tmp $@

-include $(B)/vdso/vdso.d $(B)/vdso/vgetrandom.d $(B)/vdso32/vdso.d

# ---- the kernel ----
# Indirect branches go through thunks.S, and tools/kreloc.py makes plain ones of them again.
RETPOLINE_FLAGS := $(if $(findstring clang,$(CC)),-mretpoline-external-thunk,\
	-mindirect-branch=thunk-extern -mindirect-branch-register)
# 88: struct arch_cpu's stack_canary.
STACK_PROTECTOR := -fstack-protector-strong -mstack-protector-guard=tls -mstack-protector-guard-reg=gs \
	-mstack-protector-guard-offset=88
KFLAGS_x86_64 := $(RETPOLINE_FLAGS) $(STACK_PROTECTOR) -momit-leaf-frame-pointer -mcmodel=kernel -mno-red-zone \
	-mgeneral-regs-only -march=x86-64
KFLAGS := $(COMMON) $(FREESTANDING) -DLSTAR_INLINE_COPIES -I. -Ikernel -Ikernel/arch/$(ARCH) -I$(B) -fno-pic -fno-pie \
	-fno-stack-protector -fno-omit-frame-pointer -fno-asynchronous-unwind-tables $(KFLAGS_$(ARCH))
KSRC_C := $(wildcard lib/*.c kernel/*.c kernel/core/*.c kernel/mm/*.c kernel/vfs/*.c kernel/proc/*.c kernel/fs/*.c \
	kernel/fs/*/*.c kernel/net/*.c kernel/dev/*.c kernel/sys/*.c kernel/arch/$(ARCH)/*.c)
ifeq ($(INET),1)
KSRC_C += $(wildcard kernel/net/inet/*.c)
KFLAGS += -DCONFIG_INET
endif
KSRC_S := $(wildcard kernel/arch/$(ARCH)/*.S) kernel/fs/procfs/config_gz.S
KGEN_C := $(GEN)/syscall_table_$(ARCH).c $(GEN)/syscall_desc.c
# What serves 32-bit programs on a 64-bit machine.
ifeq ($(ARCH),x86_64)
KSRC_C += $(wildcard kernel/sys/compat/*.c)
KGEN_C += $(GEN)/syscall_table_i386.c
endif
KOBJ   := $(KSRC_C:%.c=$(B)/k/%.o) $(KSRC_S:%.S=$(B)/k/%.S.o) $(KGEN_C:$(B)/%.c=$(B)/k/%.o)

# lwIP, TCP/IP: the Debian source package, compiled as it is.
ifeq ($(INET),1)
LWIP   := build/lwip
LWIP_READY := $(LWIP)/src/core/init.c
LWIP_SRC := $(addprefix core/,def inet_chksum init ip mem memp netif pbuf raw tcp tcp_in tcp_out udp \
	ipv4/icmp ipv4/ip4 ipv4/ip4_addr ipv6/icmp6 ipv6/ip6 ipv6/ip6_addr)
LWIP_INCLUDE := -Ikernel/net/inet/include -isystem $(LWIP)/src/include
KOBJ   += $(LWIP_SRC:%=$(B)/k/lwip/%.o)
$(LWIP_READY):
	@tools/fetch-lwip.sh $(LWIP)
$(B)/k/lwip/%.o: $(LWIP_READY) kernel/net/inet/include/lwipopts.h | $(UAPI_READY) $(GEN_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,lwip/$*.c)
	$(Q)$(CC) $(KFLAGS) $(LWIP_INCLUDE) -w -c $(LWIP)/src/$*.c -o $@
$(patsubst %.c,$(B)/k/%.o,$(wildcard kernel/net/inet/*.c)): KFLAGS += $(LWIP_INCLUDE)
$(patsubst %.c,$(B)/k/%.o,$(wildcard kernel/net/inet/*.c)): | $(LWIP_READY)
endif
KLDS   := kernel/arch/$(ARCH)/kernel.lds

$(B)/k/%.o: %.c | $(UAPI_READY) $(GEN_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(KFLAGS) -c $< -o $@
$(B)/k/%.o: $(B)/%.c | $(UAPI_READY)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(KFLAGS) -c $< -o $@
$(B)/k/%.S.o: %.S | $(UAPI_READY) $(GEN_STAMP)
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(KFLAGS) -D__ASSEMBLY__ -c $< -o $@
$(B)/k/lib/string.o: private KFLAGS += $(NO_LOOP_CALLS) -ULSTAR_INLINE_COPIES
# Every call goes through it, and backtraces end there.
$(B)/k/kernel/sys/entry.o: private KFLAGS += -fomit-frame-pointer
# Runs before the image is where its addresses say.
$(B)/k/kernel/arch/x86_64/kaslr.o: private KFLAGS += -fPIE -mcmodel=small -fno-stack-protector
# The shortest paths: there, functions with a byte array only, and not each that passes a structure's address.
STACK_HOT := $(addprefix kernel/sys/,rw stat open futex sched epoll compat/entry) \
	$(addprefix kernel/proc/,fault futex fork exit) \
	$(addprefix kernel/vfs/,pipe open namei fdtable dcache rw filemap memfs_file epoll_wait eventfd) \
	$(basename $(wildcard kernel/core/*.c kernel/mm/*.c kernel/arch/x86_64/*.c))
ifeq ($(ARCH),x86_64)
$(STACK_HOT:%=$(B)/k/%.o): private KFLAGS += -fstack-protector
endif
# Code before GS has its base.
$(foreach name,boot desc smp,$(B)/k/kernel/arch/x86_64/$(name).o): private KFLAGS += -fno-stack-protector
$(B)/k/kernel/arch/x86_64/vdso_image.S.o: $(B)/vdso/vdso64.so $(B)/vdso/vdso32.so
# .incbin of what this build made.
$(B)/k/kernel/fs/procfs/config_gz.S.o: private KFLAGS += -Wa,-I$(B)
$(B)/k/kernel/fs/procfs/config_gz.S.o: $(B)/linux.config.gz
$(B)/k/kernel/arch/x86_64/vdso_image.S.o: private KFLAGS += -Wa,-I$(B)

$(B)/linux.config.gz: abi/linux.config
	@mkdir -p $(@D)
	$(Q)gzip -9n < $< > $@

# Linked twice: the names that a panic prints come from the first link. They lie behind all code, so
# that they move none of it.
# The lists of what boot changes in the image (tools/kreloc.py) come from it, too, and are filled in last.
KLINK = $(CC) -nostdlib -static $(NO_PIE) -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-T,$(KLDS) \
	-Wl,--emit-relocs $(KOBJ) $(B)/initramfs.o
KRELOC := $(PYTHON) tools/kreloc.py $(ARCH)
$(B)/lstar-kernel.elf: $(KOBJ) $(KLDS) $(B)/initramfs.o tools/ksyms.sh tools/kreloc.py
	$(call say,LINK,$@)
	$(Q)tools/ksyms.sh > $(B)/ksyms.0.S
	$(Q)$(CC) -c -o $(B)/ksyms.0.o $(B)/ksyms.0.S
	$(Q)$(KRELOC) size > $(B)/kreloc.0.S
	$(Q)$(CC) -c -o $(B)/kreloc.0.o $(B)/kreloc.0.S
	$(Q)$(KLINK) $(B)/ksyms.0.o $(B)/kreloc.0.o -o $@.tmp
	$(Q)tools/ksyms.sh $@.tmp > $(B)/ksyms.S
	$(Q)$(CC) -c -o $(B)/ksyms.o $(B)/ksyms.S
	$(Q)$(KRELOC) size $@.tmp > $(B)/kreloc.S
	$(Q)$(CC) -c -o $(B)/kreloc.o $(B)/kreloc.S
	$(Q)$(KLINK) $(B)/ksyms.o $(B)/kreloc.o -o $@.tmp
	$(Q)tools/ksyms.sh $@.tmp | cmp - $(B)/ksyms.S
	$(Q)$(KRELOC) fill $@.tmp
	$(Q)objcopy --remove-section='.rela*' $@.tmp
	$(Q)mv $@.tmp $@

$(B)/lstar-kernel.lst: $(B)/lstar-kernel.elf
	$(Q)objdump -d --no-show-raw-insn $< > $@
$(B)/lstar-kernel.sym: $(B)/lstar-kernel.elf
	$(Q)nm -n $< > $@

.PHONY: kernel kobj
kernel: $(B)/lstar-kernel.elf
kobj: $(KOBJ)

-include $(KOBJ:.o=.d)

# ---- the command, which carries the kernel inside ----
HOST_KERNEL := $(B)/lstar-kernel.elf
HOST_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror
HOST_OBJECTS := $(patsubst host/%.c,$(B)/host/%.o,$(wildcard host/*.c)) $(B)/host/syscall_desc.o

$(B)/host/%.o: host/%.c host/lstar.h
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(HOST_CFLAGS) -c -o $@ $<

# The names --trace accepts are those of the table.
$(B)/host/call_names.h: abi/syscalls.tbl
	@mkdir -p $(@D)
	$(Q)sed -n 's/^\([a-z_][a-z0-9_]*\) *|.*/"\1",/p' $< > $@

# Where in the source each stage of a call is, for `lstar anatomy`.
$(B)/host/anatomy_lines.h: tools/anatomy-lines.py $(HOST_KERNEL) $(B)/anatomy
	$(call say,LINES,$@)
	@mkdir -p $(@D)
	$(Q)$(PYTHON) tools/anatomy-lines.py $(HOST_KERNEL) $(B)/anatomy.debug \
		$(GEN)/syscall_table_x86_64.c abi/syscalls.tbl > $@.tmp
	$(Q)mv $@.tmp $@

$(B)/host/main.o $(B)/host/anatomy_lines.o $(B)/host/anatomy_args.o: HOST_CFLAGS += -I$(B)/host -I$(GEN) -I.
$(B)/host/anatomy.o $(B)/host/anatomy_show.o $(B)/host/anatomy_html.o: HOST_CFLAGS += -I.
$(B)/host/anatomy.o $(B)/host/anatomy_show.o $(B)/host/anatomy_html.o $(B)/host/anatomy_lines.o \
$(B)/host/anatomy_args.o $(B)/host/main.o: host/anatomy.h abi/linux/anatomy.h
$(B)/host/anatomy_lines.o: $(B)/host/anatomy_lines.h
$(B)/host/anatomy_args.o: $(GEN_STAMP)
$(B)/host/syscall_desc.o: $(GEN)/syscall_desc.c $(UAPI_READY) $(GEN_STAMP)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 $(FREESTANDING) -I. -Ikernel -I$(B) -c -o $@ $<

$(B)/host/parse.o: HOST_CFLAGS += -I$(B)/host
$(B)/host/parse.o: $(B)/host/call_names.h

# The probe guest: x86-64 machine code without a compiler's help, for KVM on this kind of machine.
$(B)/probe.elf: host/probe/probe.S host/probe/probe.lds
	@mkdir -p $(B)/host
	$(Q)$(CC) -c -o $(B)/host/guest.o $<
	$(Q)$(LD) -n -z noexecstack --no-warn-rwx-segments --build-id=none -T host/probe/probe.lds \
		-o $@ $(B)/host/guest.o

$(B)/host/images.o: host/images.S $(HOST_KERNEL) $(B)/probe.elf
	@mkdir -p $(@D)
	$(Q)strip -o $(B)/host/kernel.elf $(HOST_KERNEL)
	$(Q)$(CC) -c -DLSTAR_KERNEL='"$(B)/host/kernel.elf"' -DLSTAR_PROBE='"$(B)/probe.elf"' -o $@ $<

$(B)/lstar: $(HOST_OBJECTS) $(B)/host/images.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $^

# ---- tests: built here, run by tests/run.py ----
.PHONY: for-check for-test everything check-none check-vdso check-unit check-libsys check-trace
for-check: all unit-tests libsys-tests
for-test: sys-tests
everything: all libsys-tests

# The portable kernel, linked to a machine interface that does nothing: it never runs.
check-none: $(B)/lstar-kernel.elf
	@echo "arch/none: the portable kernel needs nothing of a machine that arch.h does not name"

check-vdso: $(B)/vdso/vdso64.so
	tools/check-vdso.sh $<

# Unit tests: a part of the kernel or of lib/ as a host program under ASan and UBSan, without the C library's
# headers. UNIT_<name> lists the sources beside tests/unit/<name>.c.
UNIT_trace_test := kernel/sys/trace_decode.c kernel/sys/trace_struct.c kernel/sys/trace_array.c kernel/sys/trace_net.c \
	kernel/sys/trace_compat.c kernel/sys/trace_call.c $(GEN)/syscall_desc.c
UNIT_string_test := lib/string.c
UNIT_printf_test := lib/printf.c lib/string.c
UNIT_rbtree_test := lib/rbtree.c
UNIT_cpio_test := lib/cpio.c lib/printf.c lib/string.c
UNIT_param_test := kernel/core/param.c lib/string.c
UNIT_random_test :=
UNIT_timer_test := kernel/core/timer.c lib/rbtree.c
UNIT_sched_fair_test := kernel/core/sched_fair.c lib/rbtree.c
UNIT_radix_test := kernel/mm/radix.c
UNIT_area_test := kernel/mm/vma.c
# lib/ has the C library's names: other ones here.
RENAMED := -include tests/unit/rename.h
UNIT_FLAGS_string_test := $(RENAMED)
UNIT_FLAGS_printf_test := $(RENAMED)
UNIT_FLAGS_cpio_test := $(RENAMED)
# The portable kernel for the machine that does not exist; the tests stand in for it.
UNIT_FLAGS_param_test := $(RENAMED) -Ikernel/arch/none
UNIT_FLAGS_random_test := -Ikernel/arch/none
UNIT_FLAGS_timer_test := -Ikernel/arch/none
UNIT_FLAGS_sched_fair_test := -Ikernel/arch/none
UNIT_FLAGS_radix_test := -Ikernel/arch/none
UNIT_FLAGS_area_test := -Ikernel/arch/none
UNIT_NAMES := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*_test.c))
UNIT_TESTS := $(UNIT_NAMES:%=$(B)/tests/unit/%)
UNIT_CFLAGS := -std=gnu11 -O1 -g -Wall -Wextra -Werror -Wno-unused-parameter -fno-builtin \
	-fsanitize=address,undefined -fno-sanitize-recover=all $(FREESTANDING) -I. -Ikernel -I$(B)

define unit_rule
$(B)/tests/unit/$(1): tests/unit/$(1).c $(UNIT_$(1)) $(wildcard tests/unit/*.h lib/*.h) $(GEN_STAMP) | $(UAPI_READY)
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)
	$$(Q)$$(CC) $$(UNIT_CFLAGS) $$(UNIT_FLAGS_$(1)) -o $$@ $$(filter %.c,$$^)
endef
$(foreach name,$(UNIT_NAMES),$(eval $(call unit_rule,$(name))))

# libsys's programs run on this machine's own kernel.
LIBSYS_TESTS := $(patsubst tests/libsys/%.c,$(B)/tests/libsys/%,$(wildcard tests/libsys/*.c))

$(B)/tests/libsys/%: tests/libsys/%.c $(LIBSYS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(LIBSYS_CFLAGS) $(LIBSYS_LDFLAGS) -o $@ $< $(LIBSYS)
$(B)/tests/libsys-i386/%: tests/libsys/%.c $(LIBSYS_i386)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(LIBSYS_CFLAGS_i386) $(LIBSYS_LDFLAGS_i386) -o $@ $< $(LIBSYS_i386)

# The same programs on libsys and on glibc: what they print must agree.
TWINS := $(foreach name,errors functions,$(B)/tests/libsys/twin/$(name).libsys $(B)/tests/libsys/twin/$(name).glibc)
TWIN_GLIBC_CFLAGS := -std=gnu11 -O1 -static -Wall -Wextra -Wno-nonnull -Wno-deprecated-declarations \
	-Wno-unknown-warning-option -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict
$(B)/tests/libsys/twin/cases.h $(B)/tests/libsys-i386/twin/cases.h: tests/libsys/twin/make-cases.py $(GEN_SOURCES)
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $< $(if $(findstring i386,$@),i386,x86_64) > $@
$(B)/tests/libsys/twin/%.libsys: tests/libsys/twin/%.c $(B)/tests/libsys/twin/cases.h $(LIBSYS)
	$(call say,CC,$@)
	$(Q)$(CC) $(LIBSYS_CFLAGS) -DLIBSYS -I$(@D) $(LIBSYS_LDFLAGS) -o $@ $< $(LIBSYS)
$(B)/tests/libsys/twin/%.glibc: tests/libsys/twin/%.c $(B)/tests/libsys/twin/cases.h
	$(call say,CC,$@)
	$(Q)$(CC) $(TWIN_GLIBC_CFLAGS) -I$(@D) -o $@ $<
$(B)/tests/libsys-i386/twin/%.libsys: tests/libsys/twin/%.c $(B)/tests/libsys-i386/twin/cases.h $(LIBSYS_i386)
	$(call say,CC,$@)
	$(Q)$(CC) $(LIBSYS_CFLAGS_i386) -DLIBSYS -I$(@D) $(LIBSYS_LDFLAGS_i386) -o $@ $< $(LIBSYS_i386)
# gcc: clang finds no 32-bit C library of the multilib kind.
$(B)/tests/libsys-i386/twin/%.glibc: tests/libsys/twin/%.c $(B)/tests/libsys-i386/twin/cases.h
	$(call say,CC,$@)
	$(Q)gcc -m32 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 $(TWIN_GLIBC_CFLAGS) -I$(@D) -o $@ $<
# 32-bit ones, where the compiler can make them: libsys needs nothing more, what it is compared with needs a libc.
LIBSYS_TESTS += $(patsubst tests/libsys/%.c,$(B)/tests/libsys-i386/%,$(wildcard tests/libsys/*.c))
ifneq ($(wildcard /usr/lib32/libc.a /usr/lib/i386-linux-gnu/libc.a),)
TWINS += $(foreach name,errors functions,$(B)/tests/libsys-i386/twin/$(name).libsys \
	$(B)/tests/libsys-i386/twin/$(name).glibc)
endif
libsys-tests: $(TWINS)

# The tracer's formatter beside strace(1), on this machine.
$(B)/tests/unit/trace_live: tests/unit/trace_live.c $(UNIT_trace_test) $(GEN_STAMP) $(LIBSYS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(LIBSYS_CFLAGS) -Ikernel -I$(B) $(LIBSYS_LDFLAGS) -o $@ $(filter %.c,$^) $(LIBSYS)

.PHONY: unit-tests libsys-tests sys-tests
unit-tests: $(UNIT_TESTS) $(B)/tests/unit/trace_live
libsys-tests: $(LIBSYS_TESTS)

check-unit: $(UNIT_TESTS)
	@for test in $^; do $$test || exit 1; done
check-libsys: $(LIBSYS_TESTS) $(TWINS)
	@for test in $(LIBSYS_TESTS); do $$test || exit 1; done
check-trace: $(B)/tests/unit/trace_live
	@tests/unit/trace_live.sh $<

# The system-call tests: static programs, the same binaries on Linux and on Lstar.
SYS_TEST_CFLAGS := -std=gnu11 -O1 -static -pthread -Wall -Wextra -Werror -Wno-nonnull \
	-Wno-unknown-warning-option -Wno-stringop-overflow -Wno-stringop-overread \
	-Wno-stringop-truncation -Wno-deprecated-declarations -Itests/sys
SYS_TEST_HEADERS := $(wildcard tests/sys/*.h tests/sys/*/*.h tests/abi/*.h tests/abi/x86_64/*.h tests/bad/*.h)
SYS_TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/sys/*/*.c)) \
	$(patsubst tests/abi/%.c,$(B)/tests/sys/abi/%,$(wildcard tests/abi/x86_64/*.c))
# 32-bit programs, where the compiler can make them.
ifneq ($(wildcard /usr/lib32/libc.a /usr/lib/i386-linux-gnu/libc.a),)
SYS_TESTS += $(patsubst tests/abi/%.c,$(B)/tests/sys/abi/%,$(wildcard tests/abi/i386/*.c))
endif
BAD_TESTS := $(patsubst tests/bad/%.c,$(B)/tests/bad/%,$(wildcard tests/bad/*.c))

sys-tests: $(SYS_TESTS) $(BAD_TESTS) $(B)/tests/runner

$(B)/tests/obj/test.o: tests/sys/test.c tests/sys/test.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(SYS_TEST_CFLAGS) -c -o $@ $<

$(B)/tests/obj/test32.o: tests/sys/test.c tests/sys/test.h
	@mkdir -p $(@D)
	$(Q)gcc -m32 $(SYS_TEST_CFLAGS) -c -o $@ $<

$(B)/tests/sys/abi/i386/%: tests/abi/i386/%.c $(SYS_TEST_HEADERS) $(B)/tests/obj/test32.o
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)gcc -m32 $(SYS_TEST_CFLAGS) -o $@ $< $(B)/tests/obj/test32.o
$(B)/tests/sys/abi/%: tests/abi/%.c $(SYS_TEST_HEADERS) $(B)/tests/obj/test.o
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(SYS_TEST_CFLAGS) -o $@ $< $(B)/tests/obj/test.o
$(B)/tests/sys/%: tests/sys/%.c $(SYS_TEST_HEADERS) $(B)/tests/obj/test.o
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(SYS_TEST_CFLAGS) -o $@ $< $(B)/tests/obj/test.o
$(B)/tests/bad/%: tests/bad/%.c $(SYS_TEST_HEADERS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(SYS_TEST_CFLAGS) -o $@ $<
$(B)/tests/runner: tests/runner.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(SYS_TEST_CFLAGS) -o $@ $<

# The benchmark: static, on libsys, and it can be process 1.
BENCH_OBJECTS := $(patsubst tests/bench/%.c,$(B)/tests/bench/%.o,\
	$(filter-out %/door32.c %/plugin.c,$(wildcard tests/bench/*.c)))
$(B)/tests/bench/%.o: tests/bench/%.c tests/bench/bench.h $(LIBSYS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(LIBSYS_CFLAGS) -c -o $@ $<
$(B)/tests/bench/bench: $(BENCH_OBJECTS) $(LIBSYS)
	$(Q)$(CC) $(NO_PIE) $(LIBSYS_LDFLAGS) -o $@.debug $^
	$(Q)strip -o $@ $@.debug
# For QEMU, to see which functions execute most.
$(B)/tests/bench/plugin.so: tests/bench/plugin.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -fPIC -fvisibility=hidden -shared -o $@ $<
$(B)/tests/bench/door32: tests/bench/door32.c $(LIBSYS_i386)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LIBSYS_CFLAGS_i386) $(LIBSYS_LDFLAGS_i386) -o $@ $< $(LIBSYS_i386)

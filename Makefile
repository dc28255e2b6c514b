# Lstar: one Makefile. `make help` lists the targets.
B        := build
ARCH     := x86_64
CC       := gcc
PYTHON   := python3
PREFIX   := /usr/local
DEBUG    ?= 0
V        ?= 0
Q        := $(if $(filter 1,$(V)),,@)
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:

WARN     := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter
COMMON   := -std=gnu11 -O2 -g $(WARN) -MMD -MP -fno-strict-aliasing -fno-common
ifeq ($(DEBUG),1)
COMMON   += -DDEBUG
endif

# Only the kernel's own ABI headers of linux-libc-dev, never the C library's.
UAPI     := $(B)/uapi
MULTIARCH := $(shell gcc -print-multiarch 2>/dev/null || echo x86_64-linux-gnu)
FREESTANDING := -ffreestanding -nostdinc -isystem $(shell $(CC) -print-file-name=include) -isystem $(UAPI)

KFLAGS   := $(COMMON) $(FREESTANDING) -I. -Ikernel -Ikernel/arch/$(ARCH) -I$(B) -fno-pic -fno-pie -fno-stack-protector \
            -fno-omit-frame-pointer -fno-asynchronous-unwind-tables
KFLAGS_x86_64 := -mcmodel=kernel -mno-red-zone -mgeneral-regs-only -march=x86-64
KFLAGS   += $(KFLAGS_$(ARCH))

.PHONY: all
all: $(B)/lstar

$(UAPI)/.ready:
	@mkdir -p $(UAPI)
	@ln -sfn /usr/include/linux $(UAPI)/linux
	@ln -sfn /usr/include/asm-generic $(UAPI)/asm-generic
	@ln -sfn /usr/include/$(MULTIARCH)/asm $(UAPI)/asm
	@touch $@

# ---- parts: each adds its rules ----
-include abi/build.mk
-include libsys/build.mk
-include user/build.mk
-include host/build.mk
-include vdso/build.mk
-include tests/build.mk

# ---- the kernel ----
KSRC_C := $(wildcard lib/*.c kernel/*.c kernel/core/*.c kernel/mm/*.c kernel/vfs/*.c kernel/proc/*.c kernel/fs/*/*.c \
            kernel/net/*.c kernel/dev/*.c kernel/sys/*.c kernel/arch/$(ARCH)/*.c)
KSRC_S := $(wildcard kernel/arch/$(ARCH)/*.S)
KGEN_C := $(B)/gen/syscall_table_$(ARCH).c $(B)/gen/syscall_desc.c
KOBJ   := $(KSRC_C:%.c=$(B)/k/%.o) $(KSRC_S:%.S=$(B)/k/%.S.o) $(KGEN_C:$(B)/%.c=$(B)/k/%.o)

$(B)/k/%.o: %.c $(UAPI)/.ready $(B)/gen/.ready
	@mkdir -p $(@D)
	$(Q)$(CC) $(KFLAGS) -c $< -o $@
$(B)/k/%.o: $(B)/%.c $(UAPI)/.ready
	@mkdir -p $(@D)
	$(Q)$(CC) $(KFLAGS) -c $< -o $@
$(B)/k/%.S.o: %.S $(UAPI)/.ready $(B)/gen/.ready
	@mkdir -p $(@D)
	$(Q)$(CC) $(KFLAGS) -D__ASSEMBLY__ -c $< -o $@

$(B)/lstar-kernel.elf: $(KOBJ) kernel/arch/$(ARCH)/kernel.lds $(B)/initramfs.o
	$(CC) -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-T,kernel/arch/$(ARCH)/kernel.lds \
	  -o $@.tmp $(KOBJ) $(B)/initramfs.o
	mv $@.tmp $@

.PHONY: kernel kobj
kernel: $(B)/lstar-kernel.elf
kobj: $(KOBJ)

-include $(KOBJ:.o=.d)

.PHONY: clean
clean:
	rm -rf $(B)

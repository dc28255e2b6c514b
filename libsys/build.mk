# libsys: the C library of init and of our tests. A program of it is built with
#     $(CC) $(LIBSYS_CFLAGS) ... $(LIBSYS_LDFLAGS) -o PROGRAM PROGRAM.c $(LIBSYS)
# and depends on $(LIBSYS).

LIBSYS_ARCH ?= x86_64
LIBSYS = $(B)/libsys.a
LIBSYS_CFLAGS = -std=gnu11 -O2 -g -Wall -Wextra -Werror $(FREESTANDING) -fno-stack-protector -fno-pie \
	-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-Ilibsys/include -I$(GEN)/libsys -I$(GEN) -I.
LIBSYS_LDFLAGS = -static -nostdlib -Wl,--gc-sections -Wl,-z,noexecstack

LIBSYS_OBJS = $(patsubst libsys/%,$(B)/libsys/%.o,$(basename $(wildcard libsys/*.c libsys/$(LIBSYS_ARCH)/*.S))) \
	$(B)/libsys/errno_messages.o

# string.c must not become calls to itself.
$(B)/libsys/string.o: private LIBSYS_CFLAGS += -fno-builtin $(if $(findstring clang,$(CC)),,-fno-tree-loop-distribute-patterns)

$(B)/libsys/%.o: libsys/%.c $(GEN_STAMP) $(UAPI)/.ready $(wildcard libsys/include/*.h libsys/include/sys/*.h libsys/$(LIBSYS_ARCH)/*.h)
	@mkdir -p $(@D)
	$(CC) $(LIBSYS_CFLAGS) -Ilibsys/$(LIBSYS_ARCH) -c -o $@ $<

$(B)/libsys/%.o: libsys/%.S $(GEN_STAMP) $(UAPI)/.ready
	@mkdir -p $(@D)
	$(CC) $(LIBSYS_CFLAGS) -c -o $@ $<

$(B)/libsys/errno_messages.o: $(GEN)/libsys_errno.c
	@mkdir -p $(@D)
	$(CC) $(LIBSYS_CFLAGS) -c -o $@ $<

$(LIBSYS): $(LIBSYS_OBJS)
	rm -f $@
	$(AR) rcs $@ $^

# tests/libsys/: each program runs on this machine's own kernel.
LIBSYS_TESTS = $(patsubst tests/libsys/%.c,$(B)/tests/libsys/%,$(wildcard tests/libsys/*.c))

$(B)/tests/libsys/%: tests/libsys/%.c $(LIBSYS)
	@mkdir -p $(@D)
	$(CC) $(LIBSYS_CFLAGS) $(LIBSYS_LDFLAGS) -o $@ $< $(LIBSYS)

.PHONY: libsys check-libsys
libsys: $(LIBSYS)

check-libsys: $(LIBSYS_TESTS)
	@set -e; for test in $^; do echo "  $$test"; $$test > $$test.out || { cat $$test.out; exit 1; }; done

# The kernel's tracer against strace(1), where there is one.
$(B)/tests/unit/trace_live: tests/unit/trace_live.c kernel/sys/trace_decode.c kernel/sys/trace_struct.c \
		kernel/sys/trace_array.c kernel/sys/trace_call.c kernel/sys/trace_format.h $(GEN)/syscall_desc.c $(LIBSYS)
	@mkdir -p $(@D)
	$(CC) $(LIBSYS_CFLAGS) -Ikernel -I$(B) $(LIBSYS_LDFLAGS) -o $@ $(filter %.c,$^) $(LIBSYS)

.PHONY: check-trace-live
check-trace-live: $(B)/tests/unit/trace_live
	tests/unit/trace_live.sh $<

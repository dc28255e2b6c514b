# The lstar command. Needs the kernel image (HOST_KERNEL), which it carries inside.
B ?= build
PREFIX ?= /usr/local
HOST_KERNEL ?= $(B)/lstar-kernel.elf
HOST_CC ?= $(CC)
HOST_CFLAGS ?= -std=gnu11 -O2 -g -Wall -Wextra -Werror
HOST_OBJECTS := $(patsubst host/%.c,$(B)/host/%.o,$(wildcard host/*.c))

$(B)/host/%.o: host/%.c host/lstar.h host/build.mk
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -c -o $@ $<

# The names --trace accepts are those of the table.
$(B)/host/call_names.h: abi/syscalls.tbl
	@mkdir -p $(@D)
	sed -n 's/^\([a-z_][a-z0-9_]*\) *|.*/"\1",/p' $< > $@

$(B)/host/parse.o: HOST_CFLAGS += -I$(B)/host
$(B)/host/parse.o: $(B)/host/call_names.h

# The probe guest: x86-64 machine code without a compiler's help, for KVM on this kind of machine.
$(B)/probe.elf: host/probe/probe.S host/probe/probe.lds
	@mkdir -p $(B)/host
	$(HOST_CC) -c -o $(B)/host/guest.o $<
	$(LD) -n -z noexecstack --no-warn-rwx-segments --build-id=none -T host/probe/probe.lds \
		-o $@ $(B)/host/guest.o

$(B)/host/images.o: host/images.S $(HOST_KERNEL) $(B)/probe.elf
	@mkdir -p $(@D)
	$(HOST_CC) -c -DLSTAR_KERNEL='"$(HOST_KERNEL)"' -DLSTAR_PROBE='"$(B)/probe.elf"' -o $@ $<

$(B)/lstar: $(HOST_OBJECTS) $(B)/host/images.o
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $^

.PHONY: install-host check-host
install-host: $(B)/lstar
	install -D -m 755 $(B)/lstar $(DESTDIR)$(PREFIX)/bin/lstar
	install -D -m 644 docs/lstar.1 $(DESTDIR)$(PREFIX)/share/man/man1/lstar.1

# Without a kernel: a pretended QEMU speaks the guest's side of every port.
check-host: $(B)/lstar $(B)/initramfs.cpio
	tests/host/run.sh $(B)/lstar
	tests/host/init.py $(B)/initramfs.cpio

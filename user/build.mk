# init and the root inside the kernel image: $(B)/initramfs.cpio, $(B)/initramfs.o.
# BUSYBOX is Debian's busybox-static; only its applets get links.
B ?= build
PYTHON ?= python3
BUSYBOX ?= /bin/busybox
INIT_OBJECTS := $(patsubst user/init/%.c,$(B)/user/init/%.o,$(wildcard user/init/*.c))

$(B)/user/init/%.o: user/init/%.c user/init/init.h user/init/calls.h $(LIBSYS)
	@mkdir -p $(@D)
	$(CC) $(LIBSYS_CFLAGS) -Os -c -o $@ $<

$(B)/init: $(INIT_OBJECTS) $(LIBSYS)
	$(CC) -no-pie $(LIBSYS_LDFLAGS) -o $@.debug $^
	strip -o $@ $@.debug

$(B)/initramfs.list: user/initramfs.list user/build.mk $(B)/init
	@command -v $(BUSYBOX) > /dev/null || \
		{ echo "$(BUSYBOX) is missing: apt-get install busybox-static" >&2; exit 1; }
	sed -e 's|@INIT@|$(B)/init|' -e 's|@BUSYBOX@|$(BUSYBOX)|' user/initramfs.list > $@
	$(BUSYBOX) --list-full | LC_ALL=C sort | grep -vx -e bin/busybox -e sbin/init -e linuxrc | \
		sed 's|\(.*\)|link /\1 /bin/busybox|' >> $@

$(B)/initramfs.cpio: $(B)/initramfs.list $(B)/init tools/mkcpio.py
	$(PYTHON) tools/mkcpio.py $< $@

$(B)/initramfs.o: user/initramfs.S $(B)/initramfs.cpio
	$(CC) -c -DINITRAMFS='"$(B)/initramfs.cpio"' -o $@ $<

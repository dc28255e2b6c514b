# init and the root inside the kernel image. BUSYBOX: Debian's busybox-static.
B ?= build
BUSYBOX ?= /bin/busybox
INIT_SOURCES := $(wildcard user/init/*.c)

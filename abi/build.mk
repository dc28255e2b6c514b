# Everything made from abi/syscalls.tbl. Include this first; what includes a made header depends on $(GEN_STAMP).

GEN = $(B)/gen
GEN_STAMP = $(GEN)/.ready
GEN_SOURCES = abi/gen.py abi/tables.py abi/emit.py abi/syscalls.tbl abi/argkinds.tbl abi/flags.tbl abi/errno.tbl

# Files whose text did not change keep their time, so the stamp alone does not rebuild the world.
$(GEN_STAMP): $(GEN_SOURCES)
	abi/gen.py all $(GEN)
	touch $@

$(GEN)/syscalls.h $(GEN)/syscall_table_x86_64.c $(GEN)/syscall_desc.c $(GEN)/syscall_desc.h $(GEN)/sysnr_x86_64.h \
$(GEN)/libsys_errno.c $(GEN)/libsys/sys/calls.h $(GEN)/libsys_wrappers_x86_64.h: $(GEN_STAMP) ;

.PHONY: gen check-abi update-docs
gen: $(GEN_STAMP)

# The tables against the host's headers, the checked-in document, the generator's golden output.
check-abi:
	CC="$(CC)" abi/gen.py check-headers
	abi/gen.py check-docs docs/syscalls.md
	tests/golden/run.sh

update-docs:
	abi/gen.py docs > docs/syscalls.md

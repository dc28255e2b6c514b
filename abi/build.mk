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

# The tracer's formatter on the host.
TRACE_TEST_SOURCES = tests/unit/trace_test.c kernel/sys/trace_decode.c kernel/sys/trace_struct.c kernel/sys/trace_array.c \
	kernel/sys/trace_call.c $(GEN)/syscall_desc.c

$(B)/tests/unit/trace_test: $(TRACE_TEST_SOURCES) kernel/sys/trace_format.h $(GEN_STAMP) $(UAPI)/.ready
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O1 -g -Wall -Wextra -Werror -Wno-unused-parameter -fsanitize=address,undefined \
		-fno-sanitize-recover=all $(FREESTANDING) -I. -Ikernel -I$(B) -o $@ $(filter %.c,$^)

.PHONY: check-trace
check-trace: $(B)/tests/unit/trace_test
	$< > $<.out || { grep -A1 '^not ok' $<.out; exit 1; }

# The vDSO, once per ABI; kernel/arch/x86_64/vdso_image.S embeds it. It runs in user mode: no kernel code model.
VDSO_FLAGS = $(COMMON) $(FREESTANDING) -I. -Ikernel -fPIC -fvisibility=default -fno-stack-protector \
	-fasynchronous-unwind-tables -mgeneral-regs-only -march=x86-64 -fcf-protection=none
VDSO_OBJECTS = $(B)/vdso/vdso.o $(B)/vdso/note.o

$(B)/vdso/%.o: vdso/x86_64/%.c $(UAPI)/.ready
	@mkdir -p $(@D)
	$(CC) $(VDSO_FLAGS) -c $< -o $@
$(B)/vdso/%.o: vdso/x86_64/%.S
	@mkdir -p $(@D)
	$(CC) -c $< -o $@

$(B)/vdso/vdso64.so: $(VDSO_OBJECTS) vdso/x86_64/vdso.lds tools/check-vdso.sh
	$(CC) -shared -nostdlib -Wl,-soname,linux-vdso.so.1 -Wl,--hash-style=both -Wl,-Bsymbolic -Wl,--eh-frame-hdr \
	  -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -Wl,-T,vdso/x86_64/vdso.lds -o $@.tmp $(VDSO_OBJECTS)
	tools/check-vdso.sh $@.tmp
	strip -S $@.tmp
	mv $@.tmp $@

$(B)/k/kernel/arch/x86_64/vdso_image.S.o: $(B)/vdso/vdso64.so

-include $(B)/vdso/vdso.d

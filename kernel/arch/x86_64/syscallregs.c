/* The registers of the system call in flight, by the convention of `syscall` (entry.S), and what an
 * ELF file for this machine looks like. */
#include "internal.h"
#include <linux/elf-em.h>
#include <asm/unistd_64.h>

#define SYSCALL_INSN_BYTES 2
#define CLASS_64	   2

unsigned long arch_syscall_nr(const struct pt_regs *regs)
{
	return (u32)regs->orig_ax;
}

unsigned long arch_syscall_arg(const struct pt_regs *regs, unsigned i)
{
	switch (i) {
	case 0:
		return regs->di;
	case 1:
		return regs->si;
	case 2:
		return regs->dx;
	case 3:
		return regs->r10;
	case 4:
		return regs->r8;
	default:
		return regs->r9;
	}
}

void arch_syscall_restart(struct pt_regs *regs)
{
	regs->ax = regs->orig_ax;
	regs->ip -= SYSCALL_INSN_BYTES;
	regs->orig_ax = -1UL;
}

void arch_syscall_restart_block(struct pt_regs *regs)
{
	regs->ax = __NR_restart_syscall;
	regs->ip -= SYSCALL_INSN_BYTES;
	regs->orig_ax = -1UL;
}

bool arch_in_syscall(const struct pt_regs *regs)
{
	return (long)regs->orig_ax >= 0;
}

void arch_syscall_done(struct pt_regs *regs)
{
	regs->orig_ax = -1UL;
}

bool arch_elf_machine_ok(unsigned e_machine, unsigned ei_class)
{
	return e_machine == EM_X86_64 && ei_class == CLASS_64;
}

/* --- the vDSO image: built by the Makefile, embedded by vdso_image.S --- */

extern const char vdso64_start[], vdso64_end[];

const struct vdso_image *arch_vdso(unsigned personality_bits)
{
	static struct vdso_image image;

	(void)personality_bits;
	image = (struct vdso_image){
		.data = vdso64_start,
		.size_bytes = (size_t)(vdso64_end - vdso64_start),
		.vvar_pages = 1,
	};
	return &image;
}

/* The registers of the system call in flight, by the convention of `syscall` (entry.S), and what an
 * ELF file for this machine looks like. */
#include "abi/linux/anatomy.h"
#include "internal.h"
#include "core/thread.h"
#include "lib/string.h"
#include <linux/audit.h>
#include <linux/elf-em.h>
#include <asm/unistd_64.h>

#define SYSCALL_INSN_BYTES 2
#define CLASS_64	   2
#define I386_NR_RESTART	   0

unsigned long arch_syscall_nr(const struct pt_regs *regs)
{
	return (u32)regs->orig_ax;
}

static unsigned long syscall_arg(const struct pt_regs *regs, unsigned i, bool is_32bit)
{
	if (is_32bit) {
		const unsigned long v[6] = {regs->bx, regs->cx, regs->dx,
					    regs->si, regs->di, regs->bp};

		return (u32)v[i < 6 ? i : 5];
	}
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

unsigned long arch_syscall_arg(const struct pt_regs *regs, unsigned i)
{
	return syscall_arg(regs, i, arch_in_compat_syscall());
}

unsigned long arch_thread_syscall_arg(struct thread *t, unsigned i)
{
	return syscall_arg(arch_thread_regs(t), i, t->arch.door);
}

bool arch_is_strict_call(const struct pt_regs *regs)
{
	unsigned nr = (unsigned)arch_syscall_nr(regs);

	if (arch_in_compat_syscall()) /* exit, read, write, sigreturn, rt_sigreturn */
		return nr == 1 || nr == 3 || nr == 4 || nr == 119 || nr == 173;
	return nr == __NR_read || nr == __NR_write || nr == __NR_exit || nr == __NR_rt_sigreturn;
}

u32 arch_audit_arch(struct thread *t)
{
	return t->arch.door || arch_thread_regs(t)->cs == USER32_CS ? AUDIT_ARCH_I386
								    : AUDIT_ARCH_X86_64;
}

void arch_syscall_restart(struct pt_regs *regs)
{
	regs->ax = regs->orig_ax;
	regs->ip -= SYSCALL_INSN_BYTES;
	regs->orig_ax = -1UL;
}

void arch_syscall_restart_block(struct pt_regs *regs)
{
	regs->ax = arch_in_compat_syscall() ? I386_NR_RESTART : __NR_restart_syscall;
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

_Static_assert(sizeof(struct pt_regs) == 8 * ANATOMY_REGS, "abi/linux/anatomy.h");

void arch_anatomy(struct lstar_anatomy *record, const struct pt_regs *regs, bool is_exit)
{
	const struct arch_cpu *cpu = arch_this_cpu();

	memcpy(is_exit ? record->regs_exit : record->regs_enter, regs, sizeof(*regs));
	if (is_exit)
		return;
	record->msr_star = rdmsr(MSR_STAR);
	record->msr_lstar = rdmsr(MSR_LSTAR);
	record->msr_cstar = rdmsr(MSR_CSTAR);
	record->msr_sfmask = rdmsr(MSR_SFMASK);
	record->msr_efer = rdmsr(MSR_EFER);
	record->kernel_cr3 = cpu->kernel_cr3 & ~CR3_NOFLUSH;
	record->user_cr3 = cpu->user_cr3 & ~CR3_NOFLUSH;
	record->stack_high = (u64)(regs + 1);
}

bool arch_elf_machine_ok(unsigned e_machine, unsigned ei_class)
{
	return ei_class == CLASS_64 ? e_machine == EM_X86_64 : e_machine == EM_386;
}

/* --- the vDSO image: built by the Makefile, embedded by vdso_image.S --- */

extern const char vdso64_start[], vdso64_end[], vdso32_start[], vdso32_end[];

const struct vdso_image *arch_vdso(bool is_32bit)
{
	static struct vdso_image image, image32;

	if (is_32bit) {
		image32 = (struct vdso_image){
			.data = vdso32_start,
			.size_bytes = (size_t)(vdso32_end - vdso32_start),
			.sym_sysinfo = VDSO32_VSYSCALL,
			.vvar_pages = 1,
		};
		return &image32;
	}
	image = (struct vdso_image){
		.data = vdso64_start,
		.size_bytes = (size_t)(vdso64_end - vdso64_start),
		.vvar_pages = 1,
	};
	return &image;
}

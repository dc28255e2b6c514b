/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#include "arch/arch.h"
#include "syscalls.h"
#include <asm/errno.h>

/*
 * Called by do_syscall_64() (kernel/sys/entry.c) through sys_call_table[]; each stub takes the arguments
 * out of the saved registers and calls the handler in kernel/sys/.
 */
static long __x64_sys_ni_syscall(const struct pt_regs *regs)
{
	(void)regs;
	return -ENOSYS;
}

static long __x64_sys_read(const struct pt_regs *regs)
{
	return sys_read((int)regs->di, (uaddr_t){regs->si}, (size_t)regs->dx);
}

static long __x64_sys_open(const struct pt_regs *regs)
{
	return sys_open((uaddr_t){regs->di}, (int)regs->si, (unsigned int)regs->dx);
}

static long __x64_sys_exit(const struct pt_regs *regs)
{
	return sys_exit((int)regs->di);
}

static long __x64_sys_fstat(const struct pt_regs *regs)
{
	return sys_fstat((int)regs->di, (uaddr_t){regs->si});
}

static long __x64_sys_getpid(const struct pt_regs *regs)
{
	(void)regs;
	return sys_getpid();
}

static long __x64_sys_rt_sigpending(const struct pt_regs *regs)
{
	return sys_rt_sigpending((uaddr_t){regs->di}, (size_t)regs->si);
}

#pragma GCC diagnostic push
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
const sys_call_ptr_t sys_call_table[SYSCALL_TABLE_SIZE] = {
	[0 ... SYSCALL_TABLE_SIZE - 1] = __x64_sys_ni_syscall,
	[0] = __x64_sys_read,
	[2] = __x64_sys_open,
	[4] = __x64_sys_exit,
	[5] = __x64_sys_fstat,
	[7] = __x64_sys_getpid,
	[9] = __x64_sys_rt_sigpending,
};
#pragma GCC diagnostic pop

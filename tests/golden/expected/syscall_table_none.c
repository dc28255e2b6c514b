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
	return sys_read((int)arch_syscall_arg(regs, 0), (uaddr_t){arch_syscall_arg(regs, 1)}, (size_t)arch_syscall_arg(regs, 2));
}

static long __x64_sys_open(const struct pt_regs *regs)
{
	return sys_open((uaddr_t){arch_syscall_arg(regs, 0)}, (int)arch_syscall_arg(regs, 1), (unsigned int)arch_syscall_arg(regs, 2));
}

static long __x64_sys_exit(const struct pt_regs *regs)
{
	return sys_exit((int)arch_syscall_arg(regs, 0));
}

static long __x64_sys_fstat(const struct pt_regs *regs)
{
	return sys_fstat((int)arch_syscall_arg(regs, 0), (uaddr_t){arch_syscall_arg(regs, 1)});
}

static long __x64_sys_getpid(const struct pt_regs *regs)
{
	(void)regs;
	return sys_getpid();
}

static long __x64_sys_rt_sigpending(const struct pt_regs *regs)
{
	return sys_rt_sigpending((uaddr_t){arch_syscall_arg(regs, 0)}, (size_t)arch_syscall_arg(regs, 1));
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

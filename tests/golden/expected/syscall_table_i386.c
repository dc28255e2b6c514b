/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#include "arch/arch.h"
#include "syscalls.h"
#include "syscalls_i386.h"
#include <asm/errno.h>

/*
 * Called by do_syscall_32() (kernel/sys/compat/entry.c). Arguments are the lower halves of ebx, ecx, edx,
 * esi, edi, ebp; what has a sign in C keeps it.
 */
static long __ia32_sys_ni_syscall(const struct pt_regs *regs)
{
	(void)regs;
	return -ENOSYS;
}

static long __ia32_sys_exit(const struct pt_regs *regs)
{
	return sys_exit((int)regs->bx);
}

static long __ia32_sys_read(const struct pt_regs *regs)
{
	return sys_read((int)regs->bx, (uaddr_t){(u32)regs->cx}, (u32)regs->dx);
}

static long __ia32_sys_open(const struct pt_regs *regs)
{
	return sys_open((uaddr_t){(u32)regs->bx}, (int)regs->cx, (unsigned int)regs->dx);
}

static long __ia32_sys_getpid(const struct pt_regs *regs)
{
	(void)regs;
	return sys_getpid();
}

static long __ia32_sys_rt_sigpending(const struct pt_regs *regs)
{
	return sys_rt_sigpending((uaddr_t){(u32)regs->bx}, (u32)regs->cx);
}

#pragma GCC diagnostic push
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
const sys_call_ptr_t ia32_sys_call_table[IA32_TABLE_SIZE] = {
	[0 ... IA32_TABLE_SIZE - 1] = __ia32_sys_ni_syscall,
	[1] = __ia32_sys_exit,
	[3] = __ia32_sys_read,
	[5] = __ia32_sys_open,
	[20] = __ia32_sys_getpid,
	[176] = __ia32_sys_rt_sigpending,
};
#pragma GCC diagnostic pop

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls of 32-bit code. Before: entry.S and compat.c (arch/x86_64/) made one frame of what
 * int $0x80, sysenter and syscall leave. Next: ia32_sys_call_table[], made from the i386
 * column of abi/syscalls.tbl; its entries call the handlers of kernel/sys/, which ask
 * arch_in_compat_syscall() where a structure has another layout, or those of this directory.
 */
#include "core/thread.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/syscall_entry.h"
#include "gen/syscalls_i386.h"

extern const sys_call_ptr_t ia32_sys_call_table[IA32_TABLE_SIZE];

/* As in kernel/sys/entry.c: the mask is for speculation. */
static inline sys_call_ptr_t table_entry(unsigned long nr)
{
	__asm__("" : "+r"(nr));
	return ia32_sys_call_table[nr & (IA32_TABLE_SIZE - 1)];
}

static __attribute__((noinline)) void call_with_work(struct pt_regs *regs)
{
	unsigned long n = (u32)syscall_enter_work(regs);

	if (n < IA32_NR_syscalls)
		arch_set_return(regs, table_entry(n)(regs));
}

static __attribute__((noinline)) bool finish_and_check(struct pt_regs *regs)
{
	syscall_finish(regs);
	*arch_door() = 0;
	arch_check_return(regs);
	return false;
}

/*
 * Interrupts on before, off after; the result is preset to -ENOSYS and the thread's door set. True:
 * nobody has written to the registers but the result, so that the door's own return will do.
 */
bool do_syscall_32(struct pt_regs *regs)
{
	unsigned long nr = arch_syscall_nr(regs);

	if (unlikely(this_thread()->flags & TIF_ENTRY_WORK))
		call_with_work(regs);
	else if (likely(nr < IA32_NR_syscalls))
		arch_set_return(regs, table_entry(nr)(regs));
	arch_irq_disable();
	if (unlikely(this_thread()->flags & TIF_SYSCALL_EXIT_WORK))
		return finish_and_check(regs);
	*arch_door() = 0;
	return arch_was_plain_call_32(regs);
}

unsigned long compat_landing_pad(unsigned long offset)
{
	return current->mm->vdso_base + offset;
}

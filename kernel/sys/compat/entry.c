/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls of 32-bit code. Before: compat_dispatch() (arch/x86_64/compat.c) made one frame of
 * what int $0x80, sysenter and syscall leave. Next: ia32_sys_call_table[], made from the i386
 * column of abi/syscalls.tbl; its entries call the handlers of kernel/sys/, which ask
 * arch_in_compat_syscall() where a structure has another layout, or those of this directory.
 */
#include "core/thread.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/syscall_entry.h"
#include "gen/syscalls_i386.h"

extern const sys_call_ptr_t ia32_sys_call_table[IA32_TABLE_SIZE];

/* Interrupts off, before and after; the result is preset to -ENOSYS. */
void do_syscall_32(struct pt_regs *regs)
{
	unsigned long nr = arch_syscall_nr(regs);

	arch_irq_enable();
	if (unlikely(this_thread()->flags & TIF_ENTRY_WORK))
		nr = (u32)syscall_enter_work(regs);
	if (likely(nr < IA32_NR_syscalls)) {
		__asm__("" : "+r"(nr)); /* the mask is for speculation */
		arch_set_return(regs, ia32_sys_call_table[nr & (IA32_TABLE_SIZE - 1)](regs));
	}
	arch_irq_disable();
	if (unlikely(this_thread()->flags & (TIF_EXIT_WORK | TIF_ENTRY_WORK)))
		syscall_finish(regs);
}

unsigned long compat_landing_pad(unsigned long offset)
{
	return current->mm->vdso_base + offset;
}

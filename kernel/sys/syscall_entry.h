/* SPDX-License-Identifier: Apache-2.0 */
/* What the doors' C functions share: entry.c and, for 32-bit code, compat/entry.c. */
#ifndef SYS_SYSCALL_ENTRY_H
#define SYS_SYSCALL_ENTRY_H

#include "core/thread.h"

/* What a call that is done looks for: without any, nobody has written to its registers but to set
 * the result. */
#define TIF_SYSCALL_EXIT_WORK (TIF_EXIT_WORK | TIF_ENTRY_WORK | TIF_FULL_RETURN)

/* A thread with TIF_ENTRY_WORK enters a call: the number to go on with, or -1 to skip it with the
 * result that is in the registers. */
long syscall_enter_work(struct pt_regs *regs);
/* ... and leaves it, the result in the registers; interrupts on. */
void syscall_exit_work(struct pt_regs *regs);
/* Flags or a restart wait at the end of a call. Interrupts off, before and after. */
void syscall_finish(struct pt_regs *regs);

#endif

/* Restartable sequences. rseq(2). */
#ifndef PROC_RSEQ_H
#define PROC_RSEQ_H

#include "proc/task.h"

/* The caller's area is `area` from now on, uaddr(0): none. */
void rseq_register(uaddr_t area, u32 len, u32 sig);
/* Before the return to user mode, or before a signal's frame is made: a critical section that was
 * interrupted is left by its abort address; the CPU's number is stored. A bad area: SIGSEGV. */
void rseq_resume(struct task *t, struct pt_regs *regs);
/* What is stored when the area is given back; 0, -EFAULT. */
int rseq_reset_area(uaddr_t area);

#endif

/* Between the files of prctl(2). */
#ifndef SYS_PRCTL_H
#define SYS_PRCTL_H

#include "arch/arch.h"

long prctl_set_mm(unsigned long option, unsigned long addr, unsigned long arg4, unsigned long arg5);
long prctl_get_auxv(uaddr_t to, unsigned long size);
/* dispatch.c: PR_SET_SYSCALL_USER_DISPATCH */
long prctl_set_dispatch(unsigned long mode, unsigned long offset, unsigned long len,
			uaddr_t selector);
/* At the door, with TIF_DISPATCH: false when the program itself is to handle the call. */
bool dispatch_enter(struct pt_regs *regs);

#endif

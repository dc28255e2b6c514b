/* The record behind `lstar anatomy`; its shape is abi/linux/anatomy.h. */
#ifndef SYS_ANATOMY_H
#define SYS_ANATOMY_H

#include "abi/linux/anatomy.h"
#include "lib/types.h"

struct pt_regs;

void anatomy_init(void);
/* From sys/entry.c, around the handler, for a thread with TIF_ANATOMY; interrupts on. */
void anatomy_enter(struct pt_regs *regs);
void anatomy_exit(struct pt_regs *regs);
/* prctl(PR_LSTAR_ANATOMY, op, to, size_bytes): 0, -EPERM, -EINVAL or -EFAULT. */
long anatomy_prctl(unsigned long op, uaddr_t to, unsigned long size_bytes);

#endif

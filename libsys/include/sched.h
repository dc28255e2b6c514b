/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SCHED_H
#define LIBSYS_SCHED_H

#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/calls.h>
#include <sys/types.h>

/* The child runs fn(arg) on the stack that ends at stack; the rest as in clone(2). */
int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);

int getcpu(unsigned int *cpu, unsigned int *node);
int sched_getcpu(void);

/* mask has size bytes; what the kernel does not fill is zeroed. */
int sched_getaffinity(int pid, size_t size, unsigned long *mask);

/* Thread variables of a new thread: an area of __libsys_tls_size() bytes becomes what CLONE_SETTLS
 * wants. */
unsigned long __libsys_tls_size(void);
void *__libsys_tls_init(void *area);

#endif /* LIBSYS_SCHED_H */

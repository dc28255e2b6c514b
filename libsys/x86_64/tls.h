/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_TLS_H
#define LIBSYS_TLS_H

#include <asm/prctl.h>
#include <sys/calls.h>

/* The word FS points at holds its own address; the thread's variables end right below it. */
static inline int set_thread_pointer(void *tcb)
{
	*(void **)tcb = tcb;
	return arch_prctl(ARCH_SET_FS, tcb);
}

#endif /* LIBSYS_TLS_H */

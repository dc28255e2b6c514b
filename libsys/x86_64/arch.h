/* SPDX-License-Identifier: Apache-2.0 */
/* What the portable part of libsys asks of a machine. Inside libsys only. */
#ifndef LIBSYS_ARCH_H
#define LIBSYS_ARCH_H

#include <asm/prctl.h>
#include <sys/calls.h>
#include <sys/types.h>

/* The clock of the vDSO whose times have 64 bits. */
#define VDSO_CLOCK_GETTIME "__vdso_clock_gettime"

/* How calls go in, once the auxiliary vector can be read. */
static inline void arch_find_door(void)
{
}

/*
 * The word that the thread pointer, FS, points at holds its own address; the thread's variables end
 * right below it. Returns what CLONE_SETTLS and arch_set_thread_pointer() want.
 */
static inline void *arch_init_tcb(void *tcb)
{
	*(void **)tcb = tcb;
	return tcb;
}

static inline int arch_set_thread_pointer(void *tls)
{
	return arch_prctl(ARCH_SET_FS, tls);
}

/* Where a handler with these SA_ flags returns to. */
void __restore_rt(void);
static inline void (*arch_restorer(unsigned long flags))(void)
{
	(void)flags;
	return __restore_rt;
}

/* fadvise64() with a length of 64 bits. */
static inline int arch_fadvise(int fd, off_t offset, off_t length, int advice)
{
	return fadvise64(fd, offset, (size_t)length, advice);
}

#endif /* LIBSYS_ARCH_H */

/* SPDX-License-Identifier: Apache-2.0 */
/* What the portable part of libsys asks of a machine. Inside libsys only. */
#ifndef LIBSYS_ARCH_H
#define LIBSYS_ARCH_H

#include <asm/ldt.h>
#include <linux/auxvec.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/calls.h>
#include <sys/syscall.h>
#include <sys/types.h>

/* The two words of a 64-bit argument. */
#define LOW(x)	((unsigned long)(x))
#define HIGH(x) ((unsigned long)((unsigned long long)(x) >> 32))

/* The clock of the vDSO whose times have 64 bits. */
#define VDSO_CLOCK_GETTIME "__vdso_clock_gettime64"

/* How calls go in, once the auxiliary vector can be read. */
extern void *__libsys_door;
static inline void arch_find_door(void)
{
	void *door = (void *)getauxval(AT_SYSINFO);

	if (door)
		__libsys_door = door;
}

/*
 * GS selects a descriptor whose base is the thread pointer; the word there holds its own address,
 * the thread's variables end right below it. The descriptor as the kernel wants to be told of it
 * lies behind.
 */
struct tcb {
	struct tcb *self;
	struct user_desc desc;
};

static inline unsigned short gs_selector(void)
{
	unsigned short gs;

	__asm__("movw %%gs, %0" : "=r"(gs));
	return gs;
}

/* Returns what CLONE_SETTLS and arch_set_thread_pointer() want. */
static inline void *arch_init_tcb(void *at)
{
	struct tcb *tcb = at;
	unsigned short gs = gs_selector();

	tcb->self = tcb;
	tcb->desc = (struct user_desc){
		.entry_number = gs ? gs >> 3 : -1u,
		.base_addr = (unsigned int)tcb,
		.limit = 0xfffff,
		.seg_32bit = 1,
		.limit_in_pages = 1,
		.useable = 1,
	};
	return &tcb->desc;
}

static inline int arch_set_thread_pointer(void *tls)
{
	struct user_desc *desc = tls;
	int result;

	/* Not set_thread_area(): that would set errno, and there is none yet. */
	__asm__ volatile("call *__libsys_door"
			 : "=a"(result)
			 : "0"(__NR_set_thread_area), "b"(desc)
			 : "memory", "cc");
	if (result == 0)
		__asm__ volatile("movw %w0, %%gs" : : "r"(desc->entry_number << 3 | 3));
	return result;
}

/* Where a handler with these SA_ flags returns to. */
void __restore_rt(void);
void __restore(void);
static inline void (*arch_restorer(unsigned long flags))(void)
{
	return flags & SA_SIGINFO ? __restore_rt : __restore;
}

int __libsys_fadvise(int fd, off_t offset, off_t length, int advice);
static inline int arch_fadvise(int fd, off_t offset, off_t length, int advice)
{
	return __libsys_fadvise(fd, offset, length, advice);
}

#endif /* LIBSYS_ARCH_H */

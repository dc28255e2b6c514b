/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's header has the 32 signals of the old calls; libsys uses the rt_ ones. */
#ifndef LIBSYS_I386_ASM_SIGNAL_H
#define LIBSYS_I386_ASM_SIGNAL_H

#define sigset_t  __old_sigset_t
#define sigaction __old_sigaction
#include_next <asm/signal.h>
#undef sigset_t
#undef sigaction
#undef sa_handler
#undef sa_sigaction

typedef __UINT64_TYPE__ sigset_t;

struct sigaction {
	union {
		__sighandler_t sa_handler;
		void (*sa_sigaction)(int, struct siginfo *, void *);
	};
	unsigned long sa_flags;
	void (*sa_restorer)(void);
	sigset_t sa_mask;
};

#endif /* LIBSYS_I386_ASM_SIGNAL_H */

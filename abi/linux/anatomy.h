/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of one system call seen from inside, for `lstar anatomy`: asked for by prctl(2) with
 * PR_LSTAR_ANATOMY, shared with user mode. Needs CAP_SYS_ADMIN, for it shows kernel addresses.
 *
 *	prctl(PR_LSTAR_ANATOMY, ANATOMY_ARM)		record the next call of this thread
 *	prctl(PR_LSTAR_ANATOMY, ANATOMY_READ, record, sizeof(*record))
 *
 * There is one record in the machine; arming takes it over.
 */
#ifndef ABI_LINUX_ANATOMY_H
#define ABI_LINUX_ANATOMY_H

#include <linux/types.h>

#define PR_LSTAR_ANATOMY 0x4c535402 /* "LST" */
#define ANATOMY_ARM	 1
#define ANATOMY_READ	 2

enum anatomy_state { ANATOMY_EMPTY, ANATOMY_ARMED, ANATOMY_ENTERED, ANATOMY_LEFT };

/* struct pt_regs of x86-64: r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_ax ip cs flags
 * sp ss. */
#define ANATOMY_REGS 21

struct lstar_anatomy {
	__u64 state; /* enum anatomy_state */
	__u64 cpu, tid;
	__u64 msr_star, msr_lstar, msr_cstar, msr_sfmask, msr_efer;
	__u64 kernel_cr3, user_cr3; /* user_cr3 is 0 without page-table isolation */
	__u64 do_syscall_64, table, nr_syscalls;
	__u64 slot, handler; /* address of the table's entry, and what it holds; 0: no such call */
	__u64 stack_low, stack_high, regs_at; /* the kernel stack, and struct pt_regs on it */
	__u64 handler_ns;		      /* from just before the table to just after */
	__u64 regs_enter[ANATOMY_REGS];	      /* as saved by the door */
	__u64 regs_exit[ANATOMY_REGS];	      /* as the door will put back */
};

#endif /* ABI_LINUX_ANATOMY_H */

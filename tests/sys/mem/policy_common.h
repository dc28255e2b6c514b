/* SPDX-License-Identifier: Apache-2.0 */
/* NUMA policies: calls, and what of them is the same on any machine whose first node is node 0. */
#ifndef TESTS_SYS_POLICY_COMMON_H
#define TESTS_SYS_POLICY_COMMON_H

#include "mem_common.h"
#include <linux/mempolicy.h>

#define BITS 64UL

static inline long set_policy(int mode, const void *mask, unsigned long maxnode)
{
	return syscall(SYS_set_mempolicy, mode, mask, maxnode);
}
static inline long get_policy(int *mode, void *mask, unsigned long maxnode, void *addr, long flags)
{
	return syscall(SYS_get_mempolicy, mode, mask, maxnode, addr, flags);
}
static inline long bind_range(void *addr, unsigned long len, int mode, const void *mask,
			      unsigned long maxnode, unsigned flags)
{
	return syscall(SYS_mbind, addr, len, mode, mask, maxnode, flags);
}
static inline long migrate(int pid, unsigned long maxnode, const void *from, const void *to)
{
	return syscall(SYS_migrate_pages, pid, maxnode, from, to);
}
static inline long move_pages_of(int pid, unsigned long count, void **pages, const int *nodes,
				 int *status, int flags)
{
	return syscall(SYS_move_pages, pid, count, pages, nodes, status, flags);
}

#endif

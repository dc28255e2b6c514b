/* SPDX-License-Identifier: Apache-2.0 */
/* One body for both directions: `other` (a child with the same layout) and we exchange bytes. */
#ifndef TESTS_PROCESS_VM_COMMON_H
#define TESTS_PROCESS_VM_COMMON_H

#include "test.h"
#include <sys/uio.h>

#ifdef IS_WRITE
#define transfer(pid, l, nl, r, nr, flags) \
	syscall(SYS_process_vm_writev, pid, l, (long)(nl), r, (long)(nr), (long)(flags))
#else
#define transfer(pid, l, nl, r, nr, flags) \
	syscall(SYS_process_vm_readv, pid, l, (long)(nl), r, (long)(nr), (long)(flags))
#endif

static char local[3 * 4096] __attribute__((aligned(4096)));
static char remote[3 * 4096] __attribute__((aligned(4096)));

static inline void errors(int pid)
{
	struct iovec l = {local, 100}, r = {remote, 100}, bad = {t_bad_pointer(0), 10};
	struct iovec huge[2] = {{local, (size_t)-1}, {local, 1}};
	static struct iovec many[1025];

	T_ERR(transfer(pid, &l, 1, &r, 1, 1), EINVAL);
	T_ERR(transfer(0x7ffffff0, &l, 1, &r, 1, 0), ESRCH);
	T_ERR(transfer(pid, &l, 1, &bad, 1, 0), EFAULT);
	T_ERR(transfer(pid, &bad, 1, &r, 1, 0), EFAULT);
	T_ERR(transfer(pid, t_bad_pointer(0), 1, &r, 1, 0), EFAULT);
	T_ERR(transfer(pid, &l, 1, t_bad_pointer(0), 1, 0), EFAULT);
	T_ERR(transfer(pid, many, 1025, &r, 1, 0), EINVAL);
	T_ERR(transfer(pid, &l, 1, many, 1025, 0), EINVAL);
	T_ERR(transfer(pid, huge, 2, &r, 1, 0), EINVAL);
	T_EQ(transfer(pid, &l, 0, &r, 1, 0), 0);
	T_EQ(transfer(pid, &l, 1, &r, 0, 0), 0);
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(transfer(pid, &l, 1, &r, 1, 0), EPERM);
		}
	}
}

#endif

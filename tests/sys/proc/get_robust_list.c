/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/futex.h>

static long get(int pid, void *head, void *len)
{
	return syscall(SYS_get_robust_list, pid, head, len);
}

TEST_MAIN
{
	static struct robust_list_head list;
	void *head = NULL;
	size_t len = 0;
	pid_t pid;

	T_OK(syscall(SYS_set_robust_list, &list, sizeof(list)));
	T_OK(get(0, &head, &len));
	T_TRUE(head == &list);
	T_EQ(len, sizeof(list));
	T_OK(get(getpid(), &head, &len));
	T_TRUE(head == &list);
	/* A new process has none of its own. */
	pid = T_NEED((pid_t)syscall(SYS_fork));
	if (!pid) {
		T_OK(get(0, &head, &len));
		T_TRUE(head == NULL);
		_exit(0);
	}
	T_WAIT(pid, 0);
	T_ERR(get(0x7ffffff0, &head, &len), ESRCH);
	T_ERR(get(-1, &head, &len), ESRCH);
	T_EFAULT_NULL(p, get(0, p, &len));
	T_EFAULT_NULL(p, get(0, &head, p));
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(get(getppid(), &head, &len), EPERM);
		}
	syscall(SYS_set_robust_list, NULL, sizeof(list));
}

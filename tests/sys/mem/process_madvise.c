/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"
#include <sys/uio.h>

static long advise(int pidfd, const struct iovec *v, size_t n, int advice, unsigned flags)
{
	return syscall(SYS_process_madvise, pidfd, v, n, advice, flags);
}

TEST_MAIN
{
	char *p = map_anon(8);
	struct iovec v[3] = {{p, 2 * PAGE}, {p + 4 * PAGE, PAGE}, {p + 6 * PAGE, PAGE}};
	int self = T_NEED((int)syscall(SYS_pidfd_open, getpid(), 0)), fd, child_fd;
	pid_t child;

	memset(p, 1, 8 * PAGE);
	T_EQ(advise(self, v, 2, MADV_COLD, 0), 3 * PAGE);
	T_EQ(advise(self, v, 2, MADV_PAGEOUT, 0), 3 * PAGE);
	T_EQ(advise(self, v, 2, MADV_WILLNEED, 0), 3 * PAGE);
	T_EQ(p[0], 1);
	T_EQ(advise(self, v, 0, MADV_COLD, 0), 0);
	/* As far as it goes. */
	T_OK(munmap(p + 4 * PAGE, PAGE));
	T_EQ(advise(self, v, 3, MADV_COLD, 0), 2 * PAGE);
	T_ERR(advise(self, v + 1, 2, MADV_COLD, 0), ENOMEM);
	v[0].iov_base = p + 1;
	T_ERR(advise(self, v, 1, MADV_COLD, 0), EINVAL);
	v[0].iov_base = p;
	T_ERR(advise(self, v, 1, MADV_COLD, 1), EINVAL);
	T_ERR(advise(self, v, 1, 9999, 0), EINVAL);
	T_ERR(advise(self, v, 1025, MADV_COLD, 0), EINVAL);
	T_ERR(advise(-1, v, 1, MADV_COLD, 0), EBADF);
	fd = T_OK(open(".", O_RDONLY));
	T_ERR(advise(fd, v, 1, MADV_COLD, 0), EBADF);
	T_EFAULT_NULL(bad, advise(self, bad, 1, MADV_COLD, 0));

	/* Another process: hints only, and with the right to. */
	child = T_NEED(fork());
	if (!child) {
		pause();
		_exit(0);
	}
	child_fd = T_NEED((int)syscall(SYS_pidfd_open, child, 0));
	if (t_is_root())
		T_EQ(advise(child_fd, v, 1, MADV_COLD, 0), 2 * PAGE);
	T_ERR(advise(child_fd, v, 1, MADV_DONTNEED, 0), EINVAL);
	T_ERR(advise(child_fd, v, 1, MADV_POPULATE_READ, 0), EINVAL);
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(advise(child_fd, v, 1, MADV_COLD, 0), EACCES);
		}
	t_end(child);
	T_ERR(advise(child_fd, v, 1, MADV_COLD, 0), ESRCH);
}

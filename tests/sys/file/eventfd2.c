/* SPDX-License-Identifier: Apache-2.0 */
#include "eventfd_common.h"

static int sys_eventfd2(unsigned count, int flags)
{
	return (int)syscall(SYS_eventfd2, (long)count, (long)flags);
}

TEST_MAIN
{
	int fd = T_OK(sys_eventfd2(0, EFD_NONBLOCK | EFD_CLOEXEC)), waits;
	char bytes[16] = "";
	pid_t child;

	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(ready(fd), POLLOUT);
	T_ERR(take(fd), EAGAIN);
	T_EQ(give(fd, 3), 8);
	T_EQ(give(fd, 4), 8);
	T_EQ(ready(fd), POLLIN | POLLOUT);
	T_EQ(take(fd), 7);
	T_EQ(give(fd, ~0ull - 1), 8);
	T_EQ(ready(fd), POLLIN);
	T_ERR(give(fd, 1), EAGAIN);
	T_EQ(give(fd, 0), 8);
	T_ERR(give(fd, ~0ull), EINVAL);
	T_EQ(take(fd), -2);
	T_ERR(read(fd, bytes, 7), EINVAL);
	T_ERR(write(fd, bytes, 7), EINVAL);
	T_EQ(give(fd, 1), 8);
	T_EQ(read(fd, bytes, 16), 8);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EFAULT_NULL(p, write(fd, p, 8));
	/* One at a time. */
	fd = T_OK(sys_eventfd2(2, EFD_SEMAPHORE | EFD_NONBLOCK));
	T_EQ(take(fd), 1);
	T_EQ(take(fd), 1);
	T_ERR(take(fd), EAGAIN);
	/* Readers and writers wait for each other. */
	waits = T_OK(sys_eventfd2(0, 0));
	child = T_OK(fork());
	if (!child) {
		t_sleep_ms(30);
		T_EQ(give(waits, ~0ull - 1), 8);
		T_EQ(give(waits, 9), 8);
		_exit(0);
	}
	T_EQ(take(waits), -2);
	T_EQ(take(waits), 9);
	T_WAIT(child, T_EXITED(0));
	T_ERR(sys_eventfd2(0, 2), EINVAL);
	T_ERR(sys_eventfd2(0, -1), EINVAL);
}

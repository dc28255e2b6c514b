/* SPDX-License-Identifier: Apache-2.0 */
#define eventfd2(count, flags) ((int)syscall(SYS_eventfd2, count, flags))
#define make_eventfd(count)    eventfd2(count, 0)
#include "eventfd_common.h"

TEST_MAIN
{
	uint64_t n;
	int fd;

	counter();
	blocking();
	fd = T_OK(eventfd2(3, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	for (int i = 0; i < 3; i++)
		T_EQ(take(fd), 1);
	T_ERR(read(fd, &n, 8), EAGAIN);
	T_EQ(put(fd, 2), 8);
	T_EQ(take(fd), 1);
	T_EQ(events_of(fd), POLLIN | POLLOUT);
	T_ERR(eventfd2(0, 2), EINVAL);
	T_ERR(eventfd2(0, 0x40000000), EINVAL);
	T_ERR(eventfd2(0, -1), EINVAL);
	t_limit(RLIMIT_NOFILE, 3);
	T_ERR(eventfd2(0, 0), EMFILE);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/timerfd.h>
#include <time.h>

#define create(clock, flags) ((int)syscall(SYS_timerfd_create, (long)(clock), (long)(flags)))

TEST_MAIN
{
	char link[64] = "", name[64], c;
	uint64_t n;
	int fd = T_OK(create(CLOCK_MONOTONIC, 0));

	T_EQ(fcntl(fd, F_GETFD), 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	T_CMP(readlink(name, link, sizeof(link) - 1), >, 0);
	T_STR(link, "anon_inode:[timerfd]");
	T_ERR(write(fd, &c, 1), EINVAL);
	T_ERR(read(fd, &n, 7), EINVAL);
	fd = T_OK(create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	T_ERR(read(fd, &n, 8), EAGAIN);
	T_OK(create(CLOCK_BOOTTIME, 0));
	if (t_is_root())
		T_OK(create(CLOCK_BOOTTIME_ALARM, 0));
	T_AS_USER
	{
		T_ERR(create(CLOCK_REALTIME_ALARM, 0), EPERM);
	}
	T_ERR(create(CLOCK_PROCESS_CPUTIME_ID, 0), EINVAL);
	T_ERR(create(CLOCK_MONOTONIC_RAW, 0), EINVAL);
	T_ERR(create(-1, 0), EINVAL);
	T_ERR(create(CLOCK_MONOTONIC, 1), EINVAL);
	T_ERR(create(CLOCK_MONOTONIC, -1), EINVAL);
	t_limit(RLIMIT_NOFILE, 3);
	T_ERR(create(CLOCK_MONOTONIC, 0), EMFILE);
}

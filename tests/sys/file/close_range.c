/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <linux/close_range.h>

#define sys_close_range(first, last, flags) \
	((int)syscall(SYS_close_range, (unsigned)(first), (unsigned)(last), (unsigned)(flags)))

static void open_some(int first, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (dup2(0, first + i) != first + i)
			T_OK(-1);
}

static int count_open(int first, int count)
{
	int i, n = 0;

	for (i = 0; i < count; i++)
		n += fcntl(first + i, F_GETFD) >= 0;
	return n;
}

TEST_MAIN
{
	open_some(100, 20);
	T_EQ(count_open(100, 20), 20);
	T_EQ(sys_close_range(105, 109, 0), 0);
	T_EQ(count_open(100, 20), 15);
	T_EQ(count_open(105, 5), 0);
	T_EQ(fcntl(104, F_GETFD), 0);
	T_EQ(fcntl(110, F_GETFD), 0);
	T_EQ(sys_close_range(105, 109, 0), 0);
	T_EQ(sys_close_range(100, 100, 0), 0);
	T_EQ(count_open(100, 20), 14);
	T_EQ(sys_close_range(3, ~0U, 0), 0);
	T_EQ(count_open(3, 200), 0);
	T_EQ(fcntl(1, F_GETFD), 0);
	T_EQ(sys_close_range(100000, ~0U, 0), 0);

	open_some(50, 4);
	T_EQ(sys_close_range(51, 52, CLOSE_RANGE_CLOEXEC), 0);
	T_EQ(fcntl(50, F_GETFD), 0);
	T_EQ(fcntl(51, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(52, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(53, F_GETFD), 0);
	T_EQ(sys_close_range(50, ~0U, CLOSE_RANGE_CLOEXEC), 0);
	T_EQ(fcntl(53, F_GETFD), FD_CLOEXEC);

	/* Unsharing a table that is not shared. */
	T_EQ(sys_close_range(50, 51, CLOSE_RANGE_UNSHARE), 0);
	T_EQ(count_open(50, 4), 2);
	T_EQ(sys_close_range(50, ~0U, CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC), 0);
	T_EQ(count_open(50, 4), 2);

	T_ERR(sys_close_range(53, 52, 0), EINVAL);
	T_ERR(sys_close_range(~0U, 0, 0), EINVAL);
	T_ERR(sys_close_range(50, 60, 1), EINVAL);
	T_ERR(sys_close_range(50, 60, 8), EINVAL);
	T_ERR(sys_close_range(50, 60, 0x80000000U), EINVAL);
	T_EQ(count_open(50, 4), 2);

	/* A child's table is its own. */
	T_CHILD
	{
		T_EQ(sys_close_range(3, ~0U, 0), 0);
		T_EQ(count_open(50, 4), 0);
	}
	T_EQ(count_open(50, 4), 2);
}

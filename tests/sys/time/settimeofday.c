/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/time.h>

static long set(const struct timeval *tv, const struct timezone *tz)
{
	return syscall(SYS_settimeofday, tv, tz);
}

TEST_MAIN
{
	struct timezone zone = {16 * 60, 0};
	struct timeval tv, bad, after;

	T_OK(gettimeofday(&tv, NULL));
	T_ERR(set((void *)16, NULL), EFAULT);
	T_ERR(set(NULL, (void *)16), EFAULT);
	bad = tv;
	bad.tv_usec = -1;
	T_ERR(set(&bad, NULL), EINVAL);
	bad.tv_usec = 1000001;
	T_ERR(set(&bad, NULL), EINVAL);
	bad.tv_usec = 0;
	bad.tv_sec = -1;
	T_ERR(set(&bad, NULL), EINVAL);
	T_AS_USER
	{
		if (!t_is_root())
			T_ERR(set(&tv, NULL), EPERM);
	}
	T_NEED_ROOT();
	T_ERR(set(NULL, &zone), EINVAL);
	T_OK(gettimeofday(&tv, NULL));
	T_OK(set(&tv, NULL));
	T_OK(gettimeofday(&after, NULL));
	T_CMP(after.tv_sec, >=, tv.tv_sec);
	T_CMP(after.tv_sec - tv.tv_sec, <=, 2);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/capability.h>

static struct __user_cap_data_struct now[2];

static long set(uint32_t version, int pid, void *data)
{
	struct __user_cap_header_struct h = {version, pid};

	return syscall(SYS_capset, &h, data);
}

static void get(void)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};

	T_OK(syscall(SYS_capget, &h, now));
}

static void test_dropping(void)
{
	uint32_t before = now[0].permitted;

	/* Effective only, then permitted; a dropped one cannot be taken again. */
	now[0].effective &= ~(1u << CAP_CHOWN);
	T_OK(set(_LINUX_CAPABILITY_VERSION_3, 0, now));
	get();
	T_TRUE(!(now[0].effective & 1u << CAP_CHOWN));
	T_EQ(now[0].permitted, before);
	now[0].permitted &= ~(1u << CAP_CHOWN);
	T_OK(set(_LINUX_CAPABILITY_VERSION_3, getpid(), now));
	get();
	T_EQ(now[0].permitted, before & ~(1u << CAP_CHOWN));
	now[0].permitted = before;
	T_ERR(set(_LINUX_CAPABILITY_VERSION_3, 0, now), EPERM);
	/* Effective must be permitted. */
	get();
	now[0].effective |= 1u << CAP_CHOWN;
	T_ERR(set(_LINUX_CAPABILITY_VERSION_3, 0, now), EPERM);
}

TEST_MAIN
{
	struct __user_cap_header_struct h = {0, 0};

	get();
	T_ERR(set(0, 0, now), EINVAL);
	T_ERR(syscall(SYS_capset, &h, now), EINVAL);
	T_EQ(h.version, _LINUX_CAPABILITY_VERSION_3);
	T_ERR(set(_LINUX_CAPABILITY_VERSION_3, 1, now), EPERM);
	T_ERR(set(_LINUX_CAPABILITY_VERSION_3, -1, now), EPERM);
	T_ERR(set(_LINUX_CAPABILITY_VERSION_3, 0, (void *)16), EFAULT);
	T_ERR(syscall(SYS_capset, (void *)16, now), EFAULT);
	T_OK(set(_LINUX_CAPABILITY_VERSION_3, 0, now));
	T_AS_USER
	{
		get();
		if (!t_is_root()) {
			T_EQ(now[0].effective, 0);
			now[0].permitted = 1;
			T_ERR(set(_LINUX_CAPABILITY_VERSION_3, 0, now), EPERM);
			now[0].permitted = 0;
			now[0].inheritable = 1;
			T_ERR(set(_LINUX_CAPABILITY_VERSION_3, 0, now), EPERM);
		}
	}
	T_NEED_ROOT();
	get();
	if (now[0].permitted & 1u << CAP_CHOWN)
		test_dropping();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/capability.h>

static long get(struct __user_cap_header_struct *header, struct __user_cap_data_struct *data)
{
	return syscall(SYS_capget, header, data);
}

TEST_MAIN
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];

	memset(data, 0x55, sizeof(data));
	T_OK(get(&header, data));
	T_EQ(data[0].effective & ~data[0].permitted, 0);
	if (t_is_root())
		T_EQ(data[0].effective & 1U << CAP_CHOWN, 1U << CAP_CHOWN);
	header.pid = getpid();
	T_OK(get(&header, data));
	/* A user has none. */
	T_AS_USER
	{
		header.pid = 0;
		T_OK(get(&header, data));
		T_EQ(data[0].effective | data[1].effective, 0);
		T_EQ(data[0].permitted | data[1].permitted, 0);
	}
	/* An unknown version: the kernel's own is put in; without a place for data no error. */
	header.version = 0x12345678;
	T_OK(get(&header, NULL));
	T_EQ(header.version, _LINUX_CAPABILITY_VERSION_3);
	header.version = 0x12345678;
	T_ERR(get(&header, data), EINVAL);
	T_EQ(header.version, _LINUX_CAPABILITY_VERSION_3);
	header.version = _LINUX_CAPABILITY_VERSION_1;
	header.pid = 0;
	T_OK(get(&header, data));
	header.version = _LINUX_CAPABILITY_VERSION_3;
	header.pid = -1;
	T_ERR(get(&header, data), EINVAL);
	header.pid = 0x7ffffff0;
	T_ERR(get(&header, data), ESRCH);
	header.pid = 0;
	T_EFAULT_NULL(p, get(p, data));
	T_EFAULT(p, get(&header, p));
}

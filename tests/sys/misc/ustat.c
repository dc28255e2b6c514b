/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/sysmacros.h>

struct old_ustat {
	int tfree;
	unsigned long tinode;
	char fname[6], fpack[6];
};
#define ustat(dev, buf) ((int)syscall(SYS_ustat, (unsigned)(dev), buf))

TEST_MAIN
{
	struct old_ustat u;
	struct stat st;

	T_OK(stat("/", &st));
	memset(&u, 0xff, sizeof(u));
	T_EQ(ustat(st.st_dev, &u), 0);
	T_EQ(u.fname[0], 0);
	T_EQ(u.fpack[5], 0);
	T_OK(stat("/proc", &st));
	T_EQ(ustat(st.st_dev, &u), 0);
	T_EQ(u.tfree, 0);
	T_ERR(ustat(-1, &u), EINVAL);
	T_ERR(ustat(makedev(200, 200), &u), EINVAL);
	T_EFAULT_NULL(p, ustat(st.st_dev, p));
}

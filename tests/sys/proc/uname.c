/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <ctype.h>
#include <sys/utsname.h>

TEST_MAIN
{
	struct utsname u;
	int major = 0, minor = 0;

	memset(&u, 0x55, sizeof(u));
	T_OK(syscall(SYS_uname, &u));
	T_STR(u.sysname, "Linux");
	T_STR(u.machine, "x86_64");
	T_TRUE(u.version[0] == '#');
	T_EQ(sscanf(u.release, "%d.%d", &major, &minor), 2);
	T_CMP(major * 1000 + minor, >=, 6012);
	T_CMP(strlen(u.nodename), <, 65);
	T_CMP(strlen(u.domainname), <, 65);
	T_EFAULT_NULL(p, syscall(SYS_uname, p));
	T_ERR(syscall(SYS_uname, t_page_end() - sizeof(u) + 1), EFAULT);
	T_OK(syscall(SYS_uname, t_page_end() - sizeof(u)));
}

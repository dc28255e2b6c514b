/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/utsname.h>

TEST_MAIN
{
	struct utsname before, now;
	char *end = t_page_end();

	T_AS_USER
	{
		if (!t_is_root())
			T_ERR(syscall(SYS_setdomainname, "x", 1), EPERM);
	}
	T_NEED_ROOT();
	T_NEED(uname(&before));
	T_OK(syscall(SYS_setdomainname, "lstar-test", 10));
	T_OK(uname(&now));
	T_STR(now.domainname, "lstar-test");
	/* Not a string: that many bytes. */
	T_OK(syscall(SYS_setdomainname, "abcdef", 3));
	T_OK(uname(&now));
	T_STR(now.domainname, "abc");
	memset(end - 64, 'n', 64);
	T_OK(syscall(SYS_setdomainname, end - 64, 64));
	T_OK(uname(&now));
	T_EQ(strlen(now.domainname), 64);
	T_ERR(syscall(SYS_setdomainname, end - 64, 65), EINVAL);
	T_ERR(syscall(SYS_setdomainname, end - 64, -1), EINVAL);
	T_EFAULT_NULL(p, syscall(SYS_setdomainname, p, 4));
	T_OK(uname(&now));
	T_EQ(strlen(now.domainname), 64);
	T_OK(syscall(SYS_setdomainname, "", 0));
	T_OK(uname(&now));
	T_STR(now.domainname, "");
	T_OK(syscall(SYS_setdomainname, before.domainname, strlen(before.domainname)));
}

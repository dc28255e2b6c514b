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
			T_ERR(syscall(SYS_sethostname, "x", 1), EPERM);
	}
	T_NEED_ROOT();
	T_NEED(uname(&before));
	T_OK(syscall(SYS_sethostname, "lstar-test", 10));
	T_OK(uname(&now));
	T_STR(now.nodename, "lstar-test");
	/* Not a string: that many bytes. */
	T_OK(syscall(SYS_sethostname, "abcdef", 3));
	T_OK(uname(&now));
	T_STR(now.nodename, "abc");
	memset(end - 64, 'n', 64);
	T_OK(syscall(SYS_sethostname, end - 64, 64));
	T_OK(uname(&now));
	T_EQ(strlen(now.nodename), 64);
	T_ERR(syscall(SYS_sethostname, end - 64, 65), EINVAL);
	T_ERR(syscall(SYS_sethostname, end - 64, -1), EINVAL);
	T_EFAULT_NULL(p, syscall(SYS_sethostname, p, 4));
	T_OK(uname(&now));
	T_EQ(strlen(now.nodename), 64);
	T_OK(syscall(SYS_sethostname, "", 0));
	T_OK(uname(&now));
	T_STR(now.nodename, "");
	T_OK(syscall(SYS_sethostname, before.nodename, strlen(before.nodename)));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

TEST_MAIN
{
	gid_t r = 99, e = 99, s = 99;

	T_OK(syscall(SYS_getresgid, &r, &e, &s));
	T_EQ(r, getgid());
	T_EQ(e, getegid());
	T_EFAULT_NULL(p, syscall(SYS_getresgid, p, &e, &s));
	T_EFAULT_NULL(p, syscall(SYS_getresgid, &r, p, &s));
	T_EFAULT_NULL(p, syscall(SYS_getresgid, &r, &e, p));
	T_ERR(syscall(SYS_getresgid, t_page_end() - 2, &e, &s), EFAULT);
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(k_setresgid(11, 22, 33));
		T_OK(syscall(SYS_getresgid, &r, &e, &s));
		T_EQ(r, 11);
		T_EQ(e, 22);
		T_EQ(s, 33);
	}
}

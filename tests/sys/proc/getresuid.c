/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

TEST_MAIN
{
	uid_t r = 99, e = 99, s = 99;

	T_OK(syscall(SYS_getresuid, &r, &e, &s));
	T_EQ(r, getuid());
	T_EQ(e, geteuid());
	T_EFAULT_NULL(p, syscall(SYS_getresuid, p, &e, &s));
	T_EFAULT_NULL(p, syscall(SYS_getresuid, &r, p, &s));
	T_EFAULT_NULL(p, syscall(SYS_getresuid, &r, &e, p));
	T_ERR(syscall(SYS_getresuid, t_page_end() - 2, &e, &s), EFAULT);
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(k_setresuid(11, 22, 33));
		T_OK(syscall(SYS_getresuid, &r, &e, &s));
		T_EQ(r, 11);
		T_EQ(e, 22);
		T_EQ(s, 33);
	}
}

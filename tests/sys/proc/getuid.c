/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

TEST_MAIN
{
	uid_t r, e, s;

	T_OK(getresuid(&r, &e, &s));
	T_EQ(syscall(SYS_getuid), r);
	T_CHILD
	{
		T_EQ(syscall(SYS_getuid), r);
	}
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(k_setresuid(0x80000001, 0x90000002, 33));
		/* Unsigned: a large number is no error. */
		T_EQ(syscall(SYS_getuid), 0x80000001);
	}
}

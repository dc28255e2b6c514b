/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

TEST_MAIN
{
	gid_t r, e, s;

	T_OK(getresgid(&r, &e, &s));
	T_EQ(syscall(SYS_getegid), e);
	T_CHILD
	{
		T_EQ(syscall(SYS_getegid), e);
	}
	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(k_setresgid(0x80000001, 0x90000002, 33));
		/* Unsigned: a large number is no error. */
		T_EQ(syscall(SYS_getegid), 0x90000002);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The answer is always the former value, also when nothing was changed. */
#include "ids.h"

#define SETFS(id) syscall(SYS_setfsgid, id)

TEST_MAIN
{
	T_EQ(SETFS(-1), getegid());
	T_EQ(SETFS(getegid()), getegid());
	T_NEED_ROOT();
	T_CHILD
	{
		T_EQ(SETFS(55), 0);
		T_EQ(SETFS(-1), 55);
		T_EQ(getegid(), 0);
		T_EQ(SETFS(0), 55);
		T_EQ(SETFS(-1), 0);
	}
	T_CHILD
	{
		T_OK(k_setresgid(11, 22, 33));
		T_OK(k_setresuid(11, 22, 33));
		T_EQ(SETFS(44), 22); /* not one of its own: refused silently */
		T_EQ(SETFS(33), 22);
		T_EQ(SETFS(11), 33);
		T_EQ(SETFS(22), 11);
		T_EQ(SETFS(-1), 22);
	}
	T_CHILD
	{
		struct stat st;

		SETFS(55);
		T_OK(fstat(T_OK(open("theirs", O_WRONLY | O_CREAT, 0600)), &st));
		T_EQ(st.st_gid, 55);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The answer is always the former value, also when nothing was changed. */
#include "ids.h"

#define SETFS(id) syscall(SYS_setfsuid, id)

TEST_MAIN
{
	T_EQ(SETFS(-1), geteuid());
	T_EQ(SETFS(geteuid()), geteuid());
	T_NEED_ROOT();
	T_CHILD
	{
		T_EQ(SETFS(55), 0);
		T_EQ(SETFS(-1), 55);
		T_EQ(geteuid(), 0);
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
	/* Files are judged by it. */
	T_OK(close(T_OK(open("mine", O_WRONLY | O_CREAT, 0600))));
	T_CHILD
	{
		int fd;

		T_OK(chmod(".", 0777));
		SETFS(55);
		T_ERR(open("mine", O_RDONLY), EACCES);
		fd = T_OK(open("theirs", O_WRONLY | O_CREAT, 0600));
		{
			struct stat st;

			T_OK(fstat(fd, &st));
			T_EQ(st.st_uid, 55);
		}
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

TEST_MAIN
{
	static gid_t many[65537];
	gid_t one = 4321;

	T_NEED_ROOT();
	T_CHILD
	{
		T_OK(syscall(SYS_setgroups, 1, &one));
		T_EQ(syscall(SYS_getgroups, 0, NULL), 1);
		for (gid_t i = 0; i < 65537; i++)
			many[i] = i;
		T_OK(syscall(SYS_setgroups, 65536, many));
		T_EQ(syscall(SYS_getgroups, 0, NULL), 65536);
		T_ERR(syscall(SYS_setgroups, 65537, many), EINVAL);
		T_ERR(syscall(SYS_setgroups, -1, many), EINVAL);
		T_EQ(syscall(SYS_getgroups, 0, NULL), 65536);
		T_EFAULT_NULL(p, syscall(SYS_setgroups, 2, p));
		T_OK(syscall(SYS_setgroups, 0, NULL));
	}
	T_AS_USER
	{
		T_ERR(syscall(SYS_setgroups, 1, &one), EPERM);
		T_ERR(syscall(SYS_setgroups, 0, NULL), EPERM);
	}
	/* What they are for: a file of that group. */
	t_write_file("f", "x", 1);
	T_OK(chown("f", 0, 4321));
	T_OK(chmod("f", 0640));
	T_CHILD
	{
		T_OK(syscall(SYS_setgroups, 1, &one));
		T_OK(k_setresgid(5, 5, 5));
		T_OK(k_setresuid(5, 5, 5));
		T_OK(open("f", O_RDONLY));
		T_ERR(open("f", O_WRONLY), EACCES);
	}
	T_CHILD
	{
		T_OK(syscall(SYS_setgroups, 0, NULL));
		T_OK(k_setresgid(5, 5, 5));
		T_OK(k_setresuid(5, 5, 5));
		T_ERR(open("f", O_RDONLY), EACCES);
	}
}

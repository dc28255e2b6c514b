/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static int sys_umask(long mask)
{
	return (int)syscall(SYS_umask, mask);
}

TEST_MAIN
{
	int fd;

	T_EQ(sys_umask(0), 022);
	T_EQ(sys_umask(0777), 0);
	T_EQ(sys_umask(0), 0777);
	/* Only permission bits are kept. */
	T_EQ(sys_umask(-1), 0);
	T_EQ(sys_umask(07000), 0777);
	T_EQ(sys_umask(027), 0);
	fd = T_OK(open("f", O_RDWR | O_CREAT, 0777));
	close(fd);
	T_EQ(t_mode("f") & 07777, 0750);
	T_OK(mkdir("d", 0777));
	T_EQ(t_mode("d") & 07777, 0750);
	T_OK(mknod("p", S_IFIFO | 0666, 0));
	T_EQ(t_mode("p") & 07777, 0640);
	/* Symlinks do not know it. */
	T_OK(symlink("f", "s"));
	T_EQ(t_mode("s") & 07777, 0777);
	/* Inherited; a child's change is its own. */
	T_CHILD
	{
		T_EQ(sys_umask(0), 027);
	}
	T_EQ(sys_umask(022), 027);
	/* Kept over execve. */
	sys_umask(0135);
	T_CHILD_STATUS(T_EXITED(0))
	{
		execl("/bin/sh", "sh", "-c", "test `umask` = 0135", (char *)NULL);
		_exit(1);
	}
	sys_umask(022);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "statfs_common.h"

#define sys_fstatfs(fd, sf) ((int)syscall(SYS_fstatfs, fd, sf))

TEST_MAIN
{
	struct statfs sf, sf2;
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(sys_fstatfs(fd, &sf));
	check_disk(&sf);
	T_OK(statfs(".", &sf2));
	T_EQ(sf.f_type, sf2.f_type);
	T_EQ(sf.f_blocks, sf2.f_blocks);
	T_EFAULT_NULL(q, sys_fstatfs(fd, q));
	T_OK(unlink("f"));
	T_OK(sys_fstatfs(fd, &sf));
	close(fd);
	T_ERR(sys_fstatfs(fd, &sf), EBADF);
	T_ERR(sys_fstatfs(-1, &sf), EBADF);
	T_ERR(sys_fstatfs(9999, NULL), EBADF);
	fd = T_OK(open(".", O_PATH));
	T_OK(sys_fstatfs(fd, &sf));
	T_EQ(sf.f_type, sf2.f_type);
	T_OK(pipe(p));
	T_OK(sys_fstatfs(p[0], &sf));
	T_EQ(sf.f_type, PIPEFS_MAGIC);
	fd = T_OK(open("/proc/self/maps", O_RDONLY));
	T_OK(sys_fstatfs(fd, &sf));
	T_EQ(sf.f_type, PROC_SUPER_MAGIC);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "handle_common.h"

TEST_MAIN
{
	struct handle h = {.bytes = 128}, bad;
	struct stat a, b;
	char buf[8];
	int id, dir, fd, path_only;

	T_NEED_ROOT();
	T_OK(mkdir("d", 0755));
	t_write_file("d/f", "abc", 3);
	dir = T_OK(open(".", O_RDONLY));
	T_EQ(sys_name_to_handle_at(AT_FDCWD, "d/f", &h, &id, 0), 0);
	/* Renaming does not change what it stands for. */
	T_OK(rename("d/f", "g"));
	fd = T_OK(sys_open_by_handle_at(dir, &h, O_RDWR | O_CLOEXEC));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(read(fd, buf, 8), 3);
	T_MEM(buf, "abc", 3);
	T_OK(fstat(fd, &a));
	T_OK(stat("g", &b));
	T_EQ(a.st_ino, b.st_ino);
	close(fd);
	fd = T_OK(sys_open_by_handle_at(AT_FDCWD, &h, O_PATH));
	close(fd);
	path_only = T_OK(open(".", O_PATH));
	T_ERR(sys_open_by_handle_at(path_only, &h, O_RDONLY), EBADF);
	T_ERR(sys_open_by_handle_at(-1, &h, O_RDONLY), EBADF);
	T_ERR(sys_open_by_handle_at(dir, &h, O_RDONLY | O_DIRECTORY), ENOTDIR);
	bad = h;
	bad.bytes = 0;
	T_ERR(sys_open_by_handle_at(dir, &bad, O_RDONLY), EINVAL);
	bad.bytes = 129;
	T_ERR(sys_open_by_handle_at(dir, &bad, O_RDONLY), EINVAL);
	bad = h;
	memset(bad.data, 0x55, sizeof(bad.data));
	T_ERR(sys_open_by_handle_at(dir, &bad, O_RDONLY), ESTALE);
	T_EFAULT_NULL(p, sys_open_by_handle_at(dir, p, O_RDONLY));
	T_AS_USER
	{
		T_ERR(sys_open_by_handle_at(dir, &h, O_RDONLY), EPERM);
	}
	T_OK(symlink("g", "link"));
	bad.bytes = 128;
	T_EQ(sys_name_to_handle_at(AT_FDCWD, "link", &bad, &id, 0), 0);
	T_ERR(sys_open_by_handle_at(dir, &bad, O_RDONLY), ELOOP);
	/* Gone is gone. */
	T_OK(unlink("g"));
	T_ERR(sys_open_by_handle_at(dir, &h, O_RDONLY), ESTALE);
}

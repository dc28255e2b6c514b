/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	int in, out, ro, append, dir, p[2];
	loff_t from = 2, to = 10, bad = -1;
	char buf[64] = "";

	t_write_file("in", "0123456789", 10);
	in = T_OK(open("in", O_RDWR));
	ro = T_OK(open("in", O_RDONLY));
	out = T_OK(open("out", O_RDWR | O_CREAT, 0600));
	T_EQ(copy_file_range(in, NULL, out, NULL, 4, 0), 4);
	T_EQ(copy_file_range(in, NULL, out, NULL, 100, 0), 6);
	T_EQ(copy_file_range(in, NULL, out, NULL, 100, 0), 0);
	T_EQ(lseek(in, 0, SEEK_CUR), 10);
	T_EQ(lseek(out, 0, SEEK_CUR), 10);
	T_EQ(copy_file_range(ro, &from, out, &to, 3, 0), 3);
	T_EQ(from, 5);
	T_EQ(to, 13);
	T_EQ(lseek(ro, 0, SEEK_CUR), 0);
	T_EQ(t_read_file("out", buf, sizeof(buf)), 13);
	T_MEM(buf, "0123456789234", 13);
	T_EQ(copy_file_range(ro, &from, out, &to, 0, 0), 0);
	/* Within one file, but not onto itself. */
	from = 0;
	to = 20;
	T_EQ(copy_file_range(out, &from, out, &to, 10, 0), 10);
	from = 0;
	to = 5;
	T_ERR(copy_file_range(out, &from, out, &to, 10, 0), EINVAL);
	T_ERR(copy_file_range(in, NULL, out, NULL, 10, 1), EINVAL);
	T_ERR(copy_file_range(in, NULL, ro, NULL, 10, 0), EBADF);
	T_ERR(copy_file_range(-1, NULL, out, NULL, 10, 0), EBADF);
	T_ERR(copy_file_range(in, NULL, -1, NULL, 10, 0), EBADF);
	append = T_OK(open("out", O_WRONLY | O_APPEND));
	T_ERR(copy_file_range(in, NULL, append, NULL, 10, 0), EBADF);
	T_ERR(copy_file_range(append, NULL, out, NULL, 10, 0), EBADF);
	dir = T_OK(open(".", O_RDONLY));
	T_ERR(copy_file_range(dir, NULL, out, NULL, 10, 0), EISDIR);
	T_OK(pipe(p));
	T_ERR(copy_file_range(p[0], NULL, out, NULL, 10, 0), EINVAL);
	T_ERR(copy_file_range(in, &bad, out, NULL, 10, 0), EOVERFLOW);
	from = 0;
	T_EFAULT(q, copy_file_range(in, q, out, NULL, 10, 0));
	T_EFAULT(q, copy_file_range(in, &from, out, q, 10, 0));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static long copy(int in, long *off_in, int out, long *off_out, size_t len, unsigned flags)
{
	return syscall(SYS_copy_file_range, in, off_in, out, off_out, len, flags);
}

static void errors(void)
{
	int in = T_OK(open("in", O_RDWR)), out = T_OK(open("out", O_RDWR)), p[2];
	int dir = T_OK(open(".", O_RDONLY));
	long off = 0, at = 10;

	T_OK(pipe(p));
	T_ERR(copy(-1, NULL, out, NULL, 1, 0), EBADF);
	T_ERR(copy(in, NULL, -1, NULL, 1, 0), EBADF);
	T_ERR(copy(in, NULL, out, NULL, 1, 2), EINVAL);
	T_ERR(copy(dir, NULL, out, NULL, 1, 0), EISDIR);
	T_ERR(copy(in, NULL, dir, NULL, 1, 0), EISDIR);
	T_ERR(copy(p[0], NULL, out, NULL, 1, 0), EINVAL);
	T_ERR(copy(in, NULL, p[1], NULL, 1, 0), EINVAL);
	T_ERR(copy(T_OK(open("in", O_WRONLY)), NULL, out, NULL, 1, 0), EBADF);
	T_ERR(copy(in, NULL, T_OK(open("out", O_RDONLY)), NULL, 1, 0), EBADF);
	T_ERR(copy(in, NULL, T_OK(open("out", O_WRONLY | O_APPEND)), NULL, 1, 0), EBADF);
	T_ERR(copy(in, &off, in, &at, 20, 0), EINVAL);
	T_ERR(copy(in, &off, in, &off, 20, 0), EINVAL);
	T_EFAULT(q, copy(in, q, out, NULL, 1, 0));
	T_EFAULT(q, copy(in, NULL, out, q, 1, 0));
	at = LONG_MAX;
	T_ERR2(copy(in, &off, out, &at, 1, 0), EOVERFLOW, EFBIG);
	off = -1;
	T_ERR2(copy(in, &off, out, NULL, 1, 0), EINVAL, EOVERFLOW);
}

TEST_MAIN
{
	static char data[200000], back[200000];
	long off_in = 1000, off_out = 5;
	int in, out;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7 + i / 251);
	t_write_file("in", data, sizeof(data));
	t_touch("out");
	errors();
	in = T_OK(open("in", O_RDWR));
	out = T_OK(open("out", O_RDWR));
	T_EQ(copy(in, NULL, out, NULL, 0, 0), 0);
	size_t done = 0;
	while (done < sizeof(data)) {
		long n = T_OK(copy(in, NULL, out, NULL, sizeof(data), 0));
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	T_EQ(done, sizeof(data));
	T_EQ(lseek(in, 0, SEEK_CUR), sizeof(data));
	T_EQ(lseek(out, 0, SEEK_CUR), sizeof(data));
	T_EQ(copy(in, NULL, out, NULL, 10, 0), 0);
	T_EQ(pread(out, back, sizeof(back), 0), sizeof(back));
	T_MEM(back, data, sizeof(data));
	/* Offsets of the caller's: the files' own do not move. */
	T_EQ(copy(in, &off_in, out, &off_out, 100, 0), 100);
	T_EQ(off_in, 1100);
	T_EQ(off_out, 105);
	T_EQ(lseek(in, 0, SEEK_CUR), sizeof(data));
	T_EQ(pread(out, back, 100, 5), 100);
	T_MEM(back, data + 1000, 100);
	/* Up to the end only, and within one file. */
	off_in = sizeof(data) - 10;
	T_EQ(copy(in, &off_in, out, &off_out, 100, 0), 10);
	off_in = 0;
	off_out = 1000;
	T_EQ(copy(in, &off_in, in, &off_out, 1000, 0), 1000);
	T_EQ(pread(in, back, 1000, 1000), 1000);
	T_MEM(back, data, 1000);
}

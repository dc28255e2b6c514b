/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	int fd, p[2];

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(readahead(fd, 0, 4096), 0);
	T_EQ(readahead(fd, 5, 1), 0);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	T_OK(pipe(p));
	T_ERR(readahead(p[0], 0, 10), EINVAL);
	T_ERR(readahead(T_OK(open(".", O_RDONLY)), 0, 10), EINVAL);
	T_ERR(readahead(T_OK(open("f", O_WRONLY)), 0, 10), EBADF);
	T_ERR(readahead(-1, 0, 10), EBADF);
}

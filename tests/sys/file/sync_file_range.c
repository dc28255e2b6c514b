/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	const unsigned all =
		SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
	int p[2], f = T_OK(open("f", O_RDWR | O_CREAT, 0644)), fd;

	T_OK(pipe(p));
	T_EQ(write(f, "data", 4), 4);
	T_OK(sync_file_range(f, 0, 4, all));
	T_OK(sync_file_range(f, 0, 0, SYNC_FILE_RANGE_WRITE));
	T_OK(sync_file_range(f, 1000000, 5, 0));
	T_ERR(sync_file_range(-1, 0, 1, all), EBADF);
	T_ERR(sync_file_range(f, 0, 1, 8), EINVAL);
	T_ERR(sync_file_range(f, -1, 1, all), EINVAL);
	T_ERR(sync_file_range(f, 0, -1, all), EINVAL);
	T_ERR(sync_file_range(f, 0x7fffffffffffffff, 5, all), EINVAL);
	T_ERR(sync_file_range(p[1], 0, 1, all), ESPIPE);
	T_ERR(sync_file_range(p[1], 0, 1, 8), EINVAL);
	fd = T_OK(open("/dev/null", O_RDWR));
	T_ERR(sync_file_range(fd, 0, 1, all), ESPIPE);
	fd = T_OK(open(".", O_RDONLY));
	T_OK(sync_file_range(fd, 0, 1, all));
	fd = T_OK(open("f", O_PATH));
	T_ERR(sync_file_range(fd, 0, 1, all), EBADF);
}

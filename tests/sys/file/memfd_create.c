/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	int fd = T_OK(memfd_create("name", MFD_CLOEXEC)), again;
	char path[64], text[64] = "", *map;
	struct stat st;

	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	T_OK(fstat(fd, &st));
	T_TRUE(S_ISREG(st.st_mode));
	T_EQ(st.st_size, 0);
	T_EQ(st.st_nlink, 0);
	T_EQ(write(fd, "hello", 5), 5);
	T_OK(ftruncate(fd, 8192));
	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	T_NEED(map);
	T_MEM(map, "hello", 5);
	map[5000] = 'x';
	T_EQ(pread(fd, text, 1, 5000), 1);
	T_EQ(text[0], 'x');
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	T_CMP(readlink(path, text, sizeof(text) - 1), >, 0);
	T_STR(text, "/memfd:name (deleted)");
	again = T_OK(open(path, O_RDONLY));
	T_EQ(read(again, text, 5), 5);
	T_MEM(text, "hello", 5);
	T_EQ(fcntl(T_OK(memfd_create("", 0)), F_GETFD), 0);
	T_OK(memfd_create(t_long_name(249), 0));
	T_ERR(memfd_create(t_long_name(250), 0), EINVAL);
	T_ERR(memfd_create("x", 0x800), EINVAL);
	T_EFAULT_NULL(p, memfd_create(p, 0));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The memory devices every program counts on. */
#include "test.h"
#include <sys/sysmacros.h>

static void check_node(const char *path, unsigned maj, unsigned min)
{
	struct stat st;

	T_OK(stat(path, &st));
	T_TRUE(S_ISCHR(st.st_mode));
	T_EQ(major(st.st_rdev), maj);
	T_EQ(minor(st.st_rdev), min);
	T_EQ(st.st_mode & 0666, 0666);
}

TEST_MAIN
{
	static char a[100000], b[100000], zero[100000];
	int fd;
	char *map;

	check_node("/dev/null", 1, 3);
	check_node("/dev/zero", 1, 5);
	check_node("/dev/full", 1, 7);
	check_node("/dev/random", 1, 8);
	check_node("/dev/urandom", 1, 9);
	check_node("/dev/tty", 5, 0);
	fd = T_OK(open("/dev/null", O_RDWR));
	T_EQ(write(fd, a, sizeof(a)), sizeof(a));
	T_EQ(read(fd, a, sizeof(a)), 0);
	T_EQ(pread(fd, a, 10, 100), 0);
	T_EQ(pwrite(fd, a, 10, 100), 10);
	close(fd);
	fd = T_OK(open("/dev/zero", O_RDWR));
	memset(a, 1, sizeof(a));
	T_EQ(read(fd, a, sizeof(a)), sizeof(a));
	T_MEM(a, zero, sizeof(a));
	/* A private mapping is memory, a shared one memory shared with children. */
	map = T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	T_MEM(map, zero, 8192);
	map[0] = 1;
	T_EQ(map[0], 1);
	T_OK(munmap(map, 8192));
	map = T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	T_CHILD
	{
		map[5000] = 7;
	}
	T_EQ(map[5000], 7);
	T_OK(munmap(map, 8192));
	close(fd);
	fd = T_OK(open("/dev/full", O_RDWR));
	T_EQ(read(fd, a, 100), 100);
	T_MEM(a, zero, 100);
	T_ERR(write(fd, a, 1), ENOSPC);
	T_ERR(write(fd, a, 5000), ENOSPC);
	T_OK(lseek(fd, 0, SEEK_SET));
	close(fd);
	fd = T_OK(open("/dev/urandom", O_RDONLY));
	T_EQ(read(fd, a, sizeof(a)), sizeof(a));
	T_EQ(read(fd, b, sizeof(b)), sizeof(b));
	T_NE(memcmp(a, b, sizeof(a)), 0);
	T_NE(memcmp(a, zero, 16), 0);
	T_EQ(read(fd, a, 0), 0);
	T_EFAULT_NULL(p, read(fd, p, 10));
	close(fd);
	fd = T_OK(open("/dev/random", O_RDWR));
	T_EQ(read(fd, a, 64), 64);
	T_EQ(write(fd, "seed", 4), 4);
	close(fd);
	/* Without a controlling terminal there is no /dev/tty. */
	T_CHILD
	{
		T_OK(setsid());
		T_ERR(open("/dev/tty", O_RDWR), ENXIO);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <linux/falloc.h>
#include <linux/memfd.h>

#define create(name, flags) ((int)syscall(SYS_memfd_create, name, (long)(flags)))

static void file(void)
{
	char link[300] = "", name[300], buf[8] = "";
	int fd = T_OK(create("some name", MFD_CLOEXEC)), again;
	struct stat st;

	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	T_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_mode, S_IFREG | 0777);
	T_EQ(st.st_size, 0);
	T_EQ(st.st_nlink, 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	T_CMP(readlink(name, link, sizeof(link) - 1), >, 0);
	T_STR(link, "/memfd:some name (deleted)");
	T_EQ(write(fd, "hello", 5), 5);
	T_EQ(pread(fd, buf, 8, 0), 5);
	T_STR(buf, "hello");
	again = T_OK(open(name, O_RDONLY));
	T_EQ(read(again, buf, 8), 5);
	char *map = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	T_MEM(map, "hello", 5);
	map[0] = 'j';
	T_EQ(pread(fd, buf, 1, 0), 1);
	T_EQ(buf[0], 'j');
	T_OK(ftruncate(fd, 10000));
	T_EQ(lseek(fd, 0, SEEK_END), 10000);
	T_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
}

static void arguments(void)
{
	char name[300];

	memset(name, 'n', sizeof(name));
	name[249] = 0;
	T_OK(create(name, 0));
	name[249] = 'n';
	name[250] = 0;
	T_ERR(create(name, 0), EINVAL);
	T_OK(create("", 0));
	T_ERR(create("x", 0x100), EINVAL);
	T_ERR(create("x", 0x80000000), EINVAL);
	T_EFAULT_NULL(p, create(p, 0));
	T_OK(create("x", MFD_ALLOW_SEALING));
}

static int sealed(unsigned seals)
{
	int fd = T_OK(create("s", MFD_ALLOW_SEALING));

	T_EQ(fcntl(fd, F_GET_SEALS), 0);
	T_OK(ftruncate(fd, 8192));
	T_OK(fcntl(fd, F_ADD_SEALS, seals));
	T_EQ(fcntl(fd, F_GET_SEALS), seals);
	return fd;
}

static void seals(void)
{
	int fd = sealed(F_SEAL_SHRINK), p[2];
	char *map;

	T_ERR(ftruncate(fd, 8191), EPERM);
	T_OK(ftruncate(fd, 9000));
	fd = sealed(F_SEAL_GROW);
	T_ERR(ftruncate(fd, 8193), EPERM);
	T_EQ(pwrite(fd, "abc", 3, 0), 3);
	T_EQ(pwrite(fd, "abc", 3, 8190), 2); /* page by page */
	T_ERR(pwrite(fd, "abc", 3, 9000), EPERM);
	T_ERR(fallocate(fd, 0, 0, 9000), EPERM);
	T_OK(ftruncate(fd, 100));
	fd = sealed(F_SEAL_WRITE);
	T_ERR(write(fd, "a", 1), EPERM);
	T_EQ(write(fd, "a", 0), 0);
	T_ERR(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096), EPERM);
	T_ERR(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EPERM);
	T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	T_OK(ftruncate(fd, 20000));
	T_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
	T_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), EPERM);
	/* A shared mapping that can be written stands in the way. */
	fd = sealed(0);
	map = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	T_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
	T_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
	map[0] = 1;
	T_ERR(write(fd, "a", 1), EPERM);
	T_ERR(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EPERM);
	char *ro = T_OK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	T_ERR(mprotect(ro, 4096, PROT_READ | PROT_WRITE), EACCES);
	T_OK(munmap(map, 4096));
	T_OK(munmap(ro, 4096));
	T_OK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	T_ERR(fcntl(fd, F_ADD_SEALS, 0x1000), EINVAL);
	T_OK(pipe(p));
	T_ERR(fcntl(p[1], F_ADD_SEALS, F_SEAL_WRITE), EINVAL);
	T_ERR(fcntl(p[0], F_GET_SEALS), EINVAL);
}

TEST_MAIN
{
	file();
	arguments();
	seals();
}

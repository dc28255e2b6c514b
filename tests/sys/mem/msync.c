/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define PAGE 4096UL

TEST_MAIN
{
	struct timespec old[2] = {{1000, 0}, {1000, 0}};
	char *p, buf[8] = "";
	struct stat st;
	int fd;

	t_write_file("f", "0123456789", 10);
	fd = T_NEED(open("f", O_RDWR));
	T_OK(ftruncate(fd, 4 * PAGE));
	p = T_NEED(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	/* mmap(2): a write through the mapping counts as a change of the file. */
	T_OK(futimens(fd, old));
	p[0] = 'x';
	p[3 * PAGE] = 'y';
	T_OK(msync(p, 4 * PAGE, MS_SYNC));
	T_OK(fstat(fd, &st));
	T_CMP(st.st_mtime, >, 1000);
	T_EQ(pread(fd, buf, 1, 3 * PAGE), 1);
	T_EQ(buf[0], 'y');
	T_OK(msync(p, 4 * PAGE, MS_ASYNC));
	T_OK(msync(p, 4 * PAGE, MS_SYNC | MS_INVALIDATE));
	T_OK(msync(p, 4 * PAGE, MS_INVALIDATE));
	T_OK(msync(p, 4 * PAGE, 0));
	T_OK(msync(p, 0, MS_SYNC));
	T_OK(msync(p, 1, MS_SYNC));
	T_ERR(msync(p, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
	T_ERR(msync(p, PAGE, 8), EINVAL);
	T_ERR(msync(p, PAGE, -1), EINVAL);
	T_ERR(msync(p + 1, PAGE, MS_SYNC), EINVAL);
	T_ERR(msync((void *)PAGE, PAGE, MS_SYNC), ENOMEM);
	T_ERR(msync(p, -PAGE, MS_SYNC), ENOMEM);
	/* A hole is told after the rest has been written. */
	T_OK(munmap(p + PAGE, PAGE));
	T_ERR(msync(p, 4 * PAGE, MS_SYNC), ENOMEM);
	T_OK(msync(p + 2 * PAGE, 2 * PAGE, MS_SYNC));
	/* Private and anonymous memory: nothing to do. */
	p = T_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	T_OK(msync(p, PAGE, MS_SYNC));
	p = T_OK(mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	T_OK(msync(p, PAGE, MS_SYNC));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)

TEST_MAIN
{
	char *p = T_NEED(mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	unsigned char v[5] = {0xee, 0xee, 0xee, 0xee, 0xee};
	int fd;

	T_OK(mincore(p, 4 * PAGE, v));
	T_EQ(v[0] | v[1] | v[2] | v[3], 0);
	T_EQ(v[4], 0xee);
	p[PAGE] = 1;
	p[3 * PAGE] = 1;
	T_OK(mincore(p, 4 * PAGE, v));
	T_EQ(v[0] & 1, 0);
	T_EQ(v[1] & 1, 1);
	T_EQ(v[2] & 1, 0);
	T_EQ(v[3] & 1, 1);
	/* The length is rounded up; 0 is nothing. */
	memset(v, 0xee, 5);
	T_OK(mincore(p, PAGE + 1, v));
	T_EQ(v[1] & 1, 1);
	T_EQ(v[2], 0xee);
	T_OK(mincore(p, 0, v));
	T_ERR(mincore(p + 1, PAGE, v), EINVAL);
	T_ERR(mincore((void *)PAGE, PAGE, v), ENOMEM);
	T_ERR(mincore((void *)0xffffffff81000000, PAGE, v), ENOMEM);
	T_ERR(mincore(p, -1UL, v), ENOMEM);
	T_EFAULT_NULL(bad, mincore(p, 4 * PAGE, bad));
	T_OK(munmap(p + 2 * PAGE, PAGE));
	T_ERR(mincore(p, 4 * PAGE, v), ENOMEM);
	T_OK(madvise(p + PAGE, PAGE, MADV_DONTNEED));
	T_OK(mincore(p, 2 * PAGE, v));
	T_EQ(v[1] & 1, 0);
	/* A file's pages count when they are cached. */
	t_write_file("f", "x", 1);
	fd = T_OK(open("f", O_RDWR));
	T_OK(ftruncate(fd, 2 * PAGE));
	p = T_OK(mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0));
	p[0] = 2;
	T_OK(mincore(p, 2 * PAGE, v));
	T_EQ(v[0] & 1, 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* mmap(2), MAP_DROPPABLE (Linux 6.11): private memory that the kernel may forget. */
#include "test.h"

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif
#define RW (PROT_READ | PROT_WRITE)

TEST_MAIN
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	char *p = mmap(NULL, 8192, RW, MAP_DROPPABLE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		T_SKIP("a kernel from before Linux 6.11");
		return;
	}
	T_OK(ftruncate(fd, 4096));
	T_ERR(mmap(NULL, 4096, RW, MAP_DROPPABLE, fd, 0), EINVAL);
	T_ERR(mmap(NULL, 4096, RW, MAP_DROPPABLE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0), EINVAL);
	T_ERR(mmap(NULL, 4096, RW, MAP_DROPPABLE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0), EINVAL);
	T_ERR(mmap(NULL, 4096, RW, 0x09 | MAP_ANONYMOUS, -1, 0), EINVAL);
	memset(p, 7, 8192);
	T_EQ(p[0], 7);
	T_EQ(mlock(p, 8192), 0); /* quietly not locked */
	T_EQ(madvise(p, 4096, MADV_WIPEONFORK), 0);
	T_ERR(madvise(p, 4096, MADV_KEEPONFORK), EINVAL);
	T_ERR(madvise(p, 4096, MADV_DODUMP), EINVAL);
	T_EQ(madvise(p, 4096, MADV_DONTDUMP), 0);
	memset(p, 7, 8192);
	T_CHILD
	{
		T_EQ(p[0], 0);
		T_EQ(p[8191], 0);
		p[0] = 9;
	}
	T_EQ(p[0], 7);
	T_EQ(munmap(p, 8192), 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "fault.h"

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)

#ifndef MADV_COLD
#define MADV_COLD    20
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

TEST_MAIN
{
	char *p = T_NEED(mmap(NULL, 8 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)), *q;
	static const int harmless[] = {MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED};
	int fd;

	memset(p, 1, 8 * PAGE);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		T_OK(madvise(p, 8 * PAGE, harmless[i]));
	T_EQ(p[0], 1);
	T_EQ(p[8 * PAGE - 1], 1);
	/* MADV_DONTNEED: private anonymous memory is zero afterwards, at once. */
	T_OK(madvise(p + PAGE, 2 * PAGE, MADV_DONTNEED));
	T_EQ(p[PAGE - 1], 1);
	T_EQ(p[PAGE], 0);
	T_EQ(p[3 * PAGE - 1], 0);
	T_EQ(p[3 * PAGE], 1);
	p[PAGE] = 5;
	/* MADV_FREE: the old bytes or zero; what is written after stays. */
	T_OK(madvise(p + 4 * PAGE, PAGE, MADV_FREE));
	T_TRUE(p[4 * PAGE] == 1 || p[4 * PAGE] == 0);
	p[4 * PAGE] = 6;
	T_EQ(p[4 * PAGE], 6);
	T_OK(madvise(p + 5 * PAGE, PAGE, MADV_COLD));
	T_OK(madvise(p + 5 * PAGE, PAGE, MADV_PAGEOUT));
	T_EQ(p[5 * PAGE], 1);

	T_ERR(madvise(p + 1, PAGE, MADV_NORMAL), EINVAL);
	T_ERR(madvise(p, PAGE, 9999), EINVAL);
	T_ERR(madvise(p, PAGE, -1), EINVAL);
	T_ERR(madvise(p, -PAGE, MADV_NORMAL), EINVAL);
	T_ERR(madvise((void *)16, 0, MADV_NORMAL), EINVAL);
	T_OK(madvise(p, 0, MADV_DONTNEED));
	T_EQ(p[0], 1);
	T_ERR(madvise((void *)PAGE, PAGE, MADV_NORMAL), ENOMEM);
	/* A hole: the rest is done all the same. */
	T_OK(munmap(p + 6 * PAGE, PAGE));
	T_ERR(madvise(p + 5 * PAGE, 3 * PAGE, MADV_DONTNEED), ENOMEM);
	T_EQ(p[5 * PAGE], 0);
	T_EQ(p[7 * PAGE], 0);

	/* Files: a private change is lost, a shared one is in the file. */
	t_write_file("f", "file", 4);
	fd = T_OK(open("f", O_RDWR));
	T_OK(ftruncate(fd, 2 * PAGE));
	q = T_OK(mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, fd, 0));
	q[0] = 'X';
	T_OK(madvise(q, PAGE, MADV_DONTNEED));
	T_EQ(q[0], 'f');
	T_ERR(madvise(q, PAGE, MADV_FREE), EINVAL);
	T_ERR(madvise(q, PAGE, MADV_WIPEONFORK), EINVAL);
	q = T_OK(mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0));
	q[0] = 'S';
	T_OK(madvise(q, PAGE, MADV_DONTNEED));
	T_EQ(q[0], 'S');
	/* MADV_REMOVE punches a hole where the file system can. */
	q = T_OK(mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	q[PAGE] = 9;
	T_OK(madvise(q + PAGE, PAGE, MADV_REMOVE));
	T_EQ(q[PAGE], 0);
	T_ERR(madvise(p, PAGE, MADV_REMOVE), EINVAL);

	/* Forks: a child has no DONTFORK areas, and zeroes where WIPEONFORK is. */
	q = T_OK(mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	memset(q, 7, 4 * PAGE);
	T_OK(madvise(q, PAGE, MADV_DONTFORK));
	T_OK(madvise(q + PAGE, PAGE, MADV_WIPEONFORK));
	T_OK(madvise(q + 2 * PAGE, PAGE, MADV_WIPEONFORK));
	T_OK(madvise(q + 2 * PAGE, PAGE, MADV_KEEPONFORK));
	T_CHILD
	{
		T_EQ(fault_read(q), SIGSEGV);
		T_EQ(q[PAGE], 0);
		T_EQ(q[2 * PAGE], 7);
	}
	T_EQ(q[PAGE], 7);
	T_OK(madvise(q, PAGE, MADV_DOFORK));
	T_CHILD
	{
		T_EQ(q[0], 7);
		T_CHILD
		{
			T_EQ(q[PAGE], 0);
		}
	}
	T_OK(madvise(q, PAGE, MADV_DONTDUMP));
	T_OK(madvise(q, PAGE, MADV_DODUMP));
	/* Locked memory is thrown away only by name. */
	T_OK(mlock(q, PAGE));
	T_ERR(madvise(q, PAGE, MADV_DONTNEED), EINVAL);
	T_ERR(madvise(q, PAGE, MADV_FREE), EINVAL);
	T_ERR(madvise(q, PAGE, MADV_PAGEOUT), EINVAL);
	T_ERR(madvise(q, PAGE, MADV_COLD), EINVAL);
	T_OK(madvise(q, PAGE, MADV_DONTNEED_LOCKED));
	T_EQ(q[0], 0);
	T_OK(munlock(q, PAGE));
	/* Only the administrator breaks memory, where the kernel can at all. */
	T_AS_USER
	{
		T_ERR2(madvise(q, PAGE, MADV_HWPOISON), EPERM, EINVAL);
		T_ERR2(madvise(q, PAGE, MADV_SOFT_OFFLINE), EPERM, EINVAL);
	}

	/* MADV_POPULATE_*: faults now and not later. */
	q = T_OK(mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	{
		unsigned char in_core[4] = {0};

		T_OK(madvise(q, 4 * PAGE, MADV_POPULATE_WRITE));
		T_OK(mincore(q, 4 * PAGE, in_core));
		T_EQ(in_core[0] & in_core[1] & in_core[2] & in_core[3] & 1, 1);
	}
	T_OK(mprotect(q, PAGE, PROT_READ));
	T_OK(madvise(q, PAGE, MADV_POPULATE_READ));
	T_ERR(madvise(q, PAGE, MADV_POPULATE_WRITE), EINVAL);
	T_OK(mprotect(q, PAGE, PROT_NONE));
	T_ERR(madvise(q, PAGE, MADV_POPULATE_READ), EINVAL);
	q = T_OK(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 4 * PAGE)); /* behind the end */
	T_ERR(madvise(q, PAGE, MADV_POPULATE_READ), EFAULT);
}

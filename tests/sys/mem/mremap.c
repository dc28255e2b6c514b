/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "fault.h"

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* Pages 0, 2, ... of a fresh area are marked with their number; the area is in free space. */
static char *area(size_t pages)
{
	char *p = T_NEED(mmap(NULL, (pages + 8) * PAGE, RW, ANON, -1, 0));

	munmap(p + pages * PAGE, 8 * PAGE);
	for (size_t i = 0; i < pages; i++)
		p[i * PAGE] = (char)(i + 1);
	return p;
}

static void test_errors(void)
{
	char *p = area(4);

	T_ERR(mremap(p + 1, PAGE, PAGE, 0), EINVAL);
	T_ERR(mremap(p, PAGE, 0, 0), EINVAL);
	T_ERR(mremap(p, PAGE, 2 * PAGE, 8), EINVAL);
	T_ERR(mremap(p, PAGE, 2 * PAGE, MREMAP_FIXED, p + 16 * PAGE), EINVAL);
	T_ERR(mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + 1), EINVAL);
	T_ERR(mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + PAGE), EINVAL);
	T_ERR(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0x7ffffffff000), EINVAL);
	T_ERR2(mremap(p, PAGE, -PAGE, MREMAP_MAYMOVE), ENOMEM, EINVAL);
	T_ERR(mremap(p, PAGE, 2 * PAGE, 0), ENOMEM); /* no room: the next page is ours */
	T_ERR(mremap((void *)PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	T_ERR(mremap(p, 100 * PAGE, 101 * PAGE, MREMAP_MAYMOVE), EFAULT); /* longer than it is */
	/* Old size 0 copies a shared mapping; for a private one that is an error. */
	T_ERR(mremap(p, 0, PAGE, MREMAP_MAYMOVE), EINVAL);
	T_EQ(p[0], 1);
	T_EQ(p[3 * PAGE], 4);
	munmap(p, 4 * PAGE);
}

TEST_MAIN
{
	char *p, *q, *r;
	int fd;

	test_errors();
	/* Shorter. */
	p = area(4);
	T_EQ((long)mremap(p, 4 * PAGE, 2 * PAGE, 0), (long)p);
	T_EQ(p[PAGE], 2);
	T_EQ(fault_read(p + 2 * PAGE), SIGSEGV);
	/* Longer, in place: what is new is zero. */
	T_EQ((long)mremap(p, 2 * PAGE, 6 * PAGE, 0), (long)p);
	T_EQ(p[PAGE], 2);
	T_EQ(p[2 * PAGE], 0);
	p[6 * PAGE - 1] = 9;
	/* The same size: nothing. Sizes are rounded up. */
	T_EQ((long)mremap(p, 6 * PAGE, 6 * PAGE - 5, 0), (long)p);
	T_EQ(p[6 * PAGE - 1], 9);
	/* Longer with something in the way: moved, with its content. */
	q = T_OK(mmap(p + 6 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0));
	T_OK(mprotect(q, PAGE, PROT_READ));
	r = T_OK(mremap(p, 6 * PAGE, 12 * PAGE, MREMAP_MAYMOVE));
	T_NE((long)r, (long)p);
	T_EQ(r[0], 1);
	T_EQ(r[PAGE], 2);
	T_EQ(r[6 * PAGE - 1], 9);
	T_EQ(r[11 * PAGE], 0);
	T_EQ(fault_read(p), SIGSEGV);
	munmap(q, PAGE);
	munmap(r, 12 * PAGE);

	/* To a given place, over what is there. */
	p = area(3);
	q = area(5);
	T_EQ((long)mremap(p, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, q + PAGE),
	     (long)(q + PAGE));
	T_EQ(q[0], 1);
	T_EQ(q[PAGE], 1);
	T_EQ(q[2 * PAGE], 2);
	T_EQ(q[3 * PAGE], 3);
	T_EQ(q[4 * PAGE], 5);
	T_EQ(fault_read(p), SIGSEGV);
	munmap(q, 5 * PAGE);
	/* A part of a mapping. */
	p = area(6);
	q = T_OK(mremap(p + 2 * PAGE, PAGE, 4 * PAGE, MREMAP_MAYMOVE));
	T_EQ(q[0], 3);
	T_EQ(q[PAGE], 0);
	T_EQ(fault_read(p + 2 * PAGE), SIGSEGV);
	T_EQ(p[PAGE], 2);
	T_EQ(p[3 * PAGE], 4);
	munmap(p, 6 * PAGE);
	/* MREMAP_DONTUNMAP: the old place stays, empty. */
	p = area(2);
	q = T_OK(mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL));
	T_EQ(q[PAGE], 2);
	T_EQ(p[0], 0);
	T_EQ(p[PAGE], 0);
	T_ERR(mremap(p, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL), EINVAL);
	T_ERR(mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_DONTUNMAP, NULL), EINVAL);
	munmap(p, 2 * PAGE);
	munmap(q, 2 * PAGE);
	/* Shared memory: old size 0 gives a second window. */
	p = T_OK(mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	p[PAGE] = 7;
	q = T_OK(mremap(p, 0, 2 * PAGE, MREMAP_MAYMOVE));
	T_NE((long)p, (long)q);
	T_EQ(q[PAGE], 7);
	q[PAGE] = 8;
	T_EQ(p[PAGE], 8);
	/* A file: the longer window shows the file's next pages. */
	t_write_file("f", "", 0);
	fd = T_OK(open("f", O_RDWR));
	T_OK(ftruncate(fd, 4 * PAGE));
	T_EQ(pwrite(fd, "third", 5, 2 * PAGE), 5);
	p = T_OK(mmap(NULL, PAGE, RW, MAP_SHARED, fd, PAGE));
	p = T_OK(mremap(p, PAGE, 3 * PAGE, MREMAP_MAYMOVE));
	T_MEM(p + PAGE, "third", 5);
	p[2 * PAGE] = 'F';
	T_EQ(pread(fd, q, 1, 3 * PAGE), 1);
	T_EQ(q[0], 'F');
	T_OK(ftruncate(fd, 3 * PAGE));
	T_EQ(fault_read(p + 2 * PAGE), SIGBUS);
	/* Limited by RLIMIT_AS. */
	p = area(2);
	T_CHILD
	{
		struct rlimit limit = {16 << 20, 16 << 20};

		T_OK(setrlimit(RLIMIT_AS, &limit));
		T_ERR(mremap(p, 2 * PAGE, 32 << 20, MREMAP_MAYMOVE), ENOMEM);
	}
	/* Copy on write after a move after fork. */
	p[0] = 1;
	T_CHILD
	{
		q = T_OK(mremap(p, 2 * PAGE, 20 * PAGE, MREMAP_MAYMOVE));
		q[0] = 2;
	}
	T_EQ(p[0], 1);
	/* Much memory, moved often. */
	p = area(64);
	for (size_t n = 65; n < 200; n += 5) {
		p = mremap(p, (n == 65 ? 64 : n - 5) * PAGE, n * PAGE, MREMAP_MAYMOVE);
		if (p == MAP_FAILED || p[63 * PAGE] != 64 || p[(n - 1) * PAGE]) {
			T_TRUE(false);
			break;
		}
	}
}

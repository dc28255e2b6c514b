/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

static long remap(void *p, size_t size, int prot, size_t pgoff, int flags)
{
	return syscall(SYS_remap_file_pages, p, size, prot, pgoff, flags);
}

static void test_order(char *p)
{
	for (int i = 0; i < 4; i++)
		p[i * PAGE] = (char)('a' + i);
	T_OK(remap(p, PAGE, 0, 3, 0));
	T_OK(remap(p + 3 * PAGE, PAGE, 0, 0, MAP_NONBLOCK));
	T_EQ(p[0], 'd');
	T_EQ(p[PAGE], 'b');
	T_EQ(p[3 * PAGE], 'a');
	p[0] = 'D';
	T_OK(remap(p + PAGE, PAGE, 0, 3, 0));
	T_EQ(p[PAGE], 'D');
	/* Back in order, over the seams. */
	T_OK(remap(p, PAGE, 0, 0, 0));
	T_OK(remap(p + PAGE, PAGE, 0, 1, 0));
	T_OK(remap(p + 3 * PAGE, PAGE, 0, 3, 0));
	T_EQ(p[0], 'a');
	T_EQ(p[PAGE], 'b');
	T_OK(remap(p, 3 * PAGE, 0, 1, 0));
	T_EQ(p[0], 'b');
	T_EQ(p[2 * PAGE], 'D');
}

TEST_MAIN
{
	int fd = T_NEED(open("f", O_RDWR | O_CREAT, 0600));
	char *p, *q;

	T_OK(ftruncate(fd, 4 * PAGE));
	p = T_NEED(mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0));
	test_order(p);
	q = T_NEED(mmap(NULL, 4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	test_order(q);
	T_ERR(remap(p, PAGE, PROT_READ, 0, 0), EINVAL);
	T_ERR(remap(p, 0, 0, 0, 0), EINVAL);
	T_ERR(remap(p, 100, 0, 0, 0), EINVAL);
	T_ERR(remap(p, -PAGE, 0, 0, 0), EINVAL);
	T_ERR(remap(p, PAGE, 0, -1, 0), EINVAL);
	T_ERR(remap(NULL, PAGE, 0, 0, 0), EINVAL);
	T_OK(munmap(p + 2 * PAGE, PAGE));
	T_ERR(remap(p, 3 * PAGE, 0, 0, 0), EINVAL);
	q = map_anon(2);
	T_ERR(remap(q, PAGE, 0, 1, 0), EINVAL); /* private */
	q = T_NEED(mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0));
	T_ERR(remap(q, PAGE, 0, 1, 0), EINVAL);
	/* The protection stays. */
	q = T_NEED(mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	T_OK(remap(q, PAGE, 0, 1, 0));
	T_ERR(pread(fd, q, 1, 0), EFAULT);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "fault.h"

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)

TEST_MAIN
{
	char *p = T_NEED(mmap(NULL, 8 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)), *q;
	int fd;

	memset(p, 1, 8 * PAGE);
	T_ERR(mprotect(p + 1, PAGE, PROT_READ), EINVAL);
	T_ERR(mprotect(p, PAGE, 0x40000000), EINVAL);
	T_ERR(mprotect(p, PAGE, PROT_READ | 0x100), EINVAL);
	T_ERR(mprotect(p, PAGE, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP), EINVAL);
	T_ERR(mprotect(p, PAGE, PROT_READ | PROT_GROWSDOWN), EINVAL); /* not such a mapping */
	T_OK(mprotect(p, 0, PROT_NONE));			      /* nothing */
	T_EQ(fault_write(p), 0);
	T_ERR(mprotect((void *)16, 0, PROT_NONE), EINVAL);
	T_ERR(mprotect((void *)PAGE, PAGE, PROT_READ), ENOMEM);
	T_ERR(mprotect((void *)0xffffffff81000000, PAGE, PROT_READ), ENOMEM);
	T_ERR(mprotect(p, -PAGE, PROT_READ), ENOMEM);

	T_OK(mprotect(p + 2 * PAGE, 2 * PAGE, PROT_READ));
	T_FAULT(fault_write_fn, p + 2 * PAGE, SIGSEGV, SEGV_ACCERR, (uintptr_t)p + 2 * PAGE);
	T_EQ(fault_read(p + 3 * PAGE), 0);
	T_EQ(fault_write(p + PAGE), 0);
	T_EQ(fault_write(p + 4 * PAGE), 0);
	T_OK(mprotect(p + 3 * PAGE, 1, PROT_NONE)); /* rounded up */
	T_FAULT(fault_read_fn, p + 4 * PAGE - 1, SIGSEGV, SEGV_ACCERR, (uintptr_t)p + 4 * PAGE - 1);
	T_OK(mprotect(p, 8 * PAGE, RW));
	T_EQ(p[2 * PAGE], 1);
	T_EQ(p[3 * PAGE], 1);
	T_EQ(fault_write(p + 3 * PAGE), 0);
	/* A hole in the range: what is before it has changed. */
	T_OK(munmap(p + 5 * PAGE, PAGE));
	T_ERR(mprotect(p + 4 * PAGE, 4 * PAGE, PROT_READ), ENOMEM);
	T_EQ(fault_write(p + 4 * PAGE), SIGSEGV);
	T_EQ(fault_write(p + 6 * PAGE), 0);
	/* The kernel obeys it as well. */
	T_OK(mprotect(p, PAGE, PROT_READ));
	fd = T_OK(open("/dev/zero", O_RDONLY));
	T_ERR(read(fd, p, 1), EFAULT);
	T_OK(mprotect(p, PAGE, PROT_NONE));
	T_ERR(write(STDOUT_FILENO, p, 1), EFAULT);
	/* Untouched zero pages: read first, then written. */
	q = T_OK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	T_EQ(q[0], 0);
	T_OK(mprotect(q, PAGE, RW));
	q[0] = 1;
	/* A shared mapping of a file that is open for reading cannot become writable. */
	t_write_file("f", "data", 4);
	fd = T_OK(open("f", O_RDONLY));
	q = T_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));
	T_ERR(mprotect(q, PAGE, RW), EACCES);
	T_EQ(fault_write(q), SIGSEGV);
	q = T_OK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
	T_OK(mprotect(q, PAGE, RW));
	q[0] = 'D';
	T_EQ(pread(fd, p + 4 * PAGE, 1, 0) == -1 ? errno : 0, EFAULT);
	T_OK(mprotect(p + 4 * PAGE, PAGE, RW));
	T_EQ(pread(fd, p + 4 * PAGE, 1, 0), 1);
	T_EQ(p[4 * PAGE], 'd');
	/* After fork: the parent's protection is its own, and copy on write survives it. */
	T_CHILD
	{
		T_OK(mprotect(p + 4 * PAGE, PAGE, PROT_READ));
		T_OK(mprotect(p + 4 * PAGE, PAGE, RW));
		p[4 * PAGE] = 'c';
	}
	T_EQ(p[4 * PAGE], 'd');
	T_EQ(fault_write(p + 4 * PAGE), 0);
	/* PROT_GROWSDOWN reaches down to the start of the stack. */
	q = T_OK(mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0));
	T_OK(mprotect(q + 2 * PAGE, PAGE, PROT_READ | PROT_GROWSDOWN));
	T_EQ(fault_write(q), SIGSEGV);
	T_EQ(fault_write(q + 3 * PAGE), 0);
}

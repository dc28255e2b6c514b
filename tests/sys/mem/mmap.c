/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "fault.h"

#define PAGE 4096UL
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW   (PROT_READ | PROT_WRITE)

static char *map(size_t len, int prot, int flags, int fd, off_t off)
{
	return mmap(NULL, len, prot, flags, fd, off);
}

static int fd_rw, fd_ro, fd_wo;

static void test_errors(void)
{
	int pipe_fds[2], dir = T_OK(open(".", O_RDONLY)), path = T_OK(open("f", O_PATH));

	T_NEED(pipe(pipe_fds));
	T_ERR(map(0, RW, ANON, -1, 0), EINVAL);
	T_ERR(map(PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL); /* neither shared nor private */
	T_ERR(map(PAGE, RW, 0x0c | MAP_ANONYMOUS, -1, 0), EINVAL);
	T_ERR(map(PAGE, PROT_READ, MAP_PRIVATE, fd_rw, 1), EINVAL);
	T_ERR(map(PAGE, PROT_READ, MAP_PRIVATE, fd_rw, -1), EINVAL);
	T_ERR(syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1), EINVAL);
	T_ERR(map(PAGE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
	T_ERR(map(PAGE, PROT_READ, MAP_PRIVATE, 999, 0), EBADF);
	T_ERR(map(PAGE, PROT_READ, MAP_PRIVATE, path, 0), EBADF);
	T_ERR(map(PAGE, PROT_READ, MAP_PRIVATE, fd_wo, 0), EACCES);
	T_ERR(map(PAGE, PROT_READ, MAP_SHARED, fd_wo, 0), EACCES);
	T_ERR(map(PAGE, PROT_NONE, MAP_PRIVATE, fd_wo, 0), EACCES);
	T_ERR(map(PAGE, RW, MAP_SHARED, fd_ro, 0), EACCES);
	T_ERR(map(PAGE, PROT_READ, MAP_PRIVATE, pipe_fds[0], 0), ENODEV);
	T_ERR(map(PAGE, PROT_READ, MAP_PRIVATE, dir, 0), ENODEV);
	T_ERR(map(0x7ffffffff000, RW, ANON, -1, 0), ENOMEM);
	T_ERR(map(1UL << 48, RW, ANON, -1, 0), ENOMEM);
	T_ERR(map(-1UL, RW, ANON, -1, 0), ENOMEM);
	T_ERR(map(-PAGE, RW, ANON, -1, 0), ENOMEM);
	T_ERR(map(2 * PAGE, PROT_READ, MAP_PRIVATE, fd_rw, 0x7ffffffffffff000), EOVERFLOW);
	/* Fixed places. */
	T_ERR(mmap((void *)0x12345, PAGE, RW, ANON | MAP_FIXED, -1, 0), EINVAL);
	T_ERR(mmap((void *)0x7ffffffff000, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	T_ERR(mmap((void *)0xffffffff81000000, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	T_ERR(mmap((void *)0x7fffffffe000, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	/* MAP_SHARED_VALIDATE looks at the flags, the others do not. */
	T_ERR(map(PAGE, PROT_READ, MAP_SHARED_VALIDATE | 0x400000, fd_rw, 0), EOPNOTSUPP);
	T_OK(munmap(T_OK(map(PAGE, PROT_READ, MAP_SHARED_VALIDATE, fd_rw, 0)), PAGE));
	T_OK(munmap(T_OK(map(PAGE, PROT_READ, MAP_SHARED | 0x400000, fd_rw, 0)), PAGE));
	T_OK(munmap(T_OK(map(PAGE, RW, MAP_PRIVATE, fd_ro, 0)), PAGE));
	close(dir);
	close(path);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(mmap(NULL, PAGE, RW, ANON | MAP_FIXED, -1, 0), EPERM);
			/* A hint below the least address is raised to it. */
			T_CMP((uintptr_t)mmap((void *)PAGE, PAGE, RW, ANON, -1, 0), >=, 65536);
		}
}

static void test_anonymous(void)
{
	char *p = T_NEED(map(10 * PAGE, RW, ANON, -1, 0)), *q;

	T_EQ((uintptr_t)p & (PAGE - 1), 0);
	for (size_t i = 0; i < 10 * PAGE; i += 512)
		if (p[i])
			T_EQ(p[i], 0);
	memset(p, 3, 10 * PAGE);
	/* Lengths are rounded up. */
	q = T_OK(map(1, RW, ANON, -1, 0));
	q[PAGE - 1] = 1;
	T_OK(munmap(q, 1));
	T_EQ(fault_read(q), SIGSEGV);
	/* Fixed: what was there goes. */
	T_EQ((long)mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0), (long)(p + PAGE));
	T_EQ(p[PAGE], 0);
	T_EQ(p[PAGE - 1], 3);
	T_EQ(p[2 * PAGE], 3);
	T_ERR(mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	T_ERR(mmap(p - PAGE, 3 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	T_OK(munmap(p + PAGE, PAGE));
	T_EQ((long)mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), (long)(p + PAGE));
	/* A hint that is free is taken, one that is not gives another place. */
	T_OK(munmap(p + PAGE, PAGE));
	T_EQ((long)mmap(p + PAGE, PAGE, RW, ANON, -1, 0), (long)(p + PAGE));
	q = T_OK(mmap(p + PAGE, PAGE, RW, ANON, -1, 0));
	T_NE((long)q, (long)(p + PAGE));
	/* A hint need not be aligned. */
	T_OK(munmap(p + PAGE, PAGE));
	T_EQ((long)mmap(p + PAGE + 77, PAGE, RW, ANON, -1, 0), (long)(p + PAGE));
	/* MAP_POPULATE, MAP_NORESERVE, MAP_STACK, MAP_LOCKED-free flags are accepted. */
	q = T_OK(map(4 * PAGE, RW, ANON | MAP_POPULATE | MAP_NORESERVE | MAP_STACK, -1, 0));
	{
		unsigned char in_core[4] = {0};

		T_OK(mincore(q, 4 * PAGE, in_core));
		T_EQ(in_core[0] & in_core[3] & 1, 1);
	}
	/* MAP_32BIT: below 2 GiB. */
	q = T_OK(map(PAGE, RW, ANON | MAP_32BIT, -1, 0));
	T_CMP((uintptr_t)q, <, 0x80000000UL);
	/* Shared anonymous memory is the child's too. */
	q = T_OK(map(PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	q[5] = 1;
	T_CHILD
	{
		T_EQ(q[5], 1);
		q[5] = 2;
	}
	T_EQ(q[5], 2);
	/* Promises: private and writable memory beyond what there is, refused; anything else,
	 * granted. */
	T_ERR(map(1UL << 46, RW, ANON, -1, 0), ENOMEM);
	q = T_OK(map(1UL << 44, PROT_NONE, ANON, -1, 0));
	T_OK(munmap(q, 1UL << 44));
	q = T_OK(map(1UL << 44, PROT_READ, ANON, -1, 0));
	T_ERR(mprotect(q, 1UL << 44, RW), ENOMEM);
	T_OK(munmap(q, 1UL << 44));
	T_ERR(map(1UL << 46, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), ENOMEM);
	q = T_OK(map(1UL << 44, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
	T_OK(munmap(q, 1UL << 44));
	/* Huge pages: sizes that do not exist, and none to be had. */
	T_ERR(map(1UL << 21, RW, ANON | MAP_HUGETLB | 5 << MAP_HUGE_SHIFT, -1, 0), EINVAL);
	T_ERR(map(1UL << 21, RW, ANON | MAP_HUGETLB, -1, 0), ENOMEM);
	T_ERR(map(1UL << 21, RW, ANON | MAP_HUGETLB | 21 << MAP_HUGE_SHIFT, -1, 0), ENOMEM);
	T_ERR(map(1UL << 21, RW, MAP_PRIVATE | MAP_HUGETLB, fd_rw, 0), EINVAL);
	/* A large one costs nothing until touched. */
	q = T_OK(map(1UL << 44, RW, ANON | MAP_NORESERVE, -1, 0));
	q[(1UL << 44) - 1] = 1;
	q[1UL << 43] = 1;
	T_EQ(q[1UL << 42], 0);
	T_OK(munmap(q, 1UL << 44));
}

static void test_protection(void)
{
	char *p = T_NEED(map(PAGE, PROT_NONE, ANON, -1, 0));

	T_FAULT(fault_read_fn, p, SIGSEGV, SEGV_ACCERR, (uintptr_t)p);
	T_FAULT(fault_write_fn, p + 7, SIGSEGV, SEGV_ACCERR, (uintptr_t)p + 7);
	T_ERR(write(STDOUT_FILENO, p, 1), EFAULT);
	T_OK(munmap(p, PAGE));
	T_FAULT(fault_read_fn, p, SIGSEGV, SEGV_MAPERR, (uintptr_t)p);
	p = T_OK(map(PAGE, PROT_READ, ANON, -1, 0));
	T_EQ(fault_read(p), 0);
	T_FAULT(fault_write_fn, p, SIGSEGV, SEGV_ACCERR, (uintptr_t)p);
	T_EQ(pwrite(fd_rw, "x", 1, 0), 1);
	T_ERR(pread(fd_rw, p, 1, 0), EFAULT);
	T_FAULT(fault_call_fn, p, SIGSEGV, SEGV_ACCERR, (uintptr_t)p);
	/* x86 cannot write without reading. */
	p = T_OK(map(PAGE, PROT_WRITE, ANON, -1, 0));
	T_EQ(fault_write(p), 0);
	T_EQ(fault_read(p), 0);
	/* Code: written, made executable, called. */
	p = T_OK(map(PAGE, RW | PROT_EXEC, ANON, -1, 0));
	p[0] = (char)0xc3;
	T_EQ(fault_call(p), 0);
	p = T_OK(map(PAGE, RW, ANON, -1, 0));
	p[0] = (char)0xc3;
	T_EQ(fault_call(p), SIGSEGV);
	T_OK(mprotect(p, PAGE, PROT_READ | PROT_EXEC));
	T_EQ(fault_call(p), 0);
	T_EQ(fault_write(p), SIGSEGV);
}

static void test_files(void)
{
	static char buf[3 * PAGE];
	char *shared, *private, *p;
	struct stat st;

	T_OK(ftruncate(fd_rw, PAGE + 100));
	T_EQ(pwrite(fd_rw, "hello", 5, 0), 5);
	shared = T_NEED(map(2 * PAGE, RW, MAP_SHARED, fd_rw, 0));
	private = T_NEED(map(2 * PAGE, RW, MAP_PRIVATE, fd_rw, 0));
	T_MEM(shared, "hello", 6);
	T_MEM(private, "hello", 6);
	/* Shared memory and read/write are one page cache. */
	memcpy(shared, "HELLO", 5);
	T_EQ(pread(fd_rw, buf, 5, 0), 5);
	T_MEM(buf, "HELLO", 5);
	T_EQ(pwrite(fd_rw, "again", 5, 10), 5);
	T_MEM(shared + 10, "again", 5);
	/* Private changes stay private; an untouched page shows the file. */
	T_MEM(private + 10, "again", 5);
	private[0] = 'x';
	T_EQ(shared[0], 'H');
	T_EQ(pread(fd_rw, buf, 1, 0), 1);
	T_EQ(buf[0], 'H');
	shared[20] = 'n';
	T_EQ(private[0], 'x');
	/* Behind the end of the file the page is zero, and does not reach the file. */
	T_EQ(shared[PAGE + 100], 0);
	shared[PAGE + 100] = 'y';
	T_OK(msync(shared, 2 * PAGE, MS_SYNC));
	T_OK(fstat(fd_rw, &st));
	T_EQ(st.st_size, PAGE + 100);
	/* A page beyond: SIGBUS. */
	T_OK(ftruncate(fd_rw, 100));
	T_FAULT(fault_read_fn, shared + PAGE, SIGBUS, BUS_ADRERR, (uintptr_t)shared + PAGE);
	T_FAULT(fault_write_fn, shared + PAGE + 9, SIGBUS, BUS_ADRERR,
		(uintptr_t)shared + PAGE + 9);
	T_FAULT(fault_read_fn, private + PAGE, SIGBUS, BUS_ADRERR, (uintptr_t) private + PAGE);
	T_ERR(write(STDOUT_FILENO, shared + PAGE, 1), EFAULT);
	T_EQ(fault_read(shared + 200), 0);
	T_OK(ftruncate(fd_rw, 2 * PAGE));
	T_EQ(shared[PAGE + 9], 0);
	/* The mapping outlives the descriptor, and the name. */
	T_CHILD
	{
		int fd = T_OK(open("g", O_RDWR | O_CREAT, 0600));

		T_EQ(write(fd, "data", 4), 4);
		p = T_OK(map(PAGE, RW, MAP_SHARED, fd, 0));
		T_OK(close(fd));
		T_OK(unlink("g"));
		T_MEM(p, "data", 5);
		p[0] = 'D';
		T_CHILD
		{
			T_MEM(p, "Data", 5);
		}
	}
	/* An offset; a file that is its own page twice. */
	T_EQ(pwrite(fd_rw, "second", 6, PAGE), 6);
	p = T_OK(map(PAGE, PROT_READ, MAP_SHARED, fd_ro, PAGE));
	T_MEM(p, "second", 6);
	shared[PAGE] = 'S';
	T_EQ(p[0], 'S');
	/* Another process sees the change. */
	T_CHILD
	{
		T_EQ(shared[PAGE], 'S');
		shared[PAGE] = 'C';
		private[1] = 'C';
	}
	T_EQ(shared[PAGE], 'C');
	T_EQ(private[1], 'E');
	T_OK(munmap(shared, 2 * PAGE));
	T_OK(munmap(private, 2 * PAGE));
	/* read() into a mapping of the same file. */
	p = T_OK(map(2 * PAGE, RW, MAP_SHARED, fd_rw, 0));
	T_EQ(pread(fd_rw, p, 6, PAGE), 6);
	T_MEM(p, "Cecond", 6);
}

static void test_devices(void)
{
	int fd = T_OK(open("/dev/zero", O_RDWR));
	char *p = T_OK(map(2 * PAGE, RW, MAP_PRIVATE, fd, 0));

	T_EQ(p[PAGE], 0);
	p[PAGE] = 1;
	T_EQ(p[PAGE], 1);
	p = T_OK(map(PAGE, RW, MAP_SHARED, fd, 0));
	T_CHILD
	{
		p[0] = 5;
	}
	T_EQ(p[0], 5);
	close(fd);
	fd = T_OK(open("/dev/null", O_RDWR));
	T_ERR(map(PAGE, PROT_READ, MAP_PRIVATE, fd, 0), ENODEV);
	close(fd);
}

/* MAP_GROWSDOWN and the main stack: they grow when touched, up to the limit. */
static void grow(void *arg)
{
	volatile char *p = __builtin_frame_address(0);
	size_t size = (size_t)arg;

	for (size_t i = 0; i < size; i += PAGE)
		p[-(long)i] = 1;
}

static void test_stack(void)
{
	char *p;

	T_EQ(fault_of(grow, (void *)(1UL << 20)).sig, 0);
	T_CHILD
	{
		struct rlimit limit = {256 << 10, 256 << 10};

		/* 1 MiB is there already; further is over the new limit. */
		T_OK(setrlimit(RLIMIT_STACK, &limit));
		T_EQ(fault_of(grow, (void *)(4UL << 20)).sig, SIGSEGV);
	}
	p = T_OK(map(64 * PAGE, RW, ANON, -1, 0));
	T_OK(munmap(p, 64 * PAGE));
	T_EQ((long)mmap(p + 62 * PAGE, 2 * PAGE, RW, ANON | MAP_FIXED | MAP_GROWSDOWN, -1, 0),
	     (long)(p + 62 * PAGE));
	p[61 * PAGE] = 1;
	p[60 * PAGE] = 1;
	T_EQ(p[61 * PAGE], 1);
	T_EQ(fault_write((char *)p + 62 * PAGE), 0);
}

/* After fork each side writes its own copy, whichever writes first. */
static void test_cow(void)
{
	size_t len = 256 * PAGE;
	unsigned char *p = T_NEED((unsigned char *)map(len, RW, ANON, -1, 0));
	pid_t pids[3];

	for (size_t i = 0; i < len; i += PAGE)
		p[i] = (unsigned char)(i / PAGE);
	for (int n = 0; n < 3; n++) {
		pids[n] = T_NEED(fork());
		if (!pids[n]) {
			for (size_t i = 0; i < len; i += PAGE) {
				if (p[i] != (unsigned char)(i / PAGE))
					_exit(1);
				p[i] = (unsigned char)(n + 100);
			}
			for (size_t i = 0; i < len; i += PAGE)
				if (p[i] != n + 100)
					_exit(2);
			_exit(0);
		}
	}
	for (int n = 0; n < 3; n++)
		T_WAIT(pids[n], 0);
	for (size_t i = 0; i < len; i += PAGE)
		if (p[i] != (unsigned char)(i / PAGE))
			T_EQ(p[i], i / PAGE);
	/* The kernel's own writes copy too. */
	T_EQ(pwrite(fd_rw, "kernel", 6, 0), 6);
	T_CHILD
	{
		T_EQ(pread(fd_rw, p, 6, 0), 6);
		T_MEM(p, "kernel", 6);
	}
	T_EQ(p[0], 0);
}

TEST_MAIN
{
	t_write_file("f", "", 0);
	fd_rw = T_NEED(open("f", O_RDWR));
	fd_ro = T_NEED(open("f", O_RDONLY));
	fd_wo = T_NEED(open("f", O_WRONLY));
	test_errors();
	test_anonymous();
	test_protection();
	test_files();
	test_devices();
	test_stack();
	test_cow();
}

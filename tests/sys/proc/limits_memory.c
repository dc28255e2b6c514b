/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of memory at work, getrlimit(2): AS, DATA, STACK, MEMLOCK, and RSS, which limits nothing.
 */
#include "test.h"

#include <sys/shm.h>

#include "fault.h"

#define PAGE 4096UL
#define MB   (1UL << 20)

static void set(int which, rlim_t soft, rlim_t hard)
{
	struct rlimit limit = {soft, hard};

	T_OK(setrlimit(which, &limit));
}

static void *map(size_t size, int prot, int flags)
{
	return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static void test_as(void)
{
	T_CHILD
	{
		char *p = T_OK(map(MB, PROT_READ | PROT_WRITE, 0));
		int id = T_OK(shmget(IPC_PRIVATE, 128 * MB, IPC_CREAT | 0600));

		set(RLIMIT_AS, 64 * MB, 64 * MB);
		T_ERR(mremap(p, MB, 128 * MB, MREMAP_MAYMOVE), ENOMEM);
		T_EQ(mremap(p, MB, MB / 2, 0), p);
		T_ERR(shmat(id, NULL, 0), ENOMEM);
		T_OK(shmctl(id, IPC_RMID, NULL));
		/* What replaces a mapping does not count twice. */
		p = T_OK(map(40 * MB, PROT_NONE, 0));
		T_OK(mmap(p, 40 * MB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
		T_OK(munmap(p, 40 * MB));
		/* The soft limit is what counts, and may be raised to the hard one. */
		set(RLIMIT_AS, 32 * MB, 64 * MB);
		T_ERR(map(40 * MB, PROT_NONE, 0), ENOMEM);
		set(RLIMIT_AS, 64 * MB, 64 * MB);
		T_OK(map(40 * MB, PROT_NONE, 0));
	}
}

static void grow(void *size)
{
	volatile char *p = __builtin_frame_address(0);

	for (size_t i = 0; i < (size_t)size; i += PAGE)
		p[-(long)i] = 1;
}

static void test_data(void)
{
	T_CHILD
	{
		char *p = T_OK(map(MB, PROT_READ | PROT_WRITE, 0));
		char *old = sbrk(0);

		set(RLIMIT_DATA, 16 * MB, 16 * MB);
		T_ERR(mremap(p, MB, 32 * MB, MREMAP_MAYMOVE), ENOMEM);
		T_EQ(syscall(SYS_brk, old + 32 * MB), old);
		T_EQ(syscall(SYS_brk, old + MB), old + MB);
		T_EQ(syscall(SYS_brk, old), old);
		set(RLIMIT_DATA, 0, 16 * MB);
		T_EQ(syscall(SYS_brk, old + PAGE), old);
		/* Valgrind sets 0 and wants to map: the hard limit counts then. */
		T_OK(map(PAGE, PROT_READ | PROT_WRITE, 0));
		T_ERR(map(17 * MB, PROT_READ | PROT_WRITE, 0), ENOMEM);
		set(RLIMIT_DATA, 0, 0);
		T_ERR(map(PAGE, PROT_READ | PROT_WRITE, 0), ENOMEM);
		/* Neither code nor stack nor what cannot be written. */
		T_OK(map(PAGE, PROT_READ | PROT_EXEC, 0));
		grow((void *)(256UL << 10));
	}
}

/* The status of executing ourselves with `n` arguments of 100 KiB; 200 + errno when it fails. */
static int run_with_args(int n, rlim_t stack)
{
	static char arg[100 << 10];
	char *argv[80] = {"x"}, *envp[] = {"LIMITS_CHILD=1", NULL};
	int status;
	pid_t pid;

	memset(arg, 'a', sizeof(arg) - 1);
	for (int i = 1; i <= n; i++)
		argv[i] = arg;
	pid = T_NEED(fork());
	if (!pid) {
		struct rlimit limit = {stack, RLIM_INFINITY};

		setrlimit(RLIMIT_STACK, &limit);
		execve("/proc/self/exe", argv, envp);
		_exit(100 + errno);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -status;
}

static void test_stack(void)
{
	struct fault f;

	/* Arguments and environment: a quarter of the limit, at least 128 KiB, at most 6 MiB. */
	T_EQ(run_with_args(9, 4 * MB), 0);
	T_EQ(run_with_args(12, 4 * MB), 100 + E2BIG);
	T_EQ(run_with_args(1, 128 << 10), 0);
	T_EQ(run_with_args(2, 128 << 10), 100 + E2BIG);
	T_EQ(run_with_args(59, RLIM_INFINITY), 0);
	T_EQ(run_with_args(63, RLIM_INFINITY), 100 + E2BIG);
	T_CHILD
	{
		set(RLIMIT_STACK, MB, 8 * MB);
		f = fault_of(grow, (void *)(MB / 2));
		T_EQ(f.sig, 0);
		f = fault_of(grow, (void *)(2 * MB));
		T_EQ(f.sig, SIGSEGV);
		T_EQ(f.code, SEGV_MAPERR);
		set(RLIMIT_STACK, 4 * MB, 8 * MB);
		f = fault_of(grow, (void *)(2 * MB));
		T_EQ(f.sig, 0);
		/* The stack counts in RLIMIT_AS, too. */
		set(RLIMIT_STACK, 8 * MB, 8 * MB);
		set(RLIMIT_AS, PAGE, RLIM_INFINITY);
		f = fault_of(grow, (void *)(4 * MB));
		T_EQ(f.sig, SIGSEGV);
	}
	/* Without a signal stack there is no way to tell it. */
	T_CHILD_STATUS(SIGSEGV)
	{
		signal(SIGSEGV, SIG_IGN);
		set(RLIMIT_STACK, MB, MB);
		grow((void *)(2 * MB));
	}
}

static void test_memlock(void)
{
	T_AS_USER
	{
		char *p, *q;
		int id;

		set(RLIMIT_MEMLOCK, 4 * PAGE, 4 * PAGE);
		p = T_OK(map(8 * PAGE, PROT_READ | PROT_WRITE, 0));
		T_ERR(mlock(p, 8 * PAGE), ENOMEM);
		T_OK(mlock(p, 3 * PAGE));
		T_OK(mlock(p, 4 * PAGE)); /* what is locked already counts once */
		T_ERR(mlock(p + 4 * PAGE, PAGE), ENOMEM);
		T_ERR(map(PAGE, PROT_READ, MAP_LOCKED), EAGAIN);
		T_ERR(mlockall(MCL_CURRENT), ENOMEM);
		T_OK(munlock(p, 8 * PAGE));
		q = T_OK(map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_LOCKED));
		T_ERR2(mremap(q, 4 * PAGE, 5 * PAGE, MREMAP_MAYMOVE), EAGAIN, ENOMEM);
		T_OK(munmap(q, 4 * PAGE));
		/* System V segments: an account of the user, not of the process. */
		id = T_OK(shmget(IPC_PRIVATE, 8 * PAGE, IPC_CREAT | 0600));
		T_ERR(shmctl(id, SHM_LOCK, NULL), ENOMEM);
		T_OK(shmctl(id, IPC_RMID, NULL));
		id = T_OK(shmget(IPC_PRIVATE, 4 * PAGE, IPC_CREAT | 0600));
		T_OK(shmctl(id, SHM_LOCK, NULL));
		T_OK(shmctl(id, SHM_UNLOCK, NULL));
		T_OK(shmctl(id, SHM_LOCK, NULL));
		T_OK(shmctl(id, IPC_RMID, NULL)); /* gives back what was locked */
		id = T_OK(shmget(IPC_PRIVATE, 4 * PAGE, IPC_CREAT | 0600));
		T_OK(shmctl(id, SHM_LOCK, NULL));
		T_OK(shmctl(id, IPC_RMID, NULL));
		T_OK(mlockall(MCL_FUTURE));
		T_ERR(map(8 * PAGE, PROT_READ | PROT_WRITE, 0), EAGAIN);
		T_OK(munlockall());
		set(RLIMIT_MEMLOCK, 0, 0);
		T_ERR(mlock(p, PAGE), EPERM);
		T_ERR(mlockall(MCL_CURRENT), EPERM);
		T_ERR(map(PAGE, PROT_READ, MAP_LOCKED), EPERM);
		T_ERR(shmctl(T_OK(id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600)), SHM_LOCK,
			     NULL),
		      EPERM);
		T_OK(shmctl(id, IPC_RMID, NULL));
	}
}

static void test_rss(void)
{
	T_CHILD
	{
		char *p;

		set(RLIMIT_RSS, PAGE, PAGE);
		p = T_OK(map(4 * MB, PROT_READ | PROT_WRITE, MAP_POPULATE));
		memset(p, 1, 4 * MB);
	}
}

/* Executed by run_with_args(). */
__attribute__((constructor)) static void leave(void)
{
	if (getenv("LIMITS_CHILD"))
		_exit(0);
}

TEST_MAIN
{
	test_as();
	test_data();
	test_stack();
	test_memlock();
	test_rss();
}

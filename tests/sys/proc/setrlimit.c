/* SPDX-License-Identifier: Apache-2.0 */
/* Setting limits, and each limit at work. */
#include "test.h"

#include <poll.h>
#include <sched.h>
#include <sys/time.h>

#include "fault.h"

#define PAGE 4096UL

static volatile int xcpu, xfsz;

static void on_xcpu(int sig)
{
	(void)sig;
	xcpu++;
}

static void on_xfsz(int sig)
{
	(void)sig;
	xfsz++;
}

static void set(int which, rlim_t soft, rlim_t hard)
{
	struct rlimit limit = {soft, hard};

	T_OK(setrlimit(which, &limit));
}

static void test_call(void)
{
	struct rlimit limit = {10, 5}, now;

	T_ERR(syscall(SYS_setrlimit, RLIMIT_NOFILE, &limit), EINVAL);
	limit = (struct rlimit){1, 1};
	T_ERR(syscall(SYS_setrlimit, RLIM_NLIMITS, &limit), EINVAL);
	T_ERR(syscall(SYS_setrlimit, -1, &limit), EINVAL);
	T_EFAULT_NULL(p, syscall(SYS_setrlimit, RLIMIT_NOFILE, p));
	T_CHILD
	{
		set(RLIMIT_CORE, 1000, 2000);
		T_OK(getrlimit(RLIMIT_CORE, &now));
		T_EQ(now.rlim_cur, 1000);
		T_EQ(now.rlim_max, 2000);
		set(RLIMIT_CORE, 2000, 2000);
		set(RLIMIT_CORE, 0, 2000);
	}
	/* The hard limit only goes down for those without privilege. */
	T_AS_USER
	{
		set(RLIMIT_CORE, 1000, 2000);
		limit = (struct rlimit){1000, 3000};
		T_ERR(setrlimit(RLIMIT_CORE, &limit), EPERM);
		limit = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
		T_ERR(setrlimit(RLIMIT_CORE, &limit), EPERM);
		limit = (struct rlimit){2500, 2000};
		T_ERR(setrlimit(RLIMIT_CORE, &limit), EINVAL);
		set(RLIMIT_CORE, 2000, 2000);
		set(RLIMIT_CORE, 500, 500);
		limit = (struct rlimit){500, 501};
		T_ERR(setrlimit(RLIMIT_CORE, &limit), EPERM);
	}
	/* Above the system's own maximum of descriptors, also for root. */
	limit = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
	T_CHILD
	{
		T_ERR(setrlimit(RLIMIT_NOFILE, &limit), EPERM);
	}
}

static void test_files(void)
{
	T_CHILD
	{
		int fds[2], fd;

		set(RLIMIT_NOFILE, 20, 20);
		while ((fd = dup(0)) >= 0)
			;
		T_ERR(dup(0), EMFILE);
		T_ERR(open("/dev/null", O_RDONLY), EMFILE);
		T_ERR(pipe(fds), EMFILE);
		T_OK(close(19));
		T_EQ(dup(0), 19);
		T_ERR(dup2(0, 20), EBADF);
		T_ERR(dup3(0, 25, 0), EBADF);
		T_ERR(fcntl(0, F_DUPFD, 20), EINVAL);
		T_OK(close(18));
		T_ERR(pipe(fds), EMFILE); /* room for one end only */
		T_EQ(dup(0), 18);	  /* and nothing was left behind */
		/* What is open above a lowered limit stays open. */
		set(RLIMIT_NOFILE, 5, 5);
		T_OK(fcntl(19, F_GETFD));
		{
			struct pollfd pfds[6];

			memset(pfds, -1, sizeof(pfds));
			T_ERR(poll(pfds, 6, 0), EINVAL);
		}
	}
}

static void test_processes(void)
{
	if (!t_is_root()) {
		T_SKIP_ONE("needs root");
		return;
	}
	T_CHILD
	{
		int count = 0;
		pid_t pids[8];

		set(RLIMIT_NPROC, 4, 4);
		T_OK(syscall(SYS_setresuid, 54321, 54321, 54321));
		while (count < 8 && (pids[count] = fork()) > 0)
			count++;
		if (count < 8 && !pids[count])
			for (;;)
				pause();
		T_EQ(count, 3);
		T_ERR(fork(), EAGAIN);
		T_OK(kill(pids[0], SIGKILL));
		T_WAIT(pids[0], SIGKILL);
		pids[0] = T_OK(fork());
		if (!pids[0])
			_exit(0);
		T_WAIT(pids[0], 0);
		for (int i = 1; i < count; i++) {
			T_OK(kill(pids[i], SIGKILL));
			T_WAIT(pids[i], SIGKILL);
		}
	}
	/* Root is not limited. */
	T_CHILD
	{
		pid_t pid;

		set(RLIMIT_NPROC, 1, 1);
		pid = T_OK(fork());
		if (!pid)
			_exit(0);
		T_WAIT(pid, 0);
	}
}

static void test_file_size(void)
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));
	char buf[200];

	memset(buf, 1, sizeof(buf));
	T_CHILD
	{
		signal(SIGXFSZ, on_xfsz);
		set(RLIMIT_FSIZE, 100, 1000);
		T_EQ(write(fd, buf, 60), 60);
		T_EQ(write(fd, buf, 60), 40); /* as much as fits */
		T_EQ(xfsz, 0);
		T_ERR(write(fd, buf, 1), EFBIG);
		T_EQ(xfsz, 1);
		T_ERR(pwrite(fd, buf, 1, 100), EFBIG);
		T_ERR(pwrite(fd, buf, 1, 5000), EFBIG);
		T_EQ(xfsz, 3);
		T_EQ(pwrite(fd, buf, 10, 0), 10);
		T_ERR(ftruncate(fd, 101), EFBIG);
		T_ERR(truncate("f", 101), EFBIG);
		T_EQ(xfsz, 5);
		T_OK(ftruncate(fd, 100));
		T_EQ(write(fd, buf, 0), 0);
		signal(SIGXFSZ, SIG_IGN);
		T_ERR(write(fd, buf, 1), EFBIG);
	}
	T_CHILD_STATUS(SIGXFSZ)
	{
		set(RLIMIT_FSIZE, 100, 1000);
		T_EQ(pwrite(fd, buf, 1, 500), -1);
	}
	/* Pipes and devices have no size. */
	T_CHILD
	{
		int fds[2];

		set(RLIMIT_FSIZE, 0, 0);
		T_OK(pipe(fds));
		T_EQ(write(fds[1], buf, 100), 100);
	}
	T_OK(close(fd));
}

static void test_memory(void)
{
	T_CHILD
	{
		char *p;
		unsigned long brk0;

		set(RLIMIT_AS, 64 << 20, 64 << 20);
		T_ERR(mmap(NULL, 128 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
		T_ERR(mmap(NULL, 128 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
		p = T_OK(mmap(NULL, 16 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
		T_OK(munmap(p, 16 << 20));
		brk0 = (unsigned long)syscall(SYS_brk, 0);
		T_EQ(syscall(SYS_brk, brk0 + (128 << 20)), brk0);
	}
	T_CHILD
	{
		char *p;

		set(RLIMIT_DATA, 16 << 20, 16 << 20);
		/* Private writable memory counts ... */
		T_ERR(mmap(NULL, 32 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0),
		      ENOMEM);
		/* ... what is read-only or shared does not, until it is made writable. */
		p = T_OK(mmap(NULL, 32 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
		T_ERR(mprotect(p, 32 << 20, PROT_READ | PROT_WRITE), ENOMEM);
		T_OK(mmap(NULL, 32 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			  0));
	}
}

static void test_cpu(void)
{
	volatile int *seen =
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	/* SIGXCPU at the soft limit, SIGKILL at the hard one. Two seconds of a processor's time. */
	T_CHILD_STATUS(SIGKILL)
	{
		signal(SIGXCPU, on_xcpu);
		set(RLIMIT_CPU, 1, 2);
		for (;;)
			*seen = xcpu;
	}
	T_CMP(*seen, >=, 1);
	T_CMP(*seen, <=, 3);
}

static void test_rest(void)
{
	if (t_is_root())
		T_AS_USER
		{
			struct sched_param param = {.sched_priority = 1};

			/* Priorities: 20 - limit is the best nice value. */
			set(RLIMIT_NICE, 0, 0);
			T_OK(setpriority(PRIO_PROCESS, 0, 5));
			T_ERR(setpriority(PRIO_PROCESS, 0, 4), EACCES);
			set(RLIMIT_RTPRIO, 0, 0);
			T_ERR(sched_setscheduler(0, SCHED_FIFO, &param), EPERM);
		}
	/* Signals that may be queued. */
	T_AS_USER
	{
		union sigval value = {.sival_int = 1};
		sigset_t block;

		sigemptyset(&block);
		sigaddset(&block, SIGRTMIN);
		T_OK(sigprocmask(SIG_BLOCK, &block, NULL));
		set(RLIMIT_SIGPENDING, 0, 0);
		T_ERR(sigqueue(getpid(), SIGRTMIN, value), EAGAIN);
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		/* The stack: see mmap.c too. */
		set(RLIMIT_STACK, 128 << 10, 128 << 10);
		{
			volatile char *p = __builtin_frame_address(0);

			for (size_t i = 0; i < 8 << 20; i += PAGE)
				p[-(long)i] = 1;
		}
	}
}

TEST_MAIN
{
	test_call();
	test_files();
	test_processes();
	test_file_size();
	test_memory();
	test_cpu();
	test_rest();
}

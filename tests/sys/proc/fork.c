/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>
#include <sys/time.h>
#include <sys/times.h>

static volatile int global = 1;
static volatile int handled;

static void on_signal(int sig)
{
	(void)sig;
	handled++;
}

static void *sleep_forever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void test_identity(void)
{
	pid_t parent = getpid(), pid, seen[2];
	int fds[2];

	T_NEED(pipe(fds));
	pid = T_NEED(fork());
	if (!pid) {
		seen[0] = getpid();
		seen[1] = getppid();
		T_EQ(gettid(), getpid());
		T_EQ(getpgrp(), getpgid(parent));
		T_EQ(getsid(0), getsid(parent));
		_exit(write(fds[1], seen, sizeof(seen)) == sizeof(seen) ? 7 : 1);
	}
	T_EQ(read(fds[0], seen, sizeof(seen)), sizeof(seen));
	T_EQ(seen[0], pid);
	T_EQ(seen[1], parent);
	T_WAIT(pid, T_EXITED(7));
	T_EQ(getpid(), parent);
}

static void test_memory(void)
{
	size_t len = 64 * 4096;
	volatile char *private =
		mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile int *shared =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile int local = 5;
	int fds[2];
	char c;

	for (size_t i = 0; i < len; i += 4096)
	private[i] = (char)(i >> 12);
	T_NEED(pipe(fds));
	if (!fork()) {
		/* The parent's later change is not seen here, nor the child's there. */
		T_EQ(read(fds[0], &c, 1), 1);
		for (size_t i = 0; i < len; i += 4096)
			if (private[i] != (char)(i >> 12))
				_exit(1);
		T_EQ(global, 1);
		T_EQ(local, 5);
		T_EQ(*shared, 10);
		global = 2;
		local = 6;
		*shared = 11;
		for (size_t i = 0; i < len; i += 4096)
		private[i] = 99;
		_exit(0);
	}
	*shared = 10;
	for (size_t i = 0; i < len; i += 8192)
	private[i] = 77;
	T_EQ(write(fds[1], "x", 1), 1);
	T_WAIT(-1, 0);
	T_EQ(global, 1);
	T_EQ(local, 5);
	T_EQ(*shared, 11);
	for (size_t i = 0; i < len; i += 4096)
		if (private[i] != (i % 8192 ? (char)(i >> 12) : 77))
			T_EQ(private[i], (char)(i >> 12));
}

static void test_files(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char buf[8] = "";
	int fd, other;

	t_write_file("f", "0123456789", 10);
	fd = T_NEED(open("f", O_RDWR));
	other = T_NEED(open("f", O_RDWR | O_CLOEXEC));
	T_OK(fcntl(fd, F_SETLK, &lock));
	T_CHILD
	{
		/* One offset for both, flags of the descriptor copied. */
		T_EQ(read(fd, buf, 4), 4);
		T_EQ(fcntl(other, F_GETFD), FD_CLOEXEC);
		T_EQ(fcntl(fd, F_GETFD), 0);
		T_OK(fcntl(fd, F_SETFL, O_APPEND));
		/* Record locks are not inherited. */
		lock.l_type = F_WRLCK;
		T_ERR2(fcntl(fd, F_SETLK, &lock), EAGAIN, EACCES);
		T_OK(close(other));
	}
	T_EQ(lseek(fd, 0, SEEK_CUR), 4);
	T_EQ(fcntl(fd, F_GETFL) & O_APPEND, O_APPEND);
	T_EQ(fcntl(other, F_GETFD), FD_CLOEXEC);
	close(fd);
	close(other);
	/* Working directory and mask: copied, then each its own. */
	T_OK(mkdir("sub", 0755));
	T_CHILD
	{
		T_OK(chdir("sub"));
		T_EQ(umask(077), 022);
	}
	T_TRUE(t_exists("f"));
	T_EQ(umask(022), 022);
}

static void test_signals(void)
{
	struct itimerval it = {{0, 0}, {100, 0}};
	struct sigaction old;
	sigset_t set;
	struct tms tms;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, SIG_IGN);
	T_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	T_OK(raise(SIGUSR1));
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	alarm(50);
	T_CHILD
	{
		T_OK(sigpending(&set));
		T_EQ(sigismember(&set, SIGUSR1), 0);
		T_OK(sigprocmask(SIG_BLOCK, NULL, &set));
		T_EQ(sigismember(&set, SIGUSR1), 1);
		T_OK(sigaction(SIGUSR1, NULL, &old));
		T_TRUE(old.sa_handler == on_signal);
		T_OK(sigaction(SIGUSR2, NULL, &old));
		T_TRUE(old.sa_handler == SIG_IGN);
		T_OK(getitimer(ITIMER_REAL, &it));
		T_EQ(it.it_value.tv_sec, 0);
		T_EQ(alarm(0), 0);
		T_OK(times(&tms));
		T_CMP(tms.tms_utime + tms.tms_stime, <=, 5);
		T_EQ(tms.tms_cutime + tms.tms_cstime, 0);
	}
	T_CMP(alarm(0), >, 40);
	T_EQ(handled, 0);
	T_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	T_EQ(handled, 1);
	signal(SIGUSR2, SIG_DFL);
}

/* Only the calling thread exists in the child. */
static void test_threads(void)
{
	pthread_t threads[3];
	pid_t pid;

	pid = T_NEED(fork());
	if (!pid) {
		for (int i = 0; i < 3; i++)
			pthread_create(&threads[i], NULL, sleep_forever, NULL);
		pid = fork();
		if (!pid)
			syscall(SYS_exit, 4); /* the last thread: ends the process */
		T_WAIT(pid, T_EXITED(4));
		_exit(0);
	}
	T_WAIT(pid, 0);
}

static void test_madvise(void)
{
	char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 7, 3 * 4096);
	T_OK(madvise(p, 4096, MADV_DONTFORK));
	T_OK(madvise(p + 4096, 4096, MADV_WIPEONFORK));
	T_CHILD
	{
		T_ERR(write(STDOUT_FILENO, p, 1), EFAULT);
		T_EQ(p[4096], 0);
		T_EQ(p[8191], 0);
		T_EQ(p[8192], 7);
	}
	T_EQ(p[0], 7);
	T_EQ(p[4096], 7);
}

static void test_many(void)
{
	int ended = 0, status;

	for (int i = 0; i < 100; i++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (!pid)
			_exit(i);
	}
	while (wait(&status) > 0)
		ended += WIFEXITED(status);
	T_EQ(ended, 100);
	/* A chain of generations. */
	T_CHILD
	{
		for (int depth = 0; depth < 20; depth++) {
			pid_t pid = fork();

			if (pid) {
				T_WAIT(pid, 0);
				_exit(0);
			}
		}
	}
}

TEST_MAIN
{
	test_identity();
	test_memory();
	test_files();
	test_signals();
	test_threads();
	test_madvise();
	test_many();
}

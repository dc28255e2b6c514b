/* SPDX-License-Identifier: Apache-2.0 */
/* Record locks are in fs/record_locks.c. */
#include "test.h"

#define sys_fcntl(fd, cmd, arg) ((int)syscall(SYS_fcntl, fd, (long)(cmd), (long)(arg)))
#define LARGEFILE		0100000

static void duplicates(int fd)
{
	T_EQ(sys_fcntl(fd, F_DUPFD, 100), 100);
	T_EQ(sys_fcntl(fd, F_DUPFD, 100), 101);
	T_EQ(sys_fcntl(fd, F_DUPFD, 300), 300);
	T_EQ(sys_fcntl(100, F_GETFD, 0), 0);
	T_EQ(sys_fcntl(fd, F_DUPFD_CLOEXEC, 100), 102);
	T_EQ(sys_fcntl(102, F_GETFD, 0), FD_CLOEXEC);
	T_EQ(close(101), 0);
	T_EQ(sys_fcntl(fd, F_DUPFD, 0), fd + 1);
	T_EQ(close(fd + 1), 0);
	T_EQ(sys_fcntl(fd, F_DUPFD, 101), 101);
	T_EQ(lseek(101, 5, SEEK_SET), 5);
	T_EQ(lseek(fd, 0, SEEK_CUR), 5);
	T_ERR(sys_fcntl(fd, F_DUPFD, -1), EINVAL);
	T_ERR(sys_fcntl(fd, F_DUPFD, INT_MAX), EINVAL);
	T_ERR(sys_fcntl(fd, F_DUPFD_CLOEXEC, -1), EINVAL);
	T_CHILD
	{
		t_limit(RLIMIT_NOFILE, 105);
		T_ERR(sys_fcntl(fd, F_DUPFD, 105), EINVAL);
		T_EQ(sys_fcntl(fd, F_DUPFD, 104), 104);
		T_ERR(sys_fcntl(fd, F_DUPFD, 104), EMFILE);
	}
	T_EQ(close(100) + close(101) + close(102) + close(300), 0);
}

static void flags(int fd)
{
	int ro;

	T_EQ(sys_fcntl(fd, F_GETFD, 0), 0);
	T_EQ(sys_fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
	T_EQ(sys_fcntl(fd, F_GETFD, 0), FD_CLOEXEC);
	T_EQ(sys_fcntl(fd, F_SETFD, 6), 0);
	T_EQ(sys_fcntl(fd, F_GETFD, 0), 0);

	T_EQ(sys_fcntl(fd, F_GETFL, 0), O_RDWR | LARGEFILE);
	T_EQ(sys_fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK), 0);
	T_EQ(sys_fcntl(fd, F_GETFL, 0), O_RDWR | LARGEFILE | O_APPEND | O_NONBLOCK);
	/* Access mode, creation flags and synchronization cannot be changed. */
	T_EQ(sys_fcntl(fd, F_SETFL, O_RDONLY | O_CREAT | O_TRUNC | O_SYNC), 0);
	T_EQ(sys_fcntl(fd, F_GETFL, 0), O_RDWR | LARGEFILE);
	T_EQ(sys_fcntl(fd, F_SETFL, O_NOATIME), 0);
	T_EQ(sys_fcntl(fd, F_GETFL, 0), O_RDWR | LARGEFILE | O_NOATIME);
	T_EQ(sys_fcntl(fd, F_SETFL, 0), 0);
	if (t_is_root()) {
		ro = T_OK(open("f", O_RDONLY));
		T_AS_USER
		{
			T_ERR(sys_fcntl(ro, F_SETFL, O_NOATIME), EPERM);
		}
		close(ro);
	}
}

static void owners(void)
{
	int p[2];

	T_OK(pipe(p));
	T_EQ(sys_fcntl(p[0], F_GETOWN, 0), 0);
	T_EQ(sys_fcntl(p[0], F_SETOWN, getpid()), 0);
	T_EQ(sys_fcntl(p[0], F_GETOWN, 0), getpid());
	T_EQ(sys_fcntl(p[0], F_SETOWN, 0), 0);
	T_EQ(sys_fcntl(p[0], F_GETSIG, 0), 0);
	T_EQ(sys_fcntl(p[0], F_SETSIG, SIGUSR1), 0);
	T_EQ(sys_fcntl(p[0], F_GETSIG, 0), SIGUSR1);
	T_ERR(sys_fcntl(p[0], F_SETSIG, 65), EINVAL);
	T_ERR(sys_fcntl(p[0], F_SETSIG, -1), EINVAL);
}

static void pipe_sizes(void)
{
	static char data[100000];
	int p[2], fd;

	T_OK(pipe2(p, O_NONBLOCK));
	T_EQ(sys_fcntl(p[0], F_GETPIPE_SZ, 0), 65536);
	T_EQ(sys_fcntl(p[1], F_GETPIPE_SZ, 0), 65536);
	T_EQ(sys_fcntl(p[1], F_SETPIPE_SZ, 4096), 4096);
	T_EQ(sys_fcntl(p[0], F_GETPIPE_SZ, 0), 4096);
	T_EQ(write(p[1], data, 100000), 4096);
	T_EQ(read(p[0], data, 100000), 4096);
	T_EQ(sys_fcntl(p[1], F_SETPIPE_SZ, 0), 4096);
	T_EQ(sys_fcntl(p[1], F_SETPIPE_SZ, 1), 4096);
	/* Rounded up to a power of two of pages. */
	T_EQ(sys_fcntl(p[1], F_SETPIPE_SZ, 4097), 8192);
	T_EQ(sys_fcntl(p[1], F_SETPIPE_SZ, 70000), 131072);
	T_EQ(write(p[1], data, 100000), 100000);
	/* Not smaller than what is in it. */
	T_ERR(sys_fcntl(p[1], F_SETPIPE_SZ, 4096), EBUSY);
	T_EQ(read(p[0], data, 100000), 100000);
	T_EQ(sys_fcntl(p[1], F_SETPIPE_SZ, 4096), 4096);
	T_ERR2(sys_fcntl(p[1], F_SETPIPE_SZ, 0x80000001L), EINVAL, EPERM);
	T_AS_USER
	{
		T_ERR(sys_fcntl(p[1], F_SETPIPE_SZ, 1 << 30), EPERM);
	}
	fd = T_OK(open("f", O_RDWR));
	T_ERR(sys_fcntl(fd, F_GETPIPE_SZ, 0), EBADF);
	T_ERR(sys_fcntl(fd, F_SETPIPE_SZ, 4096), EBADF);
	close(fd);
}

static volatile sig_atomic_t told_signal, told_fd, told_code;

static void on_io(int sig, siginfo_t *si, void *context)
{
	(void)context;
	told_signal = sig;
	told_fd = si->si_fd;
	told_code = si->si_code;
}

/* O_ASYNC on a pipe: the owner of the end learns of data, of room and of the end of the other. */
static void async_pipe(void)
{
	struct sigaction sa = {.sa_sigaction = on_io, .sa_flags = SA_SIGINFO};
	char c;
	int p[2];

	sigaction(SIGIO, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	T_OK(pipe(p));
	T_EQ(sys_fcntl(p[0], F_SETOWN, getpid()), 0);
	T_EQ(write(p[1], "a", 1), 1);
	T_EQ(told_signal, 0);
	T_EQ(sys_fcntl(p[0], F_SETFL, O_ASYNC), 0);
	T_EQ(write(p[1], "b", 1), 1);
	T_EQ(told_signal, SIGIO);
	told_signal = 0;
	T_EQ(sys_fcntl(p[0], F_SETSIG, SIGUSR1), 0);
	T_EQ(write(p[1], "c", 1), 1);
	T_EQ(told_signal, SIGUSR1);
	T_EQ(told_fd, p[0]);
	T_EQ(told_code, POLL_IN);
	told_signal = 0;
	T_EQ(sys_fcntl(p[0], F_SETFL, 0), 0);
	T_EQ(write(p[1], "d", 1), 1);
	T_EQ(told_signal, 0);
	/* The other end: room. */
	T_EQ(sys_fcntl(p[1], F_SETOWN, getpid()), 0);
	T_EQ(sys_fcntl(p[1], F_SETFL, O_ASYNC), 0);
	T_EQ(read(p[0], &c, 1), 1);
	T_EQ(told_signal, SIGIO);
	told_signal = 0;
	close(p[0]);
	T_EQ(told_signal, SIGIO);
	close(p[1]);
	signal(SIGIO, SIG_DFL);
	signal(SIGUSR1, SIG_DFL);
}

/* F_CREATED_QUERY: was the file made by this open? Since Linux 6.12. */
static void created(void)
{
	int fd = T_OK(open("made", O_RDONLY | O_CREAT, 0600));

	T_EQ(sys_fcntl(fd, 1024 + 4, 0), 1);
	close(fd);
	fd = T_OK(open("made", O_RDONLY | O_CREAT, 0600));
	T_EQ(sys_fcntl(fd, 1024 + 4, 0), 0);
	close(fd);
}

TEST_MAIN
{
	int fd, o;

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDWR));
	duplicates(fd);
	flags(fd);
	owners();
	pipe_sizes();
	async_pipe();
	created();
	T_ERR(sys_fcntl(-1, F_GETFD, 0), EBADF);
	T_ERR(sys_fcntl(9999, F_GETFL, 0), EBADF);
	T_ERR(sys_fcntl(-1, 12345, 0), EBADF);
	T_ERR(sys_fcntl(fd, 12345, 0), EINVAL);
	T_ERR(sys_fcntl(fd, -1, 0), EINVAL);
	/* O_PATH: the descriptor may be copied and marked, no more. */
	o = T_OK(open("f", O_PATH));
	T_EQ(sys_fcntl(o, F_GETFL, 0), O_PATH);
	T_EQ(sys_fcntl(o, F_SETFD, FD_CLOEXEC), 0);
	T_EQ(close(T_OK(sys_fcntl(o, F_DUPFD, 0))), 0);
	T_ERR(sys_fcntl(o, F_SETFL, O_APPEND), EBADF);
	T_ERR(sys_fcntl(o, F_GETOWN, 0), EBADF);
	T_ERR(sys_fcntl(o, F_SETLK, 0), EBADF);
}

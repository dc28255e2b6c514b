/* SPDX-License-Identifier: Apache-2.0 */
/* fcntl's record locks: F_SETLK, F_SETLKW, F_GETLK. */
#include "test.h"
#include <sys/time.h>

#define sys_fcntl(fd, cmd, arg) ((int)syscall(SYS_fcntl, fd, (long)(cmd), arg))

static int fd;

static int lock(int cmd, int type, long start, long len)
{
	struct flock l = {.l_type = (short)type,
			  .l_whence = SEEK_SET,
			  .l_start = start,
			  .l_len = len};

	return sys_fcntl(fd, cmd, &l);
}

/* What a child is told about the range; l_type F_UNLCK when it is free. */
static struct flock ask(int type, long start, long len)
{
	struct flock l = {.l_type = (short)type,
			  .l_whence = SEEK_SET,
			  .l_start = start,
			  .l_len = len};
	int p[2], status;
	pid_t pid;

	if (pipe(p))
		return l;
	pid = fork();
	if (!pid) {
		if (sys_fcntl(fd, F_GETLK, &l))
			l.l_type = 99;
		_exit(write(p[1], &l, sizeof(l)) != sizeof(l));
	}
	if (read(p[0], &l, sizeof(l)) != sizeof(l))
		l.l_type = 98;
	waitpid(pid, &status, 0);
	close(p[0]);
	close(p[1]);
	return l;
}

static void expect_lock(int type, long start, long len, int found, long found_start, long found_len)
{
	struct flock l = ask(type, start, len);

	T_EQ(l.l_type, found);
	if (found == F_UNLCK)
		return;
	T_EQ(l.l_pid, getpid());
	T_EQ(l.l_whence, SEEK_SET);
	T_EQ(l.l_start, found_start);
	T_EQ(l.l_len, found_len);
}

static void ranges(void)
{
	T_OK(lock(F_SETLK, F_WRLCK, 10, 10));
	expect_lock(F_RDLCK, 0, 0, F_WRLCK, 10, 10);
	expect_lock(F_WRLCK, 19, 1, F_WRLCK, 10, 10);
	expect_lock(F_WRLCK, 20, 5, F_UNLCK, 0, 0);
	expect_lock(F_WRLCK, 0, 10, F_UNLCK, 0, 0);
	/* Our own locks are not in our way. */
	T_OK(lock(F_GETLK, F_WRLCK, 0, 0));
	/* The middle becomes shared: three pieces. */
	T_OK(lock(F_SETLK, F_RDLCK, 13, 4));
	expect_lock(F_WRLCK, 0, 0, F_WRLCK, 10, 3);
	expect_lock(F_WRLCK, 13, 1, F_RDLCK, 13, 4);
	expect_lock(F_RDLCK, 13, 4, F_UNLCK, 0, 0);
	expect_lock(F_WRLCK, 17, 0, F_WRLCK, 17, 3);
	/* And a hole. */
	T_OK(lock(F_SETLK, F_UNLCK, 14, 2));
	expect_lock(F_WRLCK, 14, 2, F_UNLCK, 0, 0);
	expect_lock(F_WRLCK, 13, 2, F_RDLCK, 13, 1);
	/* Joined again. */
	T_OK(lock(F_SETLK, F_WRLCK, 5, 30));
	expect_lock(F_RDLCK, 0, 0, F_WRLCK, 5, 30);
	T_OK(lock(F_SETLK, F_WRLCK, 35, 5));
	expect_lock(F_RDLCK, 0, 0, F_WRLCK, 5, 35);
	/* Length 0 is to the end, however far. */
	T_OK(lock(F_SETLK, F_WRLCK, 30, 0));
	expect_lock(F_RDLCK, 1L << 40, 1, F_WRLCK, 5, 0);
	T_OK(lock(F_SETLK, F_UNLCK, 0, 0));
	expect_lock(F_WRLCK, 0, 0, F_UNLCK, 0, 0);
}

static void places(void)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_start = -5, .l_len = 10};

	T_EQ(lseek(fd, 50, SEEK_SET), 50);
	T_OK(sys_fcntl(fd, F_SETLK, &l));
	expect_lock(F_WRLCK, 0, 0, F_WRLCK, 45, 10);
	T_OK(lock(F_SETLK, F_UNLCK, 0, 0));
	l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -10, .l_len = 0};
	T_OK(sys_fcntl(fd, F_SETLK, &l));
	expect_lock(F_WRLCK, 0, 0, F_WRLCK, 90, 0);
	T_OK(lock(F_SETLK, F_UNLCK, 0, 0));
	/* A negative length is what comes before. */
	T_OK(lock(F_SETLK, F_WRLCK, 20, -5));
	expect_lock(F_WRLCK, 0, 0, F_WRLCK, 15, 5);
	T_OK(lock(F_SETLK, F_UNLCK, 0, 0));
	T_ERR(lock(F_SETLK, F_WRLCK, -1, 5), EINVAL);
	T_ERR(lock(F_SETLK, F_WRLCK, 5, -6), EINVAL);
	T_ERR(lock(F_SETLK, F_WRLCK, LONG_MAX, 2), EOVERFLOW);
	T_ERR(lock(F_SETLK, 77, 0, 1), EINVAL);
	T_ERR(lock(F_GETLK, F_UNLCK, 0, 1), EINVAL);
	l = (struct flock){.l_type = F_WRLCK, .l_whence = 7};
	T_ERR(sys_fcntl(fd, F_SETLK, &l), EINVAL);
	T_EFAULT_NULL(p, sys_fcntl(fd, F_SETLK, p));
	T_EFAULT_NULL(p, sys_fcntl(fd, F_GETLK, p));
	int ro = T_OK(open("f", O_RDONLY)), wo = T_OK(open("f", O_WRONLY)), both = fd;
	fd = ro;
	T_ERR(lock(F_SETLK, F_WRLCK, 0, 1), EBADF);
	T_OK(lock(F_SETLK, F_RDLCK, 0, 1));
	fd = wo;
	T_ERR(lock(F_SETLK, F_RDLCK, 0, 1), EBADF);
	T_OK(lock(F_SETLK, F_WRLCK, 0, 1));
	fd = both;
	close(ro);
	close(wo);
}

static void conflicts(void)
{
	struct itimerval soon = {.it_value = {0, 50000}};
	long start;
	pid_t pid;
	int p[2];
	char c;

	T_OK(pipe(p));
	/* Not inherited, and not compatible. */
	T_OK(lock(F_SETLK, F_WRLCK, 0, 10));
	T_CHILD
	{
		T_ERR2(lock(F_SETLK, F_WRLCK, 5, 1), EAGAIN, EACCES);
		T_ERR2(lock(F_SETLK, F_RDLCK, 0, 1), EAGAIN, EACCES);
		T_OK(lock(F_SETLK, F_WRLCK, 10, 1));
		T_OK(lock(F_SETLK, F_UNLCK, 0, 10));
		t_count_signal(SIGALRM, 0);
		setitimer(ITIMER_REAL, &soon, NULL);
		T_ERR(lock(F_SETLKW, F_WRLCK, 0, 1), EINTR);
	}
	expect_lock(F_WRLCK, 0, 0, F_WRLCK, 0, 10);
	T_OK(lock(F_SETLK, F_RDLCK, 0, 10));
	T_CHILD
	{
		T_OK(lock(F_SETLK, F_RDLCK, 0, 10));
		T_ERR2(lock(F_SETLK, F_WRLCK, 0, 10), EAGAIN, EACCES);
	}
	/* A waiter goes on when the lock goes. */
	pid = fork();
	if (!pid) {
		if (write(p[1], "w", 1) != 1)
			_exit(2);
		_exit(lock(F_SETLKW, F_WRLCK, 0, 10) != 0);
	}
	T_EQ(read(p[0], &c, 1), 1);
	start = t_now_ms();
	t_sleep_ms(50);
	T_EQ(waitpid(pid, NULL, WNOHANG), 0);
	T_OK(lock(F_SETLK, F_UNLCK, 0, 0));
	T_WAIT(pid, 0);
	T_CMP(t_now_ms() - start, <, 5000);
	/* Closing any descriptor of the file gives up all locks of the process. */
	T_OK(lock(F_SETLK, F_WRLCK, 0, 10));
	T_EQ(close(T_OK(open("f", O_RDONLY))), 0);
	expect_lock(F_WRLCK, 0, 0, F_UNLCK, 0, 0);
	/* So does the end of the process. */
	T_CHILD
	{
		T_OK(lock(F_SETLK, F_WRLCK, 0, 10));
	}
	expect_lock(F_WRLCK, 0, 0, F_UNLCK, 0, 0);
	close(p[0]);
	close(p[1]);
}

static void deadlock(void)
{
	int p[2];
	pid_t pid;
	char c;

	T_OK(pipe(p));
	T_OK(lock(F_SETLK, F_WRLCK, 0, 1));
	pid = fork();
	if (!pid) {
		if (lock(F_SETLK, F_WRLCK, 1, 1) || write(p[1], "l", 1) != 1)
			_exit(2);
		_exit(lock(F_SETLKW, F_WRLCK, 0, 1) != 0);
	}
	T_EQ(read(p[0], &c, 1), 1);
	t_sleep_ms(50);
	T_ERR(lock(F_SETLKW, F_WRLCK, 1, 1), EDEADLK);
	T_OK(lock(F_SETLK, F_UNLCK, 0, 0));
	T_WAIT(pid, 0);
}

/* Locks of the open file description. */
static void description_locks(void)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};
	int other = T_OK(open("f", O_RDWR));

	T_OK(sys_fcntl(fd, F_OFD_SETLK, &l));
	T_ERR2(sys_fcntl(other, F_OFD_SETLK, &l), EAGAIN, EACCES);
	T_ERR2(sys_fcntl(other, F_SETLK, &l), EAGAIN, EACCES);
	T_OK(sys_fcntl(other, F_OFD_GETLK, &l));
	T_EQ(l.l_type, F_WRLCK);
	T_EQ(l.l_pid, -1);
	l.l_pid = 1;
	T_ERR(sys_fcntl(fd, F_OFD_SETLK, &l), EINVAL);
	l.l_pid = 0;
	/* Shared with children, and kept when another descriptor of the file is closed. */
	T_CHILD
	{
		T_OK(sys_fcntl(fd, F_OFD_SETLK, &l));
		T_EQ(close(T_OK(open("f", O_RDONLY))), 0);
		T_ERR2(sys_fcntl(other, F_OFD_SETLK, &l), EAGAIN, EACCES);
	}
	close(fd);
	T_OK(sys_fcntl(other, F_OFD_SETLK, &l));
	close(other);
	fd = T_OK(open("f", O_RDWR));
}

TEST_MAIN
{
	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(ftruncate(fd, 100));
	ranges();
	places();
	conflicts();
	deadlock();
	description_locks();
}
